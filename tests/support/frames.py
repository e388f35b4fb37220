"""Small streams in the words of the GA protocol: what a server says in one turn."""

from collections.abc import Iterable
from typing import Any

Frame = dict[str, Any]

CREATED: Frame = {"type": "session.created", "session": {"id": "sess_1", "type": "realtime", "model": "scripted"}}


def text_turn(text: str, *, response_id: str = "resp_1", item_id: str = "item_1") -> list[Frame]:
    """A response that writes ``text`` word by word."""
    where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    words = [{"type": "response.output_text.delta", "delta": word, **where} for word in pieces(text)]
    done = item(item_id, text)
    return [
        response("response.created", response_id, "in_progress"),
        {
            "type": "response.output_item.added",
            "response_id": response_id,
            "output_index": 0,
            "item": {**item(item_id), "status": "in_progress"},
        },
        {"type": "response.content_part.added", "part": {"type": "output_text", "text": ""}, **where},
        *words,
        {"type": "response.output_text.done", "text": text, **where},
        {"type": "response.output_item.done", "response_id": response_id, "output_index": 0, "item": done},
        response("response.done", response_id, "completed", [done]),
    ]


def tool_turn(*calls: tuple[str, str, str], response_id: str = "resp_tools") -> list[Frame]:
    """A response that calls tools: (call id, name, arguments as the model wrote them)."""
    items = [
        {
            "id": f"item_{call_id}",
            "type": "function_call",
            "status": "completed",
            "call_id": call_id,
            "name": name,
            "arguments": arguments,
        }
        for call_id, name, arguments in calls
    ]
    made = [
        {"type": "response.output_item.done", "response_id": response_id, "output_index": index, "item": each}
        for index, each in enumerate(items)
    ]
    return [
        response("response.created", response_id, "in_progress"),
        *made,
        response("response.done", response_id, "completed", items),
    ]


def audio_delta(audio: str, *, response_id: str = "resp_1", item_id: str = "item_1") -> Frame:
    where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    return {"type": "response.output_audio.delta", "delta": audio, **where}


def error(message: str, *, code: str | None = None, event_id: str | None = None) -> Frame:
    return {
        "type": "error",
        "error": {"type": "invalid_request_error", "code": code, "message": message, "event_id": event_id},
    }


def item(item_id: str, text: str | None = None) -> Frame:
    content = [] if text is None else [{"type": "output_text", "text": text}]
    return {"id": item_id, "type": "message", "role": "assistant", "status": "completed", "content": content}


def response(kind: str, response_id: str, status: str, output: Iterable[Frame] = ()) -> Frame:
    return {"type": kind, "response": {"id": response_id, "status": status, "output": list(output)}}


def pieces(text: str) -> list[str]:
    """The words, each but the first with its space."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]
