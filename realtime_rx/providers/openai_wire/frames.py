"""Every server frame of the OpenAI Realtime protocol about the session and the user, and the event that it is.

Source: OpenAI's published schema of the GA server events (46 kinds; those about responses are in
:mod:`realtime_rx.providers.openai_wire.response_frames`). Fields that some speaker of the protocol leaves out are
optional here, whatever the schema says.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field
from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.credentials import without_secrets
from realtime_rx.items import Item, RateLimit
from realtime_rx.providers.openai_wire.formats import format_of
from realtime_rx.providers.openai_wire.items import WireItem, WireTranscriptionUsage

Milliseconds = int | float | None


class Frame(Struct, frozen=True, kw_only=True):
    """A frame as its JSON says it; ``event`` is what it means."""

    event_id: str | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        raise NotImplementedError


def whole(milliseconds: Milliseconds) -> int | None:
    return None if milliseconds is None else int(milliseconds)


class _OfSession(Frame, frozen=True):
    session: dict[str, Any] = {}

    def described(
        self, kind: type[ev.SessionCreated] | type[ev.SessionUpdated], at: float, frame: Raw
    ) -> ev.SessionCreated | ev.SessionUpdated:
        """The event, with the session's description and the frame without secrets."""
        session = without_secrets(self.session)
        if session is not self.session:
            frame = Raw(msgspec.json.encode({**msgspec.json.decode(frame), "session": session}))
        return kind(
            text_or_none(session.get("id")),
            text_or_none(session.get("model")),
            session,
            format_of(session, "input"),
            format_of(session, "output"),
            at=at,
            event_id=self.event_id,
            frame=frame,
        )


class SessionCreated(_OfSession, frozen=True, tag="session.created"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return self.described(ev.SessionCreated, at, frame)


class SessionUpdated(_OfSession, frozen=True, tag="session.updated"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return self.described(ev.SessionUpdated, at, frame)


def text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class WireConversation(Struct, frozen=True):
    id: str | None = None


class ConversationCreated(Frame, frozen=True, tag="conversation.created"):
    conversation: WireConversation = WireConversation()

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ConversationCreated(self.conversation.id, at=at, event_id=self.event_id, frame=frame)


class RateLimitsUpdated(Frame, frozen=True, tag="rate_limits.updated"):
    rate_limits: list[RateLimit] = []

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.RateLimitsUpdated(tuple(self.rate_limits), at=at, event_id=self.event_id, frame=frame)


class WireError(Struct, frozen=True):
    message: str | None = None
    type: str | None = None
    code: str | int | None = None
    param: Any = None
    event_id: str | None = None


class Error(Frame, frozen=True, tag="error"):
    """Some servers say what is wrong at the top."""

    error: WireError = WireError()
    message: str | None = None
    code: str | int | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        error = self.error
        code = self.code if error.code is None else error.code
        said = error.message or self.message or error.type
        return ev.ServerError(
            message=said or "the provider reported an error and did not say which",
            code=str(code) if code is not None else None,
            error_type=error.type,
            param=str(error.param) if error.param is not None else None,
            client_event_id=error.event_id,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class SpeechStarted(Frame, frozen=True, tag="input_audio_buffer.speech_started"):
    item_id: str | None = None
    audio_start_ms: Milliseconds = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.SpeechStarted(self.item_id, whole(self.audio_start_ms), at=at, event_id=self.event_id, frame=frame)


class SpeechStopped(Frame, frozen=True, tag="input_audio_buffer.speech_stopped"):
    item_id: str | None = None
    audio_end_ms: Milliseconds = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.SpeechStopped(self.item_id, whole(self.audio_end_ms), at=at, event_id=self.event_id, frame=frame)


class AudioCommitted(Frame, frozen=True, tag="input_audio_buffer.committed"):
    item_id: str
    previous_item_id: str | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.AudioCommitted(self.item_id, self.previous_item_id, at=at, event_id=self.event_id, frame=frame)


class AudioCleared(Frame, frozen=True, tag="input_audio_buffer.cleared"):
    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.AudioCleared(at=at, event_id=self.event_id, frame=frame)


class TimeoutTriggered(Frame, frozen=True, tag="input_audio_buffer.timeout_triggered"):
    item_id: str | None = None
    audio_start_ms: Milliseconds = None
    audio_end_ms: Milliseconds = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        start, end = whole(self.audio_start_ms), whole(self.audio_end_ms)
        return ev.InputTimeout(self.item_id, start, end, at=at, event_id=self.event_id, frame=frame)


class DtmfReceived(Frame, frozen=True, tag="input_audio_buffer.dtmf_event_received"):
    key: str = field(default="", name="event")
    received_at: Milliseconds = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.DtmfReceived(self.key, whole(self.received_at), at=at, event_id=self.event_id, frame=frame)


class TranscriptionDelta(Frame, frozen=True, tag="conversation.item.input_audio_transcription.delta"):
    item_id: str
    content_index: int = 0
    delta: str | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.InputTranscriptionDelta(
            self.item_id, self.delta or "", self.content_index, at=at, event_id=self.event_id, frame=frame
        )


class TranscriptionUpdated(Frame, frozen=True, tag="conversation.item.input_audio_transcription.updated"):
    """xAI's, in place of deltas: ``transcript`` is all that it understood so far."""

    item_id: str
    content_index: int = 0
    transcript: str | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.InputTranscriptionDelta(
            self.item_id, self.transcript or "", self.content_index, True, at=at, event_id=self.event_id, frame=frame
        )


class TranscriptionCompleted(Frame, frozen=True, tag="conversation.item.input_audio_transcription.completed"):
    item_id: str
    content_index: int = 0
    transcript: str | None = None
    usage: WireTranscriptionUsage | None = None

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        usage = self.usage.usage() if self.usage is not None else None
        return ev.InputTranscriptionCompleted(
            self.item_id, self.transcript or "", self.content_index, usage,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TranscriptionFailed(Frame, frozen=True, tag="conversation.item.input_audio_transcription.failed"):
    item_id: str
    content_index: int = 0
    error: WireError = WireError()

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        code = str(self.error.code) if self.error.code is not None else None
        return ev.InputTranscriptionFailed(
            self.item_id, self.content_index, self.error.message or "", code,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class TranscriptionSegment(Frame, frozen=True, tag="conversation.item.input_audio_transcription.segment"):
    item_id: str
    content_index: int = 0
    text: str = ""
    speaker: str | None = None
    start: float = 0.0
    end: float = 0.0

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.InputTranscriptionSegment(
            self.item_id, self.content_index, self.text, self.speaker, self.start, self.end,
            at=at, event_id=self.event_id, frame=frame,
        )  # fmt: skip


class OfItem(Frame, frozen=True):
    """xAI may give an item its id beside it."""

    item: WireItem
    item_id: str | None = None

    def named(self) -> Item | None:
        """The item under its id; None where it is anonymous."""
        item = self.item.item()
        return item if item.id else replace(item, id=self.item_id) if self.item_id else None

    def anonymous(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ProviderEvent(str(self.__struct_config__.tag), at=at, event_id=self.event_id, frame=frame)


class ItemAdded(OfItem, frozen=True, tag="conversation.item.added"):
    """Where ``previous_item_id`` is left out (xAI), nothing is said about the place; null says: the first."""

    previous_item_id: str | UnsetType | None = UNSET

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        placed = self.previous_item_id is not UNSET
        previous = None if isinstance(self.previous_item_id, UnsetType) else self.previous_item_id
        item = self.named()
        if item is None:
            return self.anonymous(at, frame)
        return ev.ItemAdded(item, previous, placed, at=at, event_id=self.event_id, frame=frame)


class ItemDone(OfItem, frozen=True, tag="conversation.item.done"):
    """Its ``previous_item_id`` is null for items that are not the first: only ``added`` says where an item stands."""

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        item = self.named()
        if item is None:
            return self.anonymous(at, frame)
        return ev.ItemDone(item, at=at, event_id=self.event_id, frame=frame)


class ItemRetrieved(Frame, frozen=True, tag="conversation.item.retrieved"):
    item: WireItem

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ItemRetrieved(self.item.item(), at=at, event_id=self.event_id, frame=frame)


class ItemDeleted(Frame, frozen=True, tag="conversation.item.deleted"):
    item_id: str

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        return ev.ItemDeleted(self.item_id, at=at, event_id=self.event_id, frame=frame)


class ItemTruncated(Frame, frozen=True, tag="conversation.item.truncated"):
    item_id: str
    content_index: int = 0
    audio_end_ms: Milliseconds = 0

    def event(self, at: float, frame: Raw) -> ev.ServerEvent:
        heard = whole(self.audio_end_ms) or 0
        return ev.ItemTruncated(self.item_id, self.content_index, heard, at=at, event_id=self.event_id, frame=frame)
