"""The OpenAI Realtime wire, shared by every provider that speaks it or a dialect of it."""

from __future__ import annotations

from realtime_rx.events import ClientEvent, ServerEvent
from realtime_rx.providers.openai_wire.decode import decode
from realtime_rx.providers.openai_wire.dialects import GA, Dialect
from realtime_rx.providers.openai_wire.encode import encode

__all__ = ["OpenAICodec", "realtime_url"]


class OpenAICodec:
    """The GA protocol, with the names of its dialects understood. Holds nothing: all knowledge is in the state."""

    def __init__(self, dialect: Dialect = GA) -> None:
        self._dialect = dialect

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> tuple[ServerEvent, ...]:
        """The one event in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        return (decode(frame, at=at),)

    def encode(self, event: ClientEvent) -> tuple[str, ...]:
        """The frame that says ``event``; none where it says nothing (an update without a setting)."""
        return encode(event, self._dialect)


def realtime_url(base_url: str, path: str = "/realtime") -> str:
    """The WebSocket address for an API's base address: http becomes ws, the path is added unless it is there."""
    address, question, query = base_url.partition("?")
    scheme, separator, rest = address.partition("://")
    socket_scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    rest = rest.rstrip("/")
    full = rest if rest.endswith(path) else rest + path
    return f"{socket_scheme}{separator}{full}{question}{query}"
