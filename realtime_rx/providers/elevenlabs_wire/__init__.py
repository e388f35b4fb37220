"""The wire of ElevenLabs Agents (``/v1/convai/conversation``): neither a dialect nor a relative of OpenAI's."""

from __future__ import annotations

from collections.abc import Sequence

from realtime_rx.events import ClientEvent, ServerEvent
from realtime_rx.providers.elevenlabs_wire.decode import Decoder
from realtime_rx.providers.elevenlabs_wire.encode import Encoder
from realtime_rx.providers.elevenlabs_wire.initiation import initiation_json
from realtime_rx.providers.elevenlabs_wire.known import Known

__all__ = ["ElevenLabsCodec", "initiation_json"]


class ElevenLabsCodec:
    """One connection's frames, both ways. What it remembers is what ElevenLabs leaves to order: ids, turns, ends."""

    def __init__(self, agent_id: str = "agent") -> None:
        known = Known()
        self._decoder = Decoder(known, agent_id)
        self._encoder = Encoder(known)

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> Sequence[ServerEvent]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        return self._decoder.decode(frame, at)

    def encode(self, event: ClientEvent) -> Sequence[str]:
        """The frames that say ``event``; none where ElevenLabs needs none.

        Raises :class:`ConfigurationError` for what cannot be said to it at all.
        """
        return self._encoder.encode(event)
