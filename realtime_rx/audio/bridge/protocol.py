"""What a page and its bridge say to each other on their socket. Version 1.

Text is JSON with a ``type``. Bytes are sound: a header of 8 bytes, little endian, then mono PCM16.

===================  ================================================================================================
page → server        ``hello`` (first, within 5 s), ``renewed`` (the token of ``welcome`` is kept), ``played``,
                     ``microphone``, ``speaker``, ``bye``; sound: type 1, flags 0, and the low 32 bits of the page's
                     clock in milliseconds
server → page        ``welcome`` (answers ``hello``), ``flush``, ``capture``; sound: type 2, flags 1 where nothing waits
                     behind it, and its generation
===================  ================================================================================================

A *generation* is the sound between two flushes. It is played in the order in which it was sent, so one number of
samples says how far each of its parts was heard; a flush makes everything of an older generation void.
"""

from __future__ import annotations

import struct
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from realtime_rx.credentials import Discreet

__all__ = [
    "Bye",
    "Capture",
    "CloseCode",
    "Flush",
    "Hello",
    "Microphone",
    "MicrophoneState",
    "PageMessage",
    "PlayedReport",
    "read_sound",
    "read_text",
    "Refusal",
    "Renewed",
    "ServerMessage",
    "sound_frame",
    "Speaker",
    "SpeakerState",
    "Welcome",
    "write_text",
]

HEADER = struct.Struct("<BBHI")
FROM_PAGE, FROM_SERVER = 1, 2
MAX_TEXT = 4_096
MAX_SOUND = HEADER.size + 2 * 48_000 // 10
"""100 ms at 48 kHz; a page sends 20 to 40."""

MicrophoneState = Literal["off", "live", "insecure-context", "denied", "no-device", "in-use", "unsupported", "lost"]
SpeakerState = Literal["off", "live", "suspended"]


class CloseCode:
    """Why a socket was closed. A page comes back after any other code, and after none of these but ``ELSEWHERE``: after
    that, at once."""

    BAD_MESSAGE = 4400
    WRONG_TOKEN = 4401
    WRONG_ORIGIN = 4403
    ELSEWHERE = 4404
    NO_HELLO = 4408
    REPLACED = 4409
    GONE = 4410
    FLOOD = 1008
    TOO_BIG = 1009


class Refusal(Exception):
    """The page did what it must not: its socket is closed with this code and reason, and nobody else notices."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class _Message(Struct, frozen=True, tag_field="type", tag=str.lower):
    pass


class Hello(Discreet, _Message, frozen=True):
    """``generation`` and ``received``: how many samples of which generation the page was sent before, if any."""

    token: str
    input_rate: int
    output_rate: int
    generation: int | None = None
    received: int = 0


class PlayedReport(_Message, frozen=True, tag="played"):
    """Of one generation: samples given to the device, and of these heard. ``silent``: it will say no more of it."""

    generation: int
    played: int
    heard: int
    silent: bool = False
    underruns: int = 0


class Microphone(_Message, frozen=True):
    """What became of the microphone; ``message`` is for people."""

    state: MicrophoneState
    message: str = ""


class Speaker(_Message, frozen=True):
    """``suspended``: the browser plays nothing until the visitor clicks. What is sent meanwhile waits in the page."""

    state: SpeakerState


class Renewed(_Message, frozen=True):
    """The page has the token of ``welcome``, so that the one before it may be void."""


class Bye(_Message, frozen=True):
    """The page stops its sound on purpose, and does not come back by itself."""


class Welcome(Discreet, _Message, frozen=True):
    """``token`` is for the page's next socket; null where the one it has stays good."""

    generation: int
    capture: bool
    token: str | None = None


class Flush(_Message, frozen=True):
    """Be silent; what comes from now on is of this generation."""

    generation: int


class Capture(_Message, frozen=True):
    """Whether somebody listens to the microphone."""

    on: bool


PageMessage: TypeAlias = Hello | Renewed | PlayedReport | Microphone | Speaker | Bye
ServerMessage: TypeAlias = Welcome | Flush | Capture

_decoder: msgspec.json.Decoder[PageMessage] = msgspec.json.Decoder(PageMessage)


def read_text(text: str) -> PageMessage:
    """Raises :class:`Refusal` for what is too long, no JSON, or no message of a page."""
    if len(text) > MAX_TEXT:
        raise Refusal(CloseCode.TOO_BIG, f"a message is longer than {MAX_TEXT} characters")
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Refusal(CloseCode.BAD_MESSAGE, f"no message of a page: {error}"[:100]) from None


def write_text(message: ServerMessage) -> str:
    return msgspec.json.encode(message).decode()


def read_sound(frame: bytes) -> bytes:
    """The PCM16 of a page's frame. Raises :class:`Refusal` for what is too long or no such frame."""
    if len(frame) > MAX_SOUND:
        raise Refusal(CloseCode.TOO_BIG, f"a frame is longer than {MAX_SOUND} bytes")
    if len(frame) <= HEADER.size or len(frame) % 2 or frame[0] != FROM_PAGE:
        raise Refusal(CloseCode.BAD_MESSAGE, "no frame of sound")
    return frame[HEADER.size :]


def sound_frame(generation: int, pcm: bytes, *, is_last: bool) -> bytes:
    """``is_last``: nothing waits behind it, so that running dry after it is an end and not an underrun."""
    return HEADER.pack(FROM_SERVER, is_last, 0, generation) + pcm
