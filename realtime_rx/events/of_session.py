"""What the provider says of the session, and of what it hears."""

from __future__ import annotations

from typing import Any

from realtime_rx.events.base import ServerEvent
from realtime_rx.formats import AudioFormat
from realtime_rx.items import RateLimit, Usage

__all__ = [
    "AudioCleared",
    "AudioCommitted",
    "ConversationCreated",
    "DtmfReceived",
    "FrameRejected",
    "GoAway",
    "InputTimeout",
    "InputTranscriptionCompleted",
    "InputTranscriptionDelta",
    "InputTranscriptionFailed",
    "InputTranscriptionSegment",
    "Ping",
    "ProviderEvent",
    "RateLimitsUpdated",
    "ResumptionHandle",
    "ServerError",
    "SessionCreated",
    "SessionUpdated",
    "SpeechStarted",
    "SpeechStopped",
    "UsageUpdated",
]


class SessionCreated(ServerEvent, frozen=True, tag="session-created"):
    """The provider is ready. ``session`` is its description of the settings in force.

    ``input_format`` and ``output_format`` are what the sound is written in, where it says so.
    """

    session_id: str | None = None
    model: str | None = None
    session: dict[str, Any] = {}
    input_format: AudioFormat | None = None
    output_format: AudioFormat | None = None


class SessionUpdated(ServerEvent, frozen=True, tag="session-updated"):
    """The settings changed; ``session`` is what now holds."""

    session_id: str | None = None
    model: str | None = None
    session: dict[str, Any] = {}
    input_format: AudioFormat | None = None
    output_format: AudioFormat | None = None


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


class Ping(ServerEvent, frozen=True, tag="ping"):
    """The provider asks whether we are there, and wants ``ping_id`` back."""

    ping_id: int


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
    """``cumulative``: ``delta`` is all that was understood so far, in the place of what was understood before."""

    item_id: str
    delta: str = ""
    content_index: int = 0
    cumulative: bool = False


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
