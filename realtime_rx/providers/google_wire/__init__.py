"""The wire of Gemini Live (``BidiGenerateContent``): neither a dialect nor a relative of OpenAI's."""

from __future__ import annotations

from collections.abc import Sequence

from realtime_rx.events import ClientEvent, ServerEvent
from realtime_rx.providers.google_wire.decode import Decoder
from realtime_rx.providers.google_wire.encode import Encoder
from realtime_rx.providers.google_wire.known import Known
from realtime_rx.providers.google_wire.setup import setup_json

__all__ = ["GoogleCodec", "setup_json"]


class GoogleCodec:
    """One connection's frames, both ways. What it remembers is what Gemini leaves to order: ids, beginnings, turns."""

    def __init__(self, model: str = "gemini") -> None:
        known = Known()
        self._decoder = Decoder(known, model)
        self._encoder = Encoder(known, model)

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> Sequence[ServerEvent]:
        """The events in a frame, text or binary. Raises :class:`ProtocolError` naming what is wrong."""
        return self._decoder.decode(frame, at)

    def encode(self, event: ClientEvent) -> Sequence[str]:
        """The frames that say ``event``; none where Gemini has no such verb."""
        return self._encoder.encode(event)
