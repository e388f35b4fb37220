"""A session that hears without a recogniser: an ear that types, a detector of loudness, and sound for both."""

import asyncio
import base64
from array import array
from typing import Any

from .conftest import TEXT, Event, Peer

STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED = "input_audio_buffer.committed"
COMPLETED = "conversation.item.input_audio_transcription.completed"


class Loud:
    """A detector for these tests: whatever is loud is speech."""

    def probability(self, frame: bytes) -> float:
        return 0.9 if max(array("h", frame)) > 1000 else 0.0


def voice(ms: float) -> bytes:
    """A sound that Loud takes for speech, as 24 kHz PCM16: 2 kHz."""
    return (b"\x00\x10" * 6 + b"\x00\xf0" * 6) * int(2 * ms)


def quiet(ms: float) -> bytes:
    return bytes(int(48 * ms) // 2 * 2)


async def hear(peer: Peer, *sounds: bytes, piece: int = 960) -> None:
    """Send sound in pieces of 20 ms, as fast as it goes."""
    sound = b"".join(sounds)
    for at in range(0, len(sound), piece):
        await peer.send("input_audio_buffer.append", audio=base64.b64encode(sound[at : at + piece]).decode())


async def detect(peer: Peer, **settings: Any) -> Event:
    kind = settings.pop("type", "server_vad")
    detection = {"type": kind, **settings}
    return await peer.update(audio={"input": {"turn_detection": detection, "transcription": {"model": "any"}}}, **TEXT)


class Typist:
    """An ear that always hears the same, once it may."""

    name = "typist"

    def __init__(self, may: asyncio.Event | None = None, text: str = "hello from a voice") -> None:
        self._may = may
        self.text = text
        self.utterances: list[TypistHearing] = []

    def listen(self, session: Event) -> "TypistHearing":
        self.utterances.append(TypistHearing(self, session, self._may))
        return self.utterances[-1]


class TypistHearing:
    def __init__(self, typist: Typist, session: Event, may: asyncio.Event | None) -> None:
        self._typist = typist
        self._may = may
        self.session = session
        self.sound = b""
        self.is_dropped = False

    def feed(self, sound: bytes) -> None:
        self.sound += sound

    async def words(self) -> str:
        if self._may is not None:
            await self._may.wait()
        return self._typist.text

    def drop(self) -> None:
        self.is_dropped = True
