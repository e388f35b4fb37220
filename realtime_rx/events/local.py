"""What happened on our side: a verb was called, a socket opened or closed, a tool returned, sound was played."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events.base import LocalEvent
from realtime_rx.events.client import (
    AppendImage,
    ClearAudio,
    ClearOutputAudio,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    RawEvent,
    RetrieveItem,
    SendFeedback,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.items import ImagePart

__all__ = [
    "AudioPlayed",
    "CancelRequested",
    "CapturePaused",
    "CaptureStarted",
    "CaptureStopped",
    "ConnectFailed",
    "ConnectRequested",
    "DisconnectRequested",
    "ErrorNoticed",
    "EventSubmitted",
    "InterruptRequested",
    "OutputAttached",
    "OutputDetached",
    "PlaybackDrained",
    "PlaybackStarted",
    "PlaybackStopRequested",
    "ResponseRequested",
    "RestartRequested",
    "Submission",
    "TimerFired",
    "TimerName",
    "ToolApprovalRequested",
    "ToolApproved",
    "ToolFailed",
    "ToolProgressed",
    "ToolRejected",
    "ToolReturned",
    "ToolsOffered",
    "ToolStarted",
    "TransportClosed",
    "TransportOpened",
]


Submission: TypeAlias = (
    CreateItem
    | UpdateSession
    | CommitAudio
    | ClearAudio
    | ClearOutputAudio
    | DeleteItem
    | RetrieveItem
    | TruncateItem
    | AppendImage
    | SendFeedback
    | RawEvent
)
"""A client event that a verb asks to be sent as it is."""

TimerName: TypeAlias = Literal["renew", "deadline", "stalled", "idle", "settings", "turn"]


class ConnectRequested(LocalEvent, frozen=True, tag="connect-requested"):
    """``connect()`` was called; ``config`` is what the session shall be."""

    config: SessionConfig = SessionConfig()


class TransportOpened(LocalEvent, frozen=True, tag="transport-opened"):
    """The byte pipe of connection number ``connection`` is open."""

    connection: int


class ConnectFailed(LocalEvent, frozen=True, tag="connect-failed"):
    """``final``: there is nobody left who could dial again."""

    connection: int
    error: RealtimeErrorInfo
    final: bool = False


class TransportClosed(LocalEvent, frozen=True, tag="transport-closed"):
    """The byte pipe went away without being asked to; ``error`` says how. ``final``: nobody is left to dial again."""

    connection: int
    error: RealtimeErrorInfo
    final: bool = False


class DisconnectRequested(LocalEvent, frozen=True, tag="disconnect-requested"):
    pass


class RestartRequested(LocalEvent, frozen=True, tag="restart-requested"):
    """``restart()``: a new connection, with the conversation as it is."""


class ToolsOffered(LocalEvent, frozen=True, tag="tools-offered"):
    """Whoever said where to dial said also which tools the session shall offer there."""

    tools: tuple[ToolDefinition, ...] = ()


class TimerFired(LocalEvent, frozen=True, tag="timer-fired"):
    """The time has come that a ``StartTimer`` of that connection asked for."""

    name: TimerName
    connection: int


class EventSubmitted(LocalEvent, frozen=True, tag="event-submitted"):
    """A verb that is one client event: it is sent as it is. A user message is shown at once, under its own id."""

    event: Submission


class ResponseRequested(LocalEvent, frozen=True, tag="response-requested"):
    request: CreateResponse = CreateResponse()


class CancelRequested(LocalEvent, frozen=True, tag="cancel-requested"):
    """``cancel_response()``: of this response, or of the active one."""

    response_id: str | None = None


class InterruptRequested(LocalEvent, frozen=True, tag="interrupt-requested"):
    """``interrupt()``: be silent now, and drop what still comes of this response."""


class ToolStarted(LocalEvent, frozen=True, tag="tool-started"):
    """The tool had to wait for others no longer, and runs."""

    call_id: str


class ToolProgressed(LocalEvent, frozen=True, tag="tool-progressed"):
    """The tool is at work, and this is how far it got; ``output`` is made of JSON's types."""

    call_id: str
    output: Any = None


class ToolApprovalRequested(LocalEvent, frozen=True, tag="tool-approval-requested"):
    """The tool may not run before a person has said so."""

    call_id: str


class ToolApproved(LocalEvent, frozen=True, tag="tool-approved"):
    """``approve()``: the tool may run."""

    call_id: str


class ToolRejected(LocalEvent, frozen=True, tag="tool-rejected"):
    """``reject()``: the tool may not run, and the model is told so."""

    call_id: str
    reason: str | None = None


class ToolReturned(LocalEvent, frozen=True, tag="tool-returned"):
    """``output`` is made of JSON's types; ``images`` are the pictures that belong to it."""

    call_id: str
    output: Any = None
    images: tuple[ImagePart, ...] = ()


class ToolFailed(LocalEvent, frozen=True, tag="tool-failed"):
    """The tool gave no output; ``error.message`` is what the model is told."""

    call_id: str
    error: RealtimeErrorInfo


class ErrorNoticed(LocalEvent, frozen=True, tag="error-noticed"):
    """Something failed on our side that the session survives."""

    error: RealtimeErrorInfo


class CaptureStarted(LocalEvent, frozen=True, tag="capture-started"):
    pass


class CapturePaused(LocalEvent, frozen=True, tag="capture-paused"):
    """The microphone is on, and no sound has come of it for a moment. This is said as long as it lasts."""


class CaptureStopped(LocalEvent, frozen=True, tag="capture-stopped"):
    """``released``: the user let a key go, and what they said is committed already, or forgotten."""

    released: bool = False


class OutputAttached(LocalEvent, frozen=True, tag="output-attached"):
    """There is a speaker from now on."""


class OutputDetached(LocalEvent, frozen=True, tag="output-detached"):
    """There is no speaker any more; ``error`` says why where it was lost. What was queued will not be heard."""

    error: RealtimeErrorInfo | None = None


class AudioPlayed(LocalEvent, frozen=True, tag="audio-played"):
    """So much of this part has been heard, in milliseconds from its beginning."""

    item_id: str
    content_index: int
    heard_ms: float


class PlaybackStarted(LocalEvent, frozen=True, tag="playback-started"):
    """Somebody plays sound that did not come through ``PlayAudio``: the browser's own WebRTC connection, say."""


class PlaybackDrained(LocalEvent, frozen=True, tag="playback-drained"):
    """Everything that was given to the speaker has been heard, or was flushed."""


class PlaybackStopRequested(LocalEvent, frozen=True, tag="playback-stop-requested"):
    """``stop_playback()``: be silent now, and let the response go on in writing."""
