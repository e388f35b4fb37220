"""OpenAI, and any server that speaks its GA protocol at another ``base_url``.

How this wire is: the address is ``{base_url}/realtime?model=…``, the key goes into ``Authorization: Bearer``; an
ephemeral token (``ek_…``) goes the same way. There is no ``temperature`` in the GA protocol. A session lives for 60
minutes. Sources: OpenAI's published Realtime API reference and schema.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from realtime_rx.abc import Capabilities, Endpoint
from realtime_rx.errors import ConfigurationError, MissingKeyError
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url

__all__ = ["OpenAI"]

BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-realtime"

CAPABILITIES = Capabilities(
    image_input=True,
    input_formats=(PCM16_24K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCMU, PCMA),
    max_session_s=3600,
    ephemeral_tokens=True,
    ignored_config=frozenset({"temperature"}),
)


@dataclass(frozen=True, slots=True)
class OpenAI:
    """A model at OpenAI.

    ``api_key`` defaults to ``OPENAI_API_KEY``, ``base_url`` to ``OPENAI_BASE_URL`` or OpenAI's own. Servers on this
    machine (a loopback ``base_url``) may do without a key.
    """

    model: str = DEFAULT_MODEL
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "openai"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec()

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        base = self.base_url or os.environ.get("OPENAI_BASE_URL") or BASE_URL
        address = url or with_model(checked(base), self.model)
        key = token or self.api_key or os.environ.get("OPENAI_API_KEY")
        if key is None and not is_local(address):
            raise MissingKeyError(
                "OpenAI needs a key: set OPENAI_API_KEY, or pass api_key=…; "
                'without one, the model "local" runs on this machine'
            )
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return Endpoint(url=address, headers={**bearer, **self.headers})


def checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise ConfigurationError(f"base_url must be an http(s) or ws(s) address, got {base_url!r}")
    return base_url


def with_model(base_url: str, model: str) -> str:
    address = realtime_url(base_url)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'model': model})}"


def is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")
