"""Every server frame of the OpenAI Realtime protocol about responses, and the event that it is."""

from __future__ import annotations

from typing import Any, cast

from msgspec import UNSET, Raw, Struct, UnsetType

from realtime_rx import events as ev
from realtime_rx.events.of_conversation import ResponseStatus
from realtime_rx.providers.elision import decoded_size, marked
from realtime_rx.providers.openai_wire.frames import Frame, OfItem
from realtime_rx.providers.openai_wire.items import WireContent, WireItem, WireUsage

STATUSES: dict[str, ResponseStatus] = {
    "in_progress": "in_progress",
    "completed": "completed",
    "cancelled": "cancelled",
    "failed": "failed",
    "incomplete": "incomplete",
}


class WireResponse(Struct, frozen=True):
    """``status_details`` is an object, null, or (xAI) the text ``"unimplemented"``."""

    id: str
    status: str | None = None
    status_details: Any = None
    output: list[WireItem] | None = None
    usage: WireUsage | None = None
    conversation_id: str | UnsetType | None = UNSET

    def detail(self, *path: str) -> str | None:
        """A text inside ``status_details``, where there is one."""
        value: Any = self.status_details
        for key in path:
            value = cast(dict[str, Any], value).get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else None


class ResponseCreated(Frame, frozen=True, tag="response.created"):
    response: WireResponse

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        response = self.response
        shared = response.conversation_id is not None
        return ev.ResponseCreated(response.id, shared, at=at, event_id=self.event_id, frame=frame)


class ResponseDone(Frame, frozen=True, tag="response.done"):
    """xAI leaves ``response.usage`` empty and puts the usage beside the response."""

    response: WireResponse
    usage: WireUsage | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        response = self.response
        usage = self.usage or response.usage
        return ev.ResponseDone(
            response.id,
            status=STATUSES.get(response.status or "", "completed"),
            reason=response.detail("reason"),
            error_code=response.detail("error", "code") or response.detail("error", "type"),
            error_message=response.detail("error", "message"),
            items=tuple(item.item() for item in response.output or () if item.id),
            usage=usage.usage() if usage is not None else None,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class _OfOutput(OfItem, frozen=True):
    response_id: str | None = None
    output_index: int = 0


class OutputItemAdded(_OfOutput, frozen=True, tag="response.output_item.added"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        item = self.named()
        if item is None:
            return self.anonymous(at, frame)
        return ev.OutputItemAdded(self.response_id, item, self.output_index, at=at, event_id=self.event_id, frame=frame)


class OutputItemDone(_OfOutput, frozen=True, tag="response.output_item.done"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        item = self.named()
        if item is None:
            return self.anonymous(at, frame)
        return ev.OutputItemDone(self.response_id, item, self.output_index, at=at, event_id=self.event_id, frame=frame)


class _OfPart(Frame, frozen=True):
    item_id: str
    response_id: str | None = None
    output_index: int = 0
    content_index: int = 0


class ContentPartAdded(_OfPart, frozen=True, tag="response.content_part.added"):
    """``part`` may be missing (xAI)."""

    part: WireContent | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        part = self.part.part(self.content_index, state="streaming") if self.part is not None else None
        return ev.ContentPartAdded(
            self.item_id, self.response_id, self.output_index, self.content_index, part,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class ContentPartDone(_OfPart, frozen=True, tag="response.content_part.done"):
    part: WireContent | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        part = self.part.part(self.content_index, state="done") if self.part is not None else None
        return ev.ContentPartDone(
            self.item_id, self.response_id, self.output_index, self.content_index, part,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TextDelta(_OfPart, frozen=True, tag="response.output_text.delta"):
    delta: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.TextDelta(
            self.item_id, self.response_id, self.output_index, self.content_index, self.delta,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TextDone(_OfPart, frozen=True, tag="response.output_text.done"):
    text: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.TextDone(
            self.item_id, self.response_id, self.output_index, self.content_index, self.text,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TranscriptDelta(_OfPart, frozen=True, tag="response.output_audio_transcript.delta"):
    delta: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.TranscriptDelta(
            self.item_id, self.response_id, self.output_index, self.content_index, self.delta,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TranscriptDone(_OfPart, frozen=True, tag="response.output_audio_transcript.done"):
    transcript: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.TranscriptDone(
            self.item_id, self.response_id, self.output_index, self.content_index, self.transcript,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class AudioDelta(_OfPart, frozen=True, tag="response.output_audio.delta"):
    """``delta`` is base64. The event keeps it as it is: who plays it decodes it, nobody else pays for that."""

    delta: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        byte_count = decoded_size(self.delta)
        return self.sounding(at, marked(frame, byte_count), self.delta, byte_count)

    def sounding(self, at: float, frame: Raw, sound: str, byte_count: int) -> ev.ServerEvent:
        """The event with that sound, and a frame that is without it."""
        return ev.AudioDelta(
            self.item_id, self.response_id, self.output_index, self.content_index, sound, byte_count,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class AudioDone(_OfPart, frozen=True, tag="response.output_audio.done"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.AudioDone(
            self.item_id, self.response_id, self.output_index, self.content_index,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class _OfCall(Frame, frozen=True):
    item_id: str
    call_id: str | None = None
    response_id: str | None = None


class ArgumentsDelta(_OfCall, frozen=True, tag="response.function_call_arguments.delta"):
    delta: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ToolArgumentsDelta(
            self.item_id, self.call_id, self.response_id, self.delta, at=at, event_id=self.event_id, frame=frame
        )


class ArgumentsDone(_OfCall, frozen=True, tag="response.function_call_arguments.done"):
    """``name`` is missing in the beta protocol: the item has it."""

    name: str | None = None
    arguments: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ToolArgumentsDone(
            self.item_id, self.call_id, self.response_id, self.name, self.arguments,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class McpArgumentsDelta(_OfCall, frozen=True, tag="response.mcp_call_arguments.delta"):
    delta: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ToolArgumentsDelta(
            self.item_id, None, self.response_id, self.delta, at=at, event_id=self.event_id, frame=frame
        )


class McpArgumentsDone(_OfCall, frozen=True, tag="response.mcp_call_arguments.done"):
    arguments: str = ""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ToolArgumentsDone(
            self.item_id, None, self.response_id, None, self.arguments, at=at, event_id=self.event_id, frame=frame
        )


class _OfBuffer(Frame, frozen=True):
    response_id: str | None = None


class OutputAudioStarted(_OfBuffer, frozen=True, tag="output_audio_buffer.started"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.OutputAudioStarted(self.response_id, at=at, event_id=self.event_id, frame=frame)


class OutputAudioStopped(_OfBuffer, frozen=True, tag="output_audio_buffer.stopped"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.OutputAudioStopped(self.response_id, at=at, event_id=self.event_id, frame=frame)


class OutputAudioCleared(_OfBuffer, frozen=True, tag="output_audio_buffer.cleared"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.OutputAudioCleared(self.response_id, at=at, event_id=self.event_id, frame=frame)
