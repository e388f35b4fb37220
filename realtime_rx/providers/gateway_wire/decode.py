"""Normalised events to events, by way of OpenAI's frames: the two say the same in other words.

What the upstream provider said is in ``raw``; where that has what the normalised event leaves out (an item, a part, a
response's output), it is taken from there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec
from msgspec import Raw

from realtime_rx import events as ev
from realtime_rx.credentials import without_secrets
from realtime_rx.providers.elision import decoded_size, elided, mark_of
from realtime_rx.providers.openai_wire.decode import SUSPICIOUS, event_of, kind_of
from realtime_rx.providers.reading import UNREADABLE, fields_of, told

Json = dict[str, Any]

NAMES = {
    "session-created": "session.created",
    "session-started": "session.created",
    "session-updated": "session.updated",
    "speech-started": "input_audio_buffer.speech_started",
    "speech-stopped": "input_audio_buffer.speech_stopped",
    "audio-committed": "input_audio_buffer.committed",
    "conversation-item-added": "conversation.item.added",
    "input-transcription-completed": "conversation.item.input_audio_transcription.completed",
    "response-created": "response.created",
    "response-done": "response.done",
    "output-item-added": "response.output_item.added",
    "output-item-done": "response.output_item.done",
    "content-part-added": "response.content_part.added",
    "content-part-done": "response.content_part.done",
    "audio-delta": "response.output_audio.delta",
    "audio-done": "response.output_audio.done",
    "audio-transcript-delta": "response.output_audio_transcript.delta",
    "audio-transcript-done": "response.output_audio_transcript.done",
    "text-delta": "response.output_text.delta",
    "text-done": "response.output_text.done",
    "function-call-arguments-delta": "response.function_call_arguments.delta",
    "function-call-arguments-done": "response.function_call_arguments.done",
    "error": "error",
}
FIELDS = {
    "itemId": "item_id",
    "previousItemId": "previous_item_id",
    "responseId": "response_id",
    "callId": "call_id",
    "name": "name",
    "delta": "delta",
    "text": "text",
    "transcript": "transcript",
    "arguments": "arguments",
}
# Places that the upstream provider states and the normalised event does not.
PLACES = ("event_id", "previous_item_id", "content_index", "output_index")


def decode(frame: str | bytes, *, at: float = 0.0) -> ev.ServerEvent:
    """The event in a frame. Raises :class:`ProtocolError` naming what is wrong, and nothing else."""
    try:
        return read(frame.encode() if isinstance(frame, str) else frame, at)
    except UNREADABLE as error:
        raise told(error, frame) from error


def read(text: bytes, at: float) -> ev.ServerEvent:
    value = fields_of(text)
    kind = kind_of(value, text)
    upstream = as_object(value.get("raw"))
    kept = remembered(kind, value, text)
    if kind == "custom":
        return event_of(upstream, str(value.get("rawType", kind)), at, kept)
    name = NAMES.get(kind)
    native = native_frame(kind, value, upstream) if name is not None else None
    if name is None or native is None:
        return ev.ProviderEvent(kind, at=at, frame=kept)
    event = event_of(native, name, at, kept)
    return msgspec.structs.replace(event, frame=kept)


def native_frame(kind: str, value: Json, upstream: Json) -> Json | None:
    """The fields of OpenAI's frame; None where what makes it an event is not there."""
    fields = {ours: value[theirs] for theirs, ours in FIELDS.items() if value.get(theirs) is not None}
    places = {name: upstream[name] for name in PLACES if name in upstream}
    more = MORE[kind](value, upstream) if kind in MORE else {}
    return None if more is None else {**places, **fields, **more}


def session(value: Json, upstream: Json) -> Json:
    described = as_object(upstream.get("session"))
    return {"session": described or {"id": value.get("sessionId")}}


def item(value: Json, upstream: Json) -> Json | None:
    """The item as the upstream provider has it; an event that names an id alone says nothing that can be shown."""
    described = as_object(value.get("item")) or as_object(upstream.get("item"))
    return {"item": described} if isinstance(described.get("id"), str) else None


def part(_value: Json, upstream: Json) -> Json:
    described = as_object(upstream.get("part"))
    return {"part": described} if described else {}


def begun(value: Json, _upstream: Json) -> Json:
    return {"response": {"id": value.get("responseId")}}


def done(value: Json, upstream: Json) -> Json:
    """The response as the upstream provider has it, with the normalised status and usage."""
    response = as_object(upstream.get("response"))
    used = as_object(value.get("usage"))
    usage = usage_json(used) if used else upstream.get("usage") or response.get("usage")
    stated = {"id": value.get("responseId"), "status": value.get("status")}
    return {"response": {**response, **stated, "usage": None}, "usage": usage}


def understood(value: Json, upstream: Json) -> Json:
    """Transcription is billed by tokens or by seconds; upstream says which."""
    usage = as_object(value.get("usage"))
    if "seconds" in usage:
        return {"usage": {"type": "duration", "seconds": usage["seconds"]}}
    return {"usage": as_object(upstream.get("usage")) or None}


def failed(value: Json, _upstream: Json) -> Json:
    said = {"message": value.get("message"), "code": value.get("code"), "event_id": value.get("clientEventId")}
    return {"error": said}


MORE: dict[str, Callable[[Json, Json], Json | None]] = {
    "session-created": session,
    "session-started": session,
    "session-updated": session,
    "conversation-item-added": item,
    "output-item-added": item,
    "output-item-done": item,
    "content-part-added": part,
    "content-part-done": part,
    "response-created": begun,
    "response-done": done,
    "input-transcription-completed": understood,
    "error": failed,
}


def usage_json(usage: Json) -> Json:
    """Normalised usage in OpenAI's shape; what is not reported is zero."""
    text, audio = usage.get("cachedInputTextTokens", 0), usage.get("cachedInputAudioTokens", 0)
    total_in = usage.get("inputTokens", sum_of(usage, "inputTextTokens", "inputAudioTokens"))
    total_out = usage.get("outputTokens", sum_of(usage, "outputTextTokens", "outputAudioTokens"))
    return {
        "input_tokens": total_in,
        "output_tokens": total_out,
        "total_tokens": total_in + total_out if isinstance(total_in, int) and isinstance(total_out, int) else 0,
        "input_token_details": {
            "text_tokens": usage.get("inputTextTokens", 0),
            "audio_tokens": usage.get("inputAudioTokens", 0),
            "cached_tokens": usage.get(
                "cachedInputTokens", sum_of(usage, "cachedInputTextTokens", "cachedInputAudioTokens")
            ),
            "cached_tokens_details": {"text_tokens": text, "audio_tokens": audio},
        },
        "output_token_details": {
            "text_tokens": usage.get("outputTextTokens", 0),
            "audio_tokens": usage.get("outputAudioTokens", 0),
        },
    }


def sum_of(usage: Json, *names: str) -> int:
    return sum(value for name in names if isinstance(value := usage.get(name), int))


def remembered(kind: str, value: Json, text: bytes) -> Raw:
    """The frame as it is kept: without sound, which stands in it twice, and without the secrets of a session."""
    if kind == "audio-delta" and isinstance(delta := value.get("delta"), str):
        return Raw(msgspec.json.encode({**value, "delta": mark_of(decoded_size(delta)), "raw": None}))
    if kind.startswith("session-"):
        return Raw(msgspec.json.encode(without_secrets(value)))
    return elided(text) if len(text) > SUSPICIOUS else Raw(text)


def as_object(value: Any) -> Json:
    return cast(Json, value) if isinstance(value, dict) else {}
