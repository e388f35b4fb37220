"""Events to normalised events of the AI SDK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from realtime_rx import events as ev
from realtime_rx.base64s import to_base64
from realtime_rx.config import SessionConfig, Transcription, TurnDetection
from realtime_rx.items import AudioPart, Item, TextPart, ToolPart
from realtime_rx.providers.openai_wire.encode import written
from realtime_rx.providers.openai_wire.sessions import given, named, tools_json

Json = dict[str, Any]

DETECTION = {"server_vad": "server-vad", "semantic_vad": "semantic-vad", "disabled": "disabled"}


def encode(event: ev.ClientEvent) -> tuple[str, ...]:
    """The frame of an event, or none where the AI SDK has no such event."""
    say = VERBS.get(type(event))
    frame = say(event) if say is not None else None
    return () if frame is None else (written(frame),)


def settings(event: ev.UpdateSession) -> Json | None:
    config = config_json(event.config)
    event_id = {"eventId": event.event_id} if event.event_id is not None else {}
    return {"type": "session-update", "config": config, **event_id} if config else None


def config_json(config: SessionConfig) -> Json:
    """The AI SDK's session config; ``provider_options`` go to the model behind the gateway."""
    return given(
        instructions=config.instructions,
        voice=config.voice,
        outputModalities=config.output_modalities,
        inputAudioFormat=named(config.input_format),
        outputAudioFormat=named(config.output_format),
        inputAudioTranscription=transcription_json(config.transcription),
        turnDetection=detection_json(config.turn_detection),
        tools=tools_json(config.tools),
        providerOptions=config.provider_options or UNSET,
    )


def transcription_json(transcription: Any) -> Any:
    if not isinstance(transcription, Transcription):
        return UNSET
    return given(model=transcription.model, language=transcription.language, prompt=transcription.prompt)


def detection_json(detection: Any) -> Any:
    if not isinstance(detection, TurnDetection):
        return UNSET
    return given(
        type=DETECTION[detection.type],
        threshold=detection.threshold,
        silenceDurationMs=detection.silence_duration_ms,
        prefixPaddingMs=detection.prefix_padding_ms,
    )


def created_item(event: ev.CreateItem) -> Json | None:
    item = item_json(event.item)
    return {"type": "conversation-item-create", "item": item} if item is not None else None


def item_json(item: Item) -> Json | None:
    """What a user wrote, or what a tool gave; the AI SDK has no other items."""
    call = item.parts[0] if item.parts else None
    if isinstance(call, ToolPart):
        if item.type != "function_call_output":
            return None
        name = {"name": call.tool_name} if call.tool_name else {}
        return {"type": "function-call-output", "callId": call.tool_call_id, **name, "output": str(call.output)}
    words = "".join(words_of(part) for part in item.parts)
    if item.type != "message" or item.role not in ("user", None) or not words:
        return None
    return {"type": "text-message", "role": "user", "text": words}


def words_of(part: Any) -> str:
    match part:
        case TextPart():
            return part.text
        case AudioPart():
            return part.transcript
        case _:
            return ""


def response(event: ev.CreateResponse) -> Json:
    options = given(
        modalities=event.output_modalities, instructions=event.instructions, metadata=event.metadata
    ) | dict(event.options)
    return {"type": "response-create", **({"options": options} if options else {})}


def truncation(event: ev.TruncateItem) -> Json:
    return {
        "type": "conversation-item-truncate",
        "itemId": event.item_id,
        "contentIndex": event.content_index,
        "audioEndMs": event.audio_end_ms,
    }


def sound(event: ev.AppendAudio) -> Json:
    return {"type": "input-audio-append", "audio": to_base64(event.audio)}


def always(kind: str) -> Callable[[Any], Json]:
    """What an event is that says nothing but its name."""
    return lambda _event: {"type": kind}


def as_it_is(event: ev.RawEvent) -> Json:
    return event.raw


VERBS: dict[type[ev.ClientEvent], Callable[[Any], Json | None]] = {
    ev.UpdateSession: settings,
    ev.AppendAudio: sound,
    ev.CommitAudio: always("input-audio-commit"),
    ev.ClearAudio: always("input-audio-clear"),
    ev.CreateItem: created_item,
    ev.TruncateItem: truncation,
    ev.CreateResponse: response,
    ev.CancelResponse: always("response-cancel"),
    ev.RawEvent: as_it_is,
}
