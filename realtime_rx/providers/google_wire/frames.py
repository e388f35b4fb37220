"""The frames of Gemini Live as data. On the wire they may be binary, and their keys in camel or in snake case.

What is declared here is what is read; the rest of a frame stays in its ``raw``. Fields and their meaning are those of
the published reference of the Live API's WebSocket messages and of the official client's types.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw, Struct

from realtime_rx.providers.elision import Parted, silent
from realtime_rx.providers.reading import fields_of, read

T = TypeVar("T")

SOUND = "data"
QUOTED = b'"data"'
# What the tools and the developer name, not the protocol: keys in there are left alone.
FREE = frozenset({"args", "response", "partialArgs", "groundingMetadata", "urlContextMetadata"})


class Blob(Struct, frozen=True, rename="camel"):
    mime_type: str | None = None
    data: str | None = None


class Part(Struct, frozen=True, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    inline_data: Blob | None = None


class Content(Struct, frozen=True):
    parts: list[Part] | None = None


class Transcription(Struct, frozen=True):
    """``text`` is a delta; ``finished`` may never be set."""

    text: str | None = None
    finished: bool | None = None


class ServerContent(Struct, frozen=True, rename="camel"):
    model_turn: Content | None = None
    input_transcription: Transcription | None = None
    output_transcription: Transcription | None = None
    generation_complete: bool | None = None
    interrupted: bool | None = None
    turn_complete: bool | None = None
    turn_complete_reason: str | None = None


class FunctionCall(Struct, frozen=True):
    id: str | None = None
    name: str | None = None
    args: dict[str, Any] | None = None


class ToolCall(Struct, frozen=True, rename="camel"):
    function_calls: list[FunctionCall] | None = None


class Cancellation(Struct, frozen=True):
    ids: list[str] | None = None


class SetupComplete(Struct, frozen=True, rename="camel"):
    session_id: str | None = None


class GoAway(Struct, frozen=True, rename="camel"):
    """``time_left`` is a duration in protobuf's JSON: seconds with an ``s`` behind."""

    time_left: str | None = None


class ResumptionUpdate(Struct, frozen=True, rename="camel"):
    new_handle: str | None = None
    resumable: bool | None = None


class VoiceActivity(Struct, frozen=True, rename="camel"):
    voice_activity_type: str | None = None
    audio_offset: str | None = None


class VadSignal(Struct, frozen=True, rename="camel"):
    vad_signal_type: str | None = None


class Tokens(Struct, frozen=True, rename="camel"):
    modality: str | None = None
    token_count: int | None = None


class UsageMetadata(Struct, frozen=True, rename="camel"):
    prompt_token_count: int | None = None
    response_token_count: int | None = None
    total_token_count: int | None = None
    cached_content_token_count: int | None = None
    thoughts_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    prompt_tokens_details: list[Tokens] | None = None
    response_tokens_details: list[Tokens] | None = None
    cache_tokens_details: list[Tokens] | None = None


class Status(Struct, frozen=True):
    """Google's shape of an error."""

    code: int | None = None
    message: str | None = None
    status: str | None = None


class ServerMessage(Struct, frozen=True, rename="camel"):
    """One frame: usually one of these, with or without usage."""

    setup_complete: SetupComplete | None = None
    server_content: ServerContent | None = None
    tool_call: ToolCall | None = None
    tool_call_cancellation: Cancellation | None = None
    usage_metadata: UsageMetadata | None = None
    go_away: GoAway | None = None
    session_resumption_update: ResumptionUpdate | None = None
    voice_activity: VoiceActivity | None = None
    voice_activity_detection_signal: VadSignal | None = None
    error: Status | None = None


class Received(Struct, frozen=True):
    """A frame, read: what it says, its keys in camel case, and itself without sound, which may have been cut out."""

    message: ServerMessage
    value: dict[str, Any]
    raw: Raw
    cut: Parted | None = None

    def keys(self, *path: str) -> set[str]:
        """The names of the fields that are there, at the top or below ``path``."""
        here: Any = self.value
        for name in path:
            here = here.get(name)
        fields = cast(dict[str, Any], here) if isinstance(here, dict) else {}
        return {name for name, each in fields.items() if each is not None}

    def parts(self) -> list[dict[str, Any]]:
        """The parts of the model's turn as they came."""
        return self.value["serverContent"]["modelTurn"]["parts"]

    def data(self, blob: Blob) -> str:
        """What is in a blob, also where that was cut out."""
        return self.cut.sound if self.cut is not None and blob.data == self.cut.mark else blob.data or ""


def received(frame: str | bytes) -> Received:
    """What a frame says. Raises :class:`ProtocolError` naming what is wrong, and nothing else."""
    return read(frame, QUOTED, sounding, whole)


def sounding(cut: Parted) -> Received | None:
    """A frame of sound; None where what was cut out of it was not its sound, or not all of it."""
    fields = fields_of(cut.frame)
    message, known = message_in(fields, cut.frame)
    content = message.server_content
    parts = content.model_turn.parts if content is not None and content.model_turn is not None else None
    blobs = [part.inline_data for part in parts or () if part.inline_data is not None]
    if len(blobs) != 1 or blobs[0].data != cut.mark or cut.frame.count(QUOTED) > 1:
        return None
    return Received(message, known, Raw(cut.frame), cut)


def whole(text: bytes) -> Received:
    fields = fields_of(text)
    raw = Raw(msgspec.json.encode(silent(fields, SOUND)) if QUOTED in text else text)
    return Received(*message_in(fields, text), raw)


def message_in(fields: dict[str, Any], text: bytes) -> tuple[ServerMessage, dict[str, Any]]:
    """What a frame says, and its fields with their keys in camel case."""
    known = camel(fields) if b"_" in text else fields
    return msgspec.convert(known, ServerMessage, strict=False), known


def camel(value: T) -> T:
    """The same with keys in camel case, but where the names are not the protocol's."""
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        renamed = {named(key): each for key, each in fields.items()}
        return cast(T, {key: each if key in FREE else camel(each) for key, each in renamed.items()})
    return cast(T, [camel(each) for each in cast(list[Any], value)]) if isinstance(value, list) else value


def named(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
