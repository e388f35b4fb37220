"""The embedded provider: the GA protocol on this machine, without a key.

It diverges in what it can do, not in how it speaks: no pictures, no MCP, no stored prompts, a small vocabulary. Its
ephemeral tokens are OpenAI's, but good for one session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, structs

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url
from realtime_rx.providers.openai_wire.client_secrets import read_client_secret, secret_request
from realtime_rx.providers.openai_wire.dialects import Dialect
from realtime_rx.providers.openai_wire.sessions import session_json

__all__ = ["Local"]

CAPABILITIES = Capabilities(
    input_formats=(PCM16_24K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCMU, PCMA),
    ephemeral_tokens=True,
    ignored_config=frozenset({"prompt", "temperature"}),
)


def local_session(config: SessionConfig) -> dict[str, Any]:
    """The settings without a stored prompt, for which the server would refuse all of them."""
    return session_json(structs.replace(config, prompt=UNSET))


LOCAL = Dialect(session=local_session)


@dataclass(frozen=True, slots=True)
class Local:
    """The embedded provider: at ``base_url``, or started in this process when a session first dials it."""

    model: str = "local-1"
    base_url: str | None = field(default=None, repr=False)
    id: str = "local"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec(LOCAL)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`ConfigurationError` where nobody says where the server is."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return Endpoint(url=url or self._address, headers=headers)

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask the server for a token of one such session, to be used within ``expires_s`` seconds: 10 to 7200."""
        session = {**local_session(config), "model": self.model}
        return secret_request(f"{self._base}?sessions=1", session, {}, expires_s=expires_s)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        return read_client_secret(answer, self._address)

    @property
    def _base(self) -> str:
        if self.base_url is None:
            raise ConfigurationError("the embedded provider is not running: give its base_url, or use use_realtime()")
        return self.base_url

    @property
    def _address(self) -> str:
        return f"{realtime_url(self._base)}?model={self.model}"
