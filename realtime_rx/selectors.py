"""Views of a state that are worked out when asked for, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from realtime_rx.items import AudioPart, ImagePart, Part, TextPart, ToolPart
from realtime_rx.state import Message, PendingCall, SessionState

__all__ = [
    "last_message",
    "pending_approvals",
    "pending_tool_calls",
    "running_tool_calls",
    "to_ui_messages",
    "transcript",
    "turns",
]


def last_message(state: SessionState) -> Message | None:
    return state.messages[-1] if state.messages else None


def pending_tool_calls(state: SessionState) -> tuple[ToolPart, ...]:
    """The calls that wait for their output."""
    return calls_of(state, (call for call in state.flow.calls if not call.answered))


def running_tool_calls(state: SessionState) -> tuple[ToolPart, ...]:
    """The calls whose tools are at work; the others of :func:`pending_tool_calls` wait for those, or for approval."""
    return calls_of(state, (call for call in state.flow.calls if call.running and not call.answered))


def pending_approvals(state: SessionState) -> tuple[ToolPart, ...]:
    """The calls that wait for ``approve()`` or ``reject()``."""
    return tuple(part for part in pending_tool_calls(state) if part.state == "approval-requested")


def calls_of(state: SessionState, calls: Iterable[PendingCall]) -> tuple[ToolPart, ...]:
    waiting = {call.call_id: call.item_id for call in calls}
    messages = (state.messages.get(item_id) for item_id in waiting.values())
    parts = (part for message in messages if message is not None for part in message.parts)
    return tuple(part for part in parts if isinstance(part, ToolPart) and part.tool_call_id in waiting)


def transcript(state: SessionState) -> tuple[tuple[str, str], ...]:
    """Who said what, in order: ``("user", "Hello")``. Messages without words are left out."""
    return tuple((message.role, message.text) for message in state.messages if message.text)


def turns(messages: Iterable[Message]) -> tuple[tuple[Message, ...], ...]:
    """The messages, those of one response together."""
    grouped: list[list[Message]] = []
    for message in messages:
        last = grouped[-1][-1] if grouped else None
        if last is not None and message.response_id is not None and last.response_id == message.response_id:
            grouped[-1].append(message)
        else:
            grouped.append([message])
    return tuple(tuple(group) for group in grouped)


def to_ui_messages(state: SessionState) -> list[dict[str, Any]]:
    """The conversation as the AI SDK's ``UIMessage[]``: one message for each turn, ready for ``json.dumps``.

    Shape: ``{id, role, metadata?, parts: [{type: "text", text, state} | {type: "file", mediaType, url} |
    {type: "dynamic-tool", toolName, toolCallId, state, input?, output?, errorText?}]}``.
    """
    return [ui_message(group) for group in turns(state.messages)]


def ui_message(group: tuple[Message, ...]) -> dict[str, Any]:
    parts = [shown for message in group for part in message.parts for shown in (ui_part(part), *ui_pictures(part))]
    interrupted = {"metadata": {"interrupted": True}} if any(message.interrupted for message in group) else {}
    return {"id": group[0].id, "role": group[0].role, **interrupted, "parts": parts}


def ui_part(part: Part) -> dict[str, Any]:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text, "state": part.state}
        case AudioPart():
            return {"type": "text", "text": part.transcript, "state": part.state}
        case ImagePart():
            return {"type": "file", "mediaType": part.mime_type, "url": part.url or data_url(part)}
        case ToolPart():
            return ui_tool(part)
        case _:
            assert_never(part)


def ui_pictures(part: Part) -> list[dict[str, Any]]:
    """The pictures that a tool gave, behind its call."""
    return [ui_part(image) for image in part.images] if isinstance(part, ToolPart) else []


def data_url(part: ImagePart) -> str:
    return f"data:{part.mime_type};base64,{part.data or ''}"


def ui_tool(part: ToolPart) -> dict[str, Any]:
    call: dict[str, Any] = {
        "type": "dynamic-tool",
        "toolName": part.tool_name,
        "toolCallId": part.tool_call_id,
        "state": part.state,
    }
    if part.provider_executed:
        call["providerExecuted"] = True
    if part.state == "input-streaming":
        return call
    return {**call, "input": part.input, **ui_approval(part), **ui_outcome(part)}


def ui_approval(part: ToolPart) -> dict[str, Any]:
    """What was asked and said. The AI SDK knows no call that came to an end before its approval was given."""
    asked = part.approval
    if asked is None or (asked.approved is None and part.state != "approval-requested"):
        return {}
    said = {"approved": asked.approved, "reason": asked.reason}
    return {"approval": {"id": asked.id, **{name: value for name, value in said.items() if value is not None}}}


def ui_outcome(part: ToolPart) -> dict[str, Any]:
    match part.state:
        case "output-available":
            return {"output": part.output, **({"preliminary": True} if part.preliminary else {})}
        case "output-error":
            return {"errorText": part.error or "the call failed"}
        case _:
            return {}
