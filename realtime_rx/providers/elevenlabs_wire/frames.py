"""The frames of ElevenLabs Agents as data.

What is declared here is what is read; the rest of a frame stays in its ``raw``. Names and meaning are those of the
published AsyncAPI description of the Agents WebSocket and of the official clients.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct, field
from msgspec.structs import replace

from realtime_rx.providers.elision import Parted, silent
from realtime_rx.providers.reading import fields_of, read

SOUND = "audio_base_64"
QUOTED = b'"audio_base_64"'

EventId = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""A number that every JSON reader knows exactly."""


class Metadata(Struct, frozen=True):
    conversation_id: str | None = None
    agent_output_audio_format: str | None = None
    user_input_audio_format: str | None = None


class Audio(Struct, frozen=True):
    audio_base_64: str | None = None
    event_id: EventId = 0


class UserTranscript(Struct, frozen=True):
    user_transcript: str = ""
    event_id: EventId = 0


class AgentResponse(Struct, frozen=True):
    agent_response: str = ""
    event_id: EventId = 0


class Correction(Struct, frozen=True):
    """``corrected_agent_response`` is as much of the original as was heard before the interruption."""

    original_agent_response: str = ""
    corrected_agent_response: str = ""
    event_id: EventId = 0


class ChatPart(Struct, frozen=True):
    text: str = ""
    kind: str = field(default="delta", name="type")
    event_id: EventId | None = None


class Numbered(Struct, frozen=True):
    event_id: EventId


class ToolCall(Struct, frozen=True):
    tool_name: str
    tool_call_id: str
    parameters: dict[str, Any] = {}
    event_id: EventId = 0


class ToolRequest(Struct, frozen=True):
    tool_name: str
    tool_call_id: str
    tool_type: str = ""


class ToolResponse(Struct, frozen=True):
    tool_name: str
    tool_call_id: str
    tool_type: str = ""
    is_error: bool = False
    full_tool_result: str | None = None


class McpCall(Struct, frozen=True):
    """``state`` is ``loading``, ``awaiting_approval``, ``success`` or ``failure``."""

    tool_name: str
    tool_call_id: str
    state: str = "loading"
    parameters: dict[str, Any] = {}
    result: list[Any] | None = None
    error_message: str | None = None


class Error(Struct, frozen=True):
    code: int | None = None
    message: str | None = None
    error_type: str | None = None
    reason: str | None = None


class Message(Struct, frozen=True):
    """One frame: its type, and what that type holds."""

    type: str
    conversation_initiation_metadata_event: Metadata | None = None
    audio_event: Audio | None = None
    user_transcription_event: UserTranscript | None = None
    tentative_user_transcription_event: UserTranscript | None = None
    agent_response_event: AgentResponse | None = None
    agent_response_correction_event: Correction | None = None
    text_response_part: ChatPart | None = None
    interruption_event: Numbered | None = None
    ping_event: Numbered | None = None
    client_tool_call: ToolCall | None = None
    agent_tool_request: ToolRequest | None = None
    agent_tool_response: ToolResponse | None = None
    agent_tool_response_full_payload: ToolResponse | None = None
    mcp_tool_call: McpCall | None = None
    error_event: Error | None = None


def received(frame: str | bytes) -> tuple[Message, Raw]:
    """What a frame says, and the frame without its sound. Raises :class:`ProtocolError`, and nothing else."""
    return read(frame, QUOTED, sounding, whole)


def sounding(cut: Parted) -> tuple[Message, Raw] | None:
    """What a frame of sound says; None where what was cut out of it was not its sound, or not all of it."""
    message = message_in(fields_of(cut.frame))
    audio = message.audio_event
    if audio is None or audio.audio_base_64 != cut.mark or cut.frame.count(QUOTED) > 1:
        return None
    return replace(message, audio_event=replace(audio, audio_base_64=cut.sound)), Raw(cut.frame)


def whole(text: bytes) -> tuple[Message, Raw]:
    fields = fields_of(text)
    return message_in(fields), Raw(msgspec.json.encode(silent(fields, SOUND)) if QUOTED in text else text)


def message_in(fields: dict[str, Any]) -> Message:
    return msgspec.convert(fields, Message, strict=False)
