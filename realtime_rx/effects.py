"""What shall be done, as data. A reducer only asks; the session does it and tells what came of it by an event."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ClientEvent

__all__ = ["CallTool", "CloseTransport", "Effect", "FlushPlayback", "Notify", "OpenTransport", "PlayAudio", "Send"]


class OpenTransport(Struct, frozen=True):
    """Dial; this is connection number ``connection``. ``resume``: the conversation to go on with."""

    connection: int
    resume: str | None = None


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


class FlushPlayback(Struct, frozen=True):
    """Be silent now and forget what is queued."""


class CallTool(Struct, frozen=True):
    """Run this tool; the answer comes back as ``ToolReturned`` or ``ToolFailed`` with the same ``call_id``."""

    call_id: str
    name: str
    input: Any


class Notify(Struct, frozen=True):
    """Tell whoever listens for errors."""

    error: RealtimeErrorInfo


Effect = OpenTransport | CloseTransport | Send | PlayAudio | FlushPlayback | CallTool | Notify
