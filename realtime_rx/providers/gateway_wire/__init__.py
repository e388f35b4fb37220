"""The AI SDK's normalised realtime events, which the Vercel AI Gateway speaks whatever the model behind it speaks."""

from __future__ import annotations

from realtime_rx.events import ClientEvent, ServerEvent
from realtime_rx.providers.gateway_wire.decode import decode
from realtime_rx.providers.gateway_wire.encode import encode

__all__ = ["GatewayCodec"]


class GatewayCodec:
    """Holds nothing: all knowledge is in the state."""

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> tuple[ServerEvent, ...]:
        """The one event in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        return (decode(frame, at=at),)

    def encode(self, event: ClientEvent) -> tuple[str, ...]:
        """The frame that says ``event``; none where there is no such event."""
        return encode(event)
