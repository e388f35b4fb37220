"""Events to frames of the GA protocol: its eleven client events, and whatever ``provider_options`` add."""

from __future__ import annotations

import base64
import json
from typing import Any, assert_never, cast

import msgspec
from msgspec import UNSET

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    CancelResponse,
    ClearAudio,
    ClearOutputAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Pong,
    RawEvent,
    RetrieveItem,
    SendFeedback,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.formats import AudioFormat
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolPart
from realtime_rx.providers.openai_wire.formats import format_json

TOOL_CHOICES = frozenset({"auto", "none", "required"})

Known = (
    UpdateSession
    | AppendAudio
    | CommitAudio
    | ClearAudio
    | ClearOutputAudio
    | CreateItem
    | DeleteItem
    | RetrieveItem
    | TruncateItem
    | CreateResponse
    | CancelResponse
    | RawEvent
    | AppendImage
    | Pong
    | SendFeedback
)


def encode(event: ClientEvent) -> tuple[str, ...]:
    """The frames of an event: one, or none where there is nothing to say."""
    frame = _frame(cast(Known, event))
    if frame is None:
        return ()
    if event.event_id is not None:
        frame = {**frame, "event_id": event.event_id}
    return (_written(frame),)


def _written(frame: dict[str, Any]) -> str:
    """The frame as JSON. Half a surrogate pair (a browser cuts an emoji in two) has no UTF-8 and must not cost the
    connection: it becomes a question mark."""
    try:
        return msgspec.json.encode(frame).decode()
    except UnicodeEncodeError:
        return json.dumps(frame, ensure_ascii=False).encode(errors="replace").decode()


def _frame(event: Known) -> dict[str, Any] | None:
    match event:
        case AppendAudio():
            return {"type": "input_audio_buffer.append", "audio": base64.b64encode(event.audio).decode()}
        case CommitAudio():
            return {"type": "input_audio_buffer.commit"}
        case ClearAudio():
            return {"type": "input_audio_buffer.clear"}
        case ClearOutputAudio():
            return {"type": "output_audio_buffer.clear"}
        case CreateItem():
            previous = {"previous_item_id": event.previous_item_id} if event.previous_item_id is not None else {}
            return {"type": "conversation.item.create", **previous, "item": item_json(event.item)}
        case DeleteItem():
            return {"type": "conversation.item.delete", "item_id": event.item_id}
        case RetrieveItem():
            return {"type": "conversation.item.retrieve", "item_id": event.item_id}
        case TruncateItem():
            return {
                "type": "conversation.item.truncate",
                "item_id": event.item_id,
                "content_index": event.content_index,
                "audio_end_ms": event.audio_end_ms,
            }
        case UpdateSession():
            session = session_json(event.config)
            return {"type": "session.update", "session": session} if len(session) > 1 else None
        case CreateResponse():
            response = response_json(event)
            return {"type": "response.create", **({"response": response} if response else {})}
        case CancelResponse():
            which = {"response_id": event.response_id} if event.response_id is not None else {}
            return {"type": "response.cancel", **which}
        case RawEvent():
            return event.raw
        case AppendImage() | Pong() | SendFeedback():
            return None
        case _:
            assert_never(event)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given: None is a value of its own."""
    return {name: value for name, value in fields.items() if value is not UNSET}


def session_json(config: SessionConfig) -> dict[str, Any]:
    """A GA session object with what the config gives, and ``provider_options`` merged into it last."""
    audio_input = given(
        format=named(config.input_format),
        transcription=transcription_json(config.transcription),
        noise_reduction=noise_reduction_json(config.noise_reduction),
        turn_detection=turn_detection_json(config.turn_detection),
    )  # fmt: skip
    audio_output = given(format=named(config.output_format), voice=config.voice, speed=config.speed)
    audio = {key: value for key, value in (("input", audio_input), ("output", audio_output)) if value}
    session = given(
        type="realtime",
        instructions=config.instructions,
        output_modalities=config.output_modalities,
        tools=tools_json(config.tools),
        tool_choice=tool_choice_json(config.tool_choice),
        parallel_tool_calls=config.parallel_tool_calls,
        max_output_tokens=config.max_output_tokens,
        truncation=config.truncation,
        prompt=config.prompt,
        tracing=config.tracing,
        include=config.include,
        audio=audio or UNSET,
    )
    return merged(session, config.provider_options)


def response_json(event: CreateResponse) -> dict[str, Any]:
    response = given(
        instructions=event.instructions,
        output_modalities=event.output_modalities,
        tools=tools_json(event.tools),
        tool_choice=tool_choice_json(event.tool_choice),
        max_output_tokens=event.max_output_tokens,
        conversation=event.conversation,
        metadata=event.metadata,
    )
    return merged(response, event.options)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid upon it, objects key by key."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(cast(dict[str, Any], old), cast(dict[str, Any], value)) if both else value
    return result


def named(audio_format: Any) -> Any:
    return format_json(audio_format) if isinstance(audio_format, AudioFormat) else UNSET


def noise_reduction_json(kind: Any) -> Any:
    return {"type": kind} if isinstance(kind, str) else kind


def transcription_json(transcription: Any) -> Any:
    if not isinstance(transcription, Transcription):
        return transcription
    return given(model=transcription.model, language=transcription.language, prompt=transcription.prompt)


def turn_detection_json(detection: Any) -> Any:
    if not isinstance(detection, TurnDetection):
        return UNSET
    return None if detection.type == "disabled" else msgspec.to_builtins(detection) | {"type": detection.type}


def tools_json(tools: Any) -> Any:
    if not isinstance(tools, (tuple, list)):
        return UNSET
    return [tool_json(tool) for tool in cast("tuple[ToolDefinition, ...]", tools)]


def tool_json(tool: ToolDefinition) -> dict[str, Any]:
    return {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}


def tool_choice_json(choice: Any) -> Any:
    """``auto``, ``none``, ``required`` and objects as they are; any other text is the name of the one tool to call."""
    if isinstance(choice, str) and choice not in TOOL_CHOICES:
        return {"type": "function", "name": choice}
    return choice


def item_json(item: Item) -> dict[str, Any]:
    head: dict[str, Any] = {"id": item.id} if item.id else {}
    call = item.parts[0] if item.parts and isinstance(item.parts[0], ToolPart) else None
    if item.type == "function_call_output" and call is not None:
        return head | {"type": "function_call_output", "call_id": call.tool_call_id, "output": call.output}
    if item.type == "function_call" and call is not None:
        named = {"name": call.tool_name, "call_id": call.tool_call_id, "arguments": call.arguments}
        return head | {"type": "function_call", **named}
    role = item.role or "user"
    content = [part_json(part, role) for part in item.parts]
    return head | {"type": "message", "role": role, "content": [part for part in content if part is not None]}


def part_json(part: Part, role: str) -> dict[str, Any] | None:
    """A part as content. What was spoken goes back as text: the service refuses its own audio parts."""
    kind = "output_text" if role == "assistant" else "input_text"
    match part:
        case TextPart():
            return {"type": kind, "text": part.text}
        case AudioPart():
            return {"type": kind, "text": part.transcript}
        case ImagePart():
            return {"type": "input_image", "image_url": part.url or f"data:{part.mime_type};base64,{part.data}"}
        case ToolPart():
            return None
        case _:
            assert_never(part)
