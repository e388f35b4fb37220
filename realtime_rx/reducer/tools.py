"""Tool calls: each is run once, answered once, and the model goes on once when a whole turn's calls are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from realtime_rx.effects import CallTool, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CreateItem,
    CreateResponse,
    McpCallProgress,
    ToolArgumentsDelta,
    ToolArgumentsDone,
    ToolCallsCancelled,
    ToolFailed,
    ToolReturned,
)
from realtime_rx.items import Item, ToolPart
from realtime_rx.reducer.edits import Step, edit_message, ensure_message, find_call, with_flow, with_part
from realtime_rx.reducer.history import call_item, output_item
from realtime_rx.reducer.requests import request_response
from realtime_rx.state import Message, PendingCall, SessionState


def arguments_delta(state: SessionState, event: ToolArgumentsDelta) -> Step:
    state = ensure_message(state, event.item_id, "assistant", at=event.at, response_id=event.response_id)

    def grown(message: Message) -> Message:
        part = tool_part(message, event.call_id)
        if part is None or part.state != "input-streaming":
            return message
        return with_part(message, replace(part, arguments=part.arguments + event.delta))

    return edit_message(state, event.item_id, grown), ()


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
    """Ask for the tool to be run, or answer at once where the model wrote no JSON."""
    owner = response_id or state.flow.response_id
    pending = PendingCall(call_id=part.tool_call_id, item_id=item_id, response_id=owner)
    state = replace(state, flow=replace(state.flow, calls=(*state.flow.calls, pending)))
    arguments = decoded(part.arguments)
    if isinstance(arguments, dict):
        ready = replace(part, state="input-available", input=arguments)
        state = edit_message(state, item_id, lambda message: with_part(message, ready))
        return state, (CallTool(part.tool_call_id, part.tool_name, arguments),)
    reason = f"the arguments of {part.tool_name!r} are not a JSON object: {part.arguments[:200]!r}"
    error = RealtimeErrorInfo(message=reason, code="invalid_tool_arguments")
    state, effects = answer(state, part.tool_call_id, None, error)
    return state, (Notify(error), *effects)


def decoded(arguments: str) -> Any:
    """The arguments as data; None where they are no JSON. A tool without parameters may be called with nothing."""
    if not arguments.strip():
        return {}
    try:
        return msgspec.json.decode(arguments)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def tool_returned(state: SessionState, event: ToolReturned) -> Step:
    return answer(state, event.call_id, event.output, None)


def tool_failed(state: SessionState, event: ToolFailed) -> Step:
    before = state
    state, effects = answer(state, event.call_id, None, event.error)
    return state, (effects if state is before else (Notify(event.error), *effects))


def answer(state: SessionState, call_id: str, output: Any, error: RealtimeErrorInfo | None) -> Step:
    """Give a call its one output. A second one, or one for a call that nobody made, changes nothing."""
    pending = next((each for each in state.flow.calls if each.call_id == call_id), None)
    if pending is None or pending.answered:
        return state, ()
    message_id, part = find_call(state, call_id) or (None, ToolPart(tool_name="", tool_call_id=call_id))
    settled = (
        replace(part, state="output-available", output=output)
        if error is None
        else replace(part, state="output-error", error=error.message)
    )
    state = edit_message(state, message_id, lambda message: with_part(message, settled))
    calls = tuple(replace(each, answered=True) if each is pending else each for each in state.flow.calls)
    state, told = tell(replace(state, flow=replace(state.flow, calls=calls)), pending, settled)
    state, effects = go_on(state)
    return state, (*told, *effects)


def tell(state: SessionState, pending: PendingCall, settled: ToolPart) -> Step:
    """Tell the model what came of a call; one that it made on an earlier connection, it is told of first."""
    output = CreateItem(output_item(settled))
    if state.flow.restoring:
        return replace(state, flow=replace(state.flow, held=(*state.flow.held, output))), ()
    call = (Send(CreateItem(call_item(pending.item_id, settled))),) if pending.foreign else ()
    restored = state.flow.restored | {pending.item_id} if pending.foreign else state.flow.restored
    return with_flow(state, replace(state.flow, restored=restored)), (*call, Send(output))


def calls_cancelled(state: SessionState, event: ToolCallsCancelled) -> Step:
    """The provider no longer wants these outputs."""
    for call_id in event.call_ids:
        found = find_call(state, call_id)
        if found is not None and not found[1].state.startswith("output"):
            cancelled = replace(found[1], state="output-error", error="cancelled by the provider")
            state = edit_message(state, found[0], lambda message, part=cancelled: with_part(message, part))
    return forget(state, lambda call: call.call_id in event.call_ids)


def forget(state: SessionState, gone: Callable[[PendingCall], bool]) -> Step:
    """Wait no longer for these calls. They may have been all that their turn still waited for."""
    calls = tuple(each for each in state.flow.calls if not gone(each))
    if len(calls) == len(state.flow.calls):
        return state, ()
    return go_on(replace(state, flow=replace(state.flow, calls=calls)))


def response_over(state: SessionState, response_id: str, *, wanted: bool) -> Step:
    """No more calls come from this response. ``wanted``: it ended well, so the model waits for the outputs.

    Those of a response that was cut short are still answered, but nothing is asked for after them. A call that named no
    response is over with the first one that ends.
    """
    calls = state.flow.calls
    ending = (response_id, None)
    if not any(each.response_id in ending for each in calls):
        return state, ()
    marked = tuple(
        replace(each, response_done=True, wanted=wanted) if each.response_id in ending else each for each in calls
    )
    return go_on(replace(state, flow=replace(state.flow, calls=marked)))


def go_on(state: SessionState) -> Step:
    """Forget the calls of turns whose calls are all answered, and ask for the response that goes on from them.

    A provider that goes on by itself does so from calls that it knows as its own.
    """
    calls = state.flow.calls
    waiting = {each.response_id for each in calls if not (each.answered and each.response_done)}
    rest = tuple(each for each in calls if each.response_id in waiting)
    if len(rest) == len(calls):
        return state, ()
    can = state.capabilities
    over = [each for each in calls if each.response_id not in waiting]
    asked_for = can.responses == "requested" and (not can.continues_after_tools or any(each.foreign for each in over))
    wanted = asked_for and any(each.wanted for each in over)
    flow = replace(state.flow, calls=rest)
    flow, effects = request_response(flow, CreateResponse()) if wanted else (flow, ())
    return replace(state, flow=flow), effects


def tool_part(message: Message, call_id: str | None) -> ToolPart | None:
    """The call that the message holds, or an empty one for its beginning; None where it holds words."""
    if not message.parts:
        return ToolPart(tool_name="", tool_call_id=call_id or "")
    return next((each for each in message.parts if isinstance(each, ToolPart)), None)


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
