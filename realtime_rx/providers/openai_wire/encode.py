"""Events to frames: the eleven client events of the GA protocol, in any dialect of it."""

from __future__ import annotations

import json
from typing import Any, assert_never, cast

import msgspec

from realtime_rx.base64s import to_base64
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
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolPart
from realtime_rx.providers.openai_wire.dialects import GA, Dialect
from realtime_rx.providers.openai_wire.sessions import given, merged, modalities_json, tool_choice_json, tools_json

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
    | AppendImage
    | Pong
    | SendFeedback
)


def encode(event: ClientEvent, dialect: Dialect = GA) -> tuple[str, ...]:
    """The frames of an event: one, or none where there is nothing to say, or no way to say it."""
    frame = event.raw if isinstance(event, RawEvent) else _said(cast(Known, event), dialect)
    if frame is None:
        return ()
    return (written(frame if event.event_id is None else {**frame, "event_id": event.event_id}),)


def _said(event: Known, dialect: Dialect) -> dict[str, Any] | None:
    """The frame of an event, under the name that this dialect has for it."""
    frame = _frame(event, dialect)
    verb = dialect.verb(frame["type"]) if frame is not None else None
    return {**frame, "type": verb} if frame is not None and verb is not None else None


def written(frame: dict[str, Any]) -> str:
    """The frame as JSON. Half a surrogate pair (a browser cuts an emoji in two) has no UTF-8 and must not cost the
    connection: it becomes a question mark."""
    try:
        return msgspec.json.encode(frame).decode()
    except UnicodeEncodeError:
        return json.dumps(frame, ensure_ascii=False).encode(errors="replace").decode()


def _frame(event: Known, dialect: Dialect) -> dict[str, Any] | None:
    match event:
        case AppendAudio():
            return {"type": "input_audio_buffer.append", "audio": to_base64(event.audio)}
        case CommitAudio():
            return {"type": "input_audio_buffer.commit"}
        case ClearAudio():
            return {"type": "input_audio_buffer.clear"}
        case ClearOutputAudio():
            return {"type": "output_audio_buffer.clear"}
        case CreateItem():
            previous = {"previous_item_id": event.previous_item_id} if event.previous_item_id is not None else {}
            return {"type": "conversation.item.create", **previous, "item": item_json(event.item, dialect)}
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
            session = dialect.session(event.config)
            return {"type": "session.update", "session": session} if session.keys() - {"type"} else None
        case CreateResponse():
            response = response_json(event, dialect)
            return {"type": "response.create", **({"response": response} if response else {})}
        case CancelResponse():
            which = {"response_id": event.response_id} if event.response_id is not None else {}
            return {"type": "response.cancel", **which}
        case AppendImage() | Pong() | SendFeedback():
            return None
        case _:
            assert_never(event)


def response_json(event: CreateResponse, dialect: Dialect) -> dict[str, Any]:
    flat = "modalities" in dialect.response.values()
    response = given(
        instructions=event.instructions,
        output_modalities=modalities_json(event.output_modalities) if flat else event.output_modalities,
        tools=tools_json(event.tools),
        tool_choice=tool_choice_json(event.tool_choice),
        max_output_tokens=event.max_output_tokens,
        conversation=event.conversation,
        metadata=event.metadata,
    )
    return merged({dialect.response.get(name, name): value for name, value in response.items()}, event.options)


def item_json(item: Item, dialect: Dialect = GA) -> dict[str, Any]:
    head: dict[str, Any] = {"id": item.id} if item.id else {}
    call = item.parts[0] if item.parts and isinstance(item.parts[0], ToolPart) else None
    if item.type == "function_call_output" and call is not None:
        return head | {"type": "function_call_output", "call_id": call.tool_call_id, "output": call.output}
    if item.type == "function_call" and call is not None:
        named = {"name": call.tool_name, "call_id": call.tool_call_id, "arguments": call.arguments}
        return head | {"type": "function_call", **named}
    role = item.role or "user"
    words = dialect.assistant_text if role == "assistant" else "input_text"
    content = [part_json(part, words) for part in item.parts]
    return head | {"type": "message", "role": role, "content": [part for part in content if part is not None]}


def part_json(part: Part, kind: str) -> dict[str, Any] | None:
    """A part as content. What was spoken goes back as text: the service refuses its own audio parts."""
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
