"""What the provider says of the conversation: items, responses, words, sound, tool calls."""

from __future__ import annotations

from typing import Literal

from realtime_rx.events.base import ServerEvent
from realtime_rx.items import Item, Part, Usage

__all__ = [
    "AudioDelta",
    "AudioDone",
    "ContentPartAdded",
    "ContentPartDone",
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
    "ResponseCreated",
    "ResponseDone",
    "TextDelta",
    "TextDone",
    "ToolArgumentsDelta",
    "ToolArgumentsDone",
    "ToolCallsCancelled",
    "TranscriptDelta",
    "TranscriptDone",
]

Progress = Literal["in_progress", "completed", "failed"]
ResponseStatus = Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]


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
    """The listener heard the first ``audio_end_ms`` of that part and no more; ``heard`` are the words of that.

    Providers tell one of the two: None is what this one does not tell.
    """

    item_id: str
    content_index: int = 0
    audio_end_ms: int | None = 0
    heard: str | None = None


# Responses


class ResponseCreated(ServerEvent, frozen=True, tag="response-created"):
    """``in_conversation`` is False where the provider says that its items will be in no conversation."""

    response_id: str
    in_conversation: bool = True


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
    """The provider stopped speaking because the user did not.

    ``item_id`` is the message that was being heard, where the provider says so: it may have been complete before.
    """

    response_id: str | None = None
    item_id: str | None = None


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
