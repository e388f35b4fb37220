"""Tool calls: from the first letter of their arguments to the tool that is run, once."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from realtime_rx.effects import CallTool, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import McpCallProgress, ToolArgumentsDelta, ToolArgumentsDone
from realtime_rx.items import Item, ToolPart
from realtime_rx.reducer.answers import answer, failed
from realtime_rx.reducer.edits import Step, edit_message, ensure_message, with_part, write_message
from realtime_rx.state import Message, PendingCall, SessionState

NOT_RUN = "the response was interrupted before this was run"


def arguments_delta(state: SessionState, event: ToolArgumentsDelta) -> Step:
    def grown(message: Message) -> Message:
        part = tool_part(message, event.call_id)
        if part is None or part.state != "input-streaming":
            return message
        return with_part(message, replace(part, arguments=part.arguments + event.delta))

    return write_message(state, event.item_id, grown, role="assistant", at=event.at, response_id=event.response_id), ()


def arguments_done(state: SessionState, event: ToolArgumentsDone) -> Step:
    state = ensure_message(state, event.item_id, "assistant", at=event.at, response_id=event.response_id)
    message = state.messages.get(event.item_id)
    part = tool_part(message, event.call_id) if message is not None else None
    if part is None or part.state != "input-streaming":
        return state, ()
    part = replace(part, tool_name=event.name or part.tool_name, arguments=event.arguments)
    state = edit_message(state, event.item_id, lambda message: with_part(message, part))
    if part.provider_executed or not part.tool_name:
        return state, ()
    return call(state, event.item_id, part, event.response_id)


def call_when_ready(state: SessionState, item: Item, response_id: str | None) -> Step:
    """A call that is complete and was not made yet is made; one that was cut short never is."""
    message = state.messages.get(item.id)
    part = message.parts[0] if message is not None and message.parts else None
    if item.type != "function_call" or not isinstance(part, ToolPart) or part.state != "input-streaming":
        return state, ()
    if part.provider_executed:
        return state, ()
    if item.status == "incomplete":
        cut = replace(part, state="output-error", error="the call was cut short")
        return edit_message(state, item.id, lambda message: with_part(message, cut)), ()
    return call(state, item.id, part, response_id)


def call(state: SessionState, item_id: str, part: ToolPart, response_id: str | None) -> Step:
    """Ask for the tool to be run, or answer at once: where the model wrote no JSON, or its response was interrupted."""
    flow = state.flow
    owner = response_id or flow.response_id
    wanted = owner is None or (owner not in flow.discarded and owner != flow.cancelled)
    pending = PendingCall(call_id=part.tool_call_id, item_id=item_id, response_id=owner, wanted=wanted)
    state = replace(state, flow=replace(flow, calls=(*flow.calls, pending)))
    arguments = decoded(part.arguments)
    if isinstance(arguments, dict):
        ready = replace(part, state="input-available", input=arguments)
        state = edit_message(state, item_id, lambda message: with_part(message, ready))
        if not wanted:
            return answer(state, part.tool_call_id, failed(NOT_RUN))
        return state, (CallTool(part.tool_call_id, part.tool_name, arguments),)
    reason = f"the arguments of {part.tool_name!r} are not a JSON object: {part.arguments[:200]!r}"
    error = RealtimeErrorInfo(message=reason, code="invalid_tool_arguments")
    state, effects = answer(state, part.tool_call_id, failed(reason))
    return state, (Notify(error), *effects)


def decoded(arguments: str) -> Any:
    """The arguments as data; None where they are no JSON. A tool without parameters may be called with nothing."""
    if not arguments.strip():
        return {}
    try:
        return msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def tool_part(message: Message, call_id: str | None) -> ToolPart | None:
    """The call that the message holds, or an empty one for its beginning; None where it holds words."""
    if not message.parts:
        return ToolPart(tool_name="", tool_call_id=call_id or "")
    for each in message.parts:
        if isinstance(each, ToolPart):
            return each
    return None


def mcp_call_progress(state: SessionState, event: McpCallProgress) -> Step:
    """A call that the provider runs itself: its arguments are done when it starts, its output comes with its item."""

    def moved(message: Message) -> Message:
        part = tool_part(message, None)
        if part is None:
            return message
        if event.progress == "failed":
            return with_part(message, replace(part, state="output-error", error=part.error or "the call failed"))
        if part.state != "input-streaming":
            return message
        return with_part(message, replace(part, state="input-available", input=decoded(part.arguments)))

    return edit_message(state, event.item_id, moved), ()
