"""The embedded provider: the GA protocol on this machine, without a key.

It diverges in what it can do, not in how it speaks: no pictures, no MCP, a small vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from realtime_rx.abc import Capabilities, Endpoint
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url

__all__ = ["Local"]

CAPABILITIES = Capabilities(
    input_formats=(PCM16_24K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCMU, PCMA),
    ignored_config=frozenset({"temperature"}),
)


@dataclass(frozen=True, slots=True)
class Local:
    """The embedded provider: at ``base_url``, or started in this process when a session first dials it."""

    model: str = "local-1"
    base_url: str | None = None
    id: str = "local"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec()

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial; whoever composes the session gives the address of the server that it started."""
        address = url or self.base_url
        if address is None:
            raise ConfigurationError("the embedded provider is not running: give its base_url, or use use_realtime()")
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return Endpoint(url=f"{realtime_url(address)}?model={self.model}", headers=headers)
