"""OpenAI, and any server that speaks its GA protocol at another ``base_url``.

How this wire is: the address is ``{base_url}/realtime?model=…``, the key goes into ``Authorization: Bearer``; an
ephemeral token (``ek_…``) goes the same way; :mod:`~realtime_rx.providers.openai_wire.client_secrets` says how it is
made, for 10 seconds to two hours. There is no ``temperature`` in the GA protocol. A session lives for 60
minutes. Sources: OpenAI's published Realtime API reference and schema.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, MissingKeyError
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url
from realtime_rx.providers.openai_wire.client_secrets import read_client_secret, secret_request
from realtime_rx.providers.openai_wire.encode import session_json

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
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask OpenAI for a token of such a session, valid for ``expires_s`` seconds: 10 to 7200, 600 by default."""
        session = {**session_json(config), "model": self.model}
        return secret_request(self._base, session, self._headers(None, self._base), expires_s=expires_s)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        return read_client_secret(answer, self._address)

    @property
    def _base(self) -> str:
        return checked(self.base_url or os.environ.get("OPENAI_BASE_URL") or BASE_URL)

    @property
    def _address(self) -> str:
        return with_model(self._base, self.model)

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        key = token or self.api_key or os.environ.get("OPENAI_API_KEY")
        if key is None and not is_local(address):
            raise MissingKeyError(
                "OpenAI needs a key: set OPENAI_API_KEY, or pass api_key=…; "
                'without one, the model "local" runs on this machine'
            )
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return {**bearer, **self.headers}


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
