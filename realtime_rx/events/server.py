"""What the model says, in no provider's words.

The names are those of the AI SDK's normalised events where it has one, and go on where it stops. An event that no
codec knows by name is a :class:`ProviderEvent`; a frame that could not be read is a :class:`FrameRejected`.
"""

from __future__ import annotations

from typing import Any, Literal

from realtime_rx.events.base import ServerEvent
from realtime_rx.items import Item, Part, RateLimit, Usage

__all__ = [
    "AudioCleared",
    "AudioCommitted",
    "AudioDelta",
    "AudioDone",
    "ContentPartAdded",
    "ContentPartDone",
    "ConversationCreated",
    "DtmfReceived",
    "FrameRejected",
    "GoAway",
    "InputTimeout",
    "InputTranscriptionCompleted",
    "InputTranscriptionDelta",
    "InputTranscriptionFailed",
    "InputTranscriptionSegment",
    "Interrupted",
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "ItemRetrieved",
    "ItemTruncated",
    "McpCallProgress",
    "McpToolsProgress",
    "OutputAudioCleared",
    "OutputAudioStarted",
    "OutputAudioStopped",
    "OutputItemAdded",
    "OutputItemDone",
    "ProviderEvent",
    "RateLimitsUpdated",
    "ResponseCreated",
    "ResponseDone",
    "ResumptionHandle",
    "ServerError",
    "SessionCreated",
    "SessionUpdated",
    "SpeechStarted",
    "SpeechStopped",
    "TextDelta",
    "TextDone",
    "ToolArgumentsDelta",
    "ToolArgumentsDone",
    "ToolCallsCancelled",
    "TranscriptDelta",
    "TranscriptDone",
    "UsageUpdated",
]

Progress = Literal["in_progress", "completed", "failed"]
ResponseStatus = Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]


# The session


class SessionCreated(ServerEvent, frozen=True, tag="session-created"):
    """The provider is ready. ``session`` is its description of the settings in force."""

    session_id: str | None = None
    model: str | None = None
    session: dict[str, Any] = {}


class SessionUpdated(ServerEvent, frozen=True, tag="session-updated"):
    """The settings changed; ``session`` is what now holds."""

    session_id: str | None = None
    model: str | None = None
    session: dict[str, Any] = {}


class ConversationCreated(ServerEvent, frozen=True, tag="conversation-created"):
    conversation_id: str | None = None


class RateLimitsUpdated(ServerEvent, frozen=True, tag="rate-limits-updated"):
    rate_limits: tuple[RateLimit, ...] = ()


class UsageUpdated(ServerEvent, frozen=True, tag="usage-updated"):
    """Tokens used outside a response's end. ``cumulative``: the total so far, not an addition to it."""

    usage: Usage
    cumulative: bool = False


class GoAway(ServerEvent, frozen=True, tag="go-away"):
    """The provider will close the connection in ``time_left_ms``."""

    time_left_ms: int | None = None


class ResumptionHandle(ServerEvent, frozen=True, tag="resumption-handle"):
    """What to show on the next dial to go on with this session."""

    handle: str
    resumable: bool = True


class ServerError(ServerEvent, frozen=True, tag="error"):
    """The provider reports an error; most of them the session survives.

    ``client_event_id`` is the event of ours that caused it, where the provider says so.
    """

    message: str = ""
    code: str | None = None
    error_type: str | None = None
    param: str | None = None
    client_event_id: str | None = None


class FrameRejected(ServerEvent, frozen=True, tag="frame-rejected"):
    """A frame that could not be read was dropped; ``excerpt`` is how it began."""

    reason: str
    excerpt: str = ""


class ProviderEvent(ServerEvent, frozen=True, tag="custom"):
    """An event that only this provider has, passed on as it came: see ``raw``."""

    raw_type: str


# What the user does


class SpeechStarted(ServerEvent, frozen=True, tag="speech-started"):
    item_id: str | None = None
    audio_start_ms: int | None = None


class SpeechStopped(ServerEvent, frozen=True, tag="speech-stopped"):
    item_id: str | None = None
    audio_end_ms: int | None = None


class AudioCommitted(ServerEvent, frozen=True, tag="audio-committed"):
    """The buffered sound became the user item ``item_id``, placed after ``previous_item_id``."""

    item_id: str
    previous_item_id: str | None = None


class AudioCleared(ServerEvent, frozen=True, tag="audio-cleared"):
    pass


class InputTimeout(ServerEvent, frozen=True, tag="input-timeout"):
    """The user said nothing for the idle timeout."""

    item_id: str | None = None
    audio_start_ms: int | None = None
    audio_end_ms: int | None = None


class DtmfReceived(ServerEvent, frozen=True, tag="dtmf-received"):
    """A telephone key was pressed; ``received_at`` is in whole seconds since the epoch."""

    key: str
    received_at: int | None = None


class InputTranscriptionDelta(ServerEvent, frozen=True, tag="input-transcription-delta"):
    item_id: str
    delta: str = ""
    content_index: int = 0


class InputTranscriptionCompleted(ServerEvent, frozen=True, tag="input-transcription-completed"):
    item_id: str
    transcript: str = ""
    content_index: int = 0
    usage: Usage | None = None


class InputTranscriptionFailed(ServerEvent, frozen=True, tag="input-transcription-failed"):
    item_id: str
    content_index: int = 0
    message: str = ""
    code: str | None = None


class InputTranscriptionSegment(ServerEvent, frozen=True, tag="input-transcription-segment"):
    """A stretch of a diarised transcript; ``start`` and ``end`` are seconds."""

    item_id: str
    content_index: int = 0
    text: str = ""
    speaker: str | None = None
    start: float = 0.0
    end: float = 0.0


# The conversation


class ItemAdded(ServerEvent, frozen=True, tag="conversation-item-added"):
    """``previous_item_id`` None: it is the first of this conversation, unless ``placed`` says that nobody knows."""

    item: Item
    previous_item_id: str | None = None
    placed: bool = True


class ItemDone(ServerEvent, frozen=True, tag="conversation-item-done"):
    item: Item


class ItemRetrieved(ServerEvent, frozen=True, tag="conversation-item-retrieved"):
    item: Item


class ItemDeleted(ServerEvent, frozen=True, tag="conversation-item-deleted"):
    item_id: str


class ItemTruncated(ServerEvent, frozen=True, tag="conversation-item-truncated"):
    """The listener heard the first ``audio_end_ms`` of that part and no more."""

    item_id: str
    content_index: int = 0
    audio_end_ms: int = 0


# Responses


class ResponseCreated(ServerEvent, frozen=True, tag="response-created"):
    response_id: str


class ResponseDone(ServerEvent, frozen=True, tag="response-done"):
    """``reason`` and ``error`` say why a response that is not ``completed`` ended as it did."""

    response_id: str
    status: ResponseStatus = "completed"
    reason: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    items: tuple[Item, ...] = ()
    usage: Usage | None = None


class Interrupted(ServerEvent, frozen=True, tag="interrupted"):
    """The provider stopped speaking because the user did not."""

    response_id: str | None = None


class OutputItemAdded(ServerEvent, frozen=True, tag="output-item-added"):
    response_id: str | None
    item: Item
    output_index: int = 0


class OutputItemDone(ServerEvent, frozen=True, tag="output-item-done"):
    response_id: str | None
    item: Item
    output_index: int = 0


class _OfPart(ServerEvent, frozen=True):
    item_id: str
    response_id: str | None = None
    output_index: int = 0
    content_index: int = 0


class ContentPartAdded(_OfPart, frozen=True, tag="content-part-added"):
    part: Part | None = None


class ContentPartDone(_OfPart, frozen=True, tag="content-part-done"):
    part: Part | None = None


class TextDelta(_OfPart, frozen=True, tag="text-delta"):
    delta: str = ""


class TextDone(_OfPart, frozen=True, tag="text-done"):
    text: str = ""


class TranscriptDelta(_OfPart, frozen=True, tag="audio-transcript-delta"):
    delta: str = ""


class TranscriptDone(_OfPart, frozen=True, tag="audio-transcript-done"):
    transcript: str = ""


class AudioDelta(_OfPart, frozen=True, tag="audio-delta"):
    """Sound. ``audio`` is base64 as received; the ring keeps the event without it, with ``byte_count`` alone."""

    audio: str = ""
    byte_count: int = 0


class AudioDone(_OfPart, frozen=True, tag="audio-done"):
    pass


class OutputAudioStarted(ServerEvent, frozen=True, tag="output-audio-started"):
    """The provider's own output buffer (WebRTC, SIP) began to play."""

    response_id: str | None = None


class OutputAudioStopped(ServerEvent, frozen=True, tag="output-audio-stopped"):
    response_id: str | None = None


class OutputAudioCleared(ServerEvent, frozen=True, tag="output-audio-cleared"):
    response_id: str | None = None


# Tools


class ToolArgumentsDelta(ServerEvent, frozen=True, tag="function-call-arguments-delta"):
    """``call_id`` is None where the provider names the item alone (MCP)."""

    item_id: str
    call_id: str | None = None
    response_id: str | None = None
    delta: str = ""


class ToolArgumentsDone(ServerEvent, frozen=True, tag="function-call-arguments-done"):
    item_id: str
    call_id: str | None = None
    response_id: str | None = None
    name: str | None = None
    arguments: str = ""


class ToolCallsCancelled(ServerEvent, frozen=True, tag="tool-calls-cancelled"):
    """The provider no longer wants the outputs of these calls."""

    call_ids: tuple[str, ...] = ()


class McpToolsProgress(ServerEvent, frozen=True, tag="mcp-tools-progress"):
    """The provider is listing the tools of an MCP server."""

    item_id: str
    progress: Progress


class McpCallProgress(ServerEvent, frozen=True, tag="mcp-call-progress"):
    """The provider is calling a tool of an MCP server itself."""

    item_id: str
    progress: Progress


SERVER_EVENTS: tuple[type[ServerEvent], ...] = tuple(globals()[name] for name in __all__)
"""Every kind of server event."""
