"""What shall be done, as data. A reducer only asks; the session does it and tells what came of it by an event."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ClientEvent, TimerName

__all__ = [
    "CallTool",
    "CancelTool",
    "CloseTransport",
    "Effect",
    "EndAudio",
    "FlushPlayback",
    "Notify",
    "OpenTransport",
    "PlayAudio",
    "Send",
    "StartTimer",
]


class OpenTransport(Struct, frozen=True):
    """Dial provider number ``provider`` of the session's; this is connection number ``connection``.

    It takes the place of the one before it. ``resume``: the session to go on with. ``attempt`` counts the dials since a
    connection was lost: each waits longer than the one before it, number 0 does not wait.
    """

    connection: int
    resume: str | None = None
    attempt: int = 0
    provider: int = 0


class CloseTransport(Struct, frozen=True):
    """Hang up connection number ``connection``. What waits to be sent on it is dropped."""

    connection: int


class Send(Struct, frozen=True):
    """Say this to the model, in order, on the connection that is open or being opened."""

    event: ClientEvent


class PlayAudio(Struct, frozen=True, gc=False):
    """Play this sound: base64 in the session's output format, ``byte_count`` bytes when decoded."""

    item_id: str
    content_index: int
    response_id: str | None
    audio: str
    byte_count: int


class EndAudio(Struct, frozen=True):
    """No more sound comes of this part: what a converter holds back of it is the end of it."""

    item_id: str
    content_index: int


class FlushPlayback(Struct, frozen=True):
    """Be silent now and forget what is queued."""


class CallTool(Struct, frozen=True):
    """Run this tool; the answer comes back as ``ToolReturned`` or ``ToolFailed`` with the same ``call_id``.

    A tool that needs approval is run where that was given (``approved``), and asks for it otherwise.
    """

    call_id: str
    name: str
    input: Any
    approved: bool = False


class CancelTool(Struct, frozen=True):
    """Nobody waits for this call any more: end it."""

    call_id: str


class StartTimer(Struct, frozen=True):
    """Say ``TimerFired`` in ``after_s`` seconds, instead of what this timer was to say before."""

    name: TimerName
    connection: int
    after_s: float


class Notify(Struct, frozen=True):
    """Tell whoever listens for errors."""

    error: RealtimeErrorInfo


Effect = (
    OpenTransport
    | CloseTransport
    | Send
    | PlayAudio
    | EndAudio
    | FlushPlayback
    | CallTool
    | CancelTool
    | StartTimer
    | Notify
)
