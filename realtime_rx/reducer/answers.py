"""What comes of tool calls: each is answered once, and the model goes on once when all of a turn's calls are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from realtime_rx.effects import Effect, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CreateItem,
    CreateResponse,
    ToolCallsCancelled,
    ToolFailed,
    ToolProgressed,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.items import ToolPart
from realtime_rx.reducer.edits import Step, edit_message, find_call, hide, with_flow, with_part
from realtime_rx.reducer.endings import cancelled_tools
from realtime_rx.reducer.history import call_item, output_item, pictures_item, shows_beside
from realtime_rx.reducer.reminding import ask_anew, remembered
from realtime_rx.reducer.requests import request_response
from realtime_rx.reducer.resumption import last_of
from realtime_rx.reducer.wanted import is_about_nothing
from realtime_rx.state import PendingCall, SessionState

# What a call may be when its tool says how far it got.
AT_WORK = ("input-available", "approval-responded")

Outcome: TypeAlias = Callable[[ToolPart], ToolPart]


def tool_started(state: SessionState, event: ToolStarted) -> Step:
    pending = waiting(state, event.call_id)
    return (with_call(state, pending, replace(pending, running=True)) if pending is not None else state), ()


def tool_progressed(state: SessionState, event: ToolProgressed) -> Step:
    """How far a tool got is what is known of its output; the model is told of the last one alone."""
    pending = waiting(state, event.call_id)
    found = find_call(state, event.call_id) if pending is not None else None
    if found is None or not (found[1].preliminary or found[1].state in AT_WORK):
        return state, ()
    message_id, part = found
    part = replace(part, state="output-available", output=event.output, preliminary=True)
    return edit_message(state, message_id, lambda message: with_part(message, part)), ()


def tool_returned(state: SessionState, event: ToolReturned) -> Step:
    return answer(
        state,
        event.call_id,
        lambda part: replace(part, state="output-available", output=event.output, images=event.images),
        event.at,
    )


def tool_failed(state: SessionState, event: ToolFailed) -> Step:
    before = state
    state, effects = answer(state, event.call_id, failed(event.error.message), event.at)
    return state, (effects if state is before else (Notify(event.error), *effects))


def failed(reason: str) -> Outcome:
    """The call that came to nothing; what there was of an output is gone."""
    return lambda part: replace(part, state="output-error", error=reason, output=None)


def waiting(state: SessionState, call_id: str) -> PendingCall | None:
    """The call of that id, where it has no answer yet."""
    return next((each for each in state.flow.calls if each.call_id == call_id and not each.answered), None)


def with_call(state: SessionState, before: PendingCall, after: PendingCall) -> SessionState:
    calls = tuple(after if each is before else each for each in state.flow.calls)
    return with_flow(state, replace(state.flow, calls=calls))


def answer(state: SessionState, call_id: str, outcome: Outcome, at: float | None = None) -> Step:
    """Give a call its one output, ``at`` then. A second one, or one for a call that nobody made, changes nothing."""
    pending = waiting(state, call_id)
    if pending is None:
        return state, ()
    message_id, part = find_call(state, call_id) or (None, ToolPart(tool_name="", tool_call_id=call_id))
    settled = replace(outcome(part), preliminary=False)
    state = edit_message(state, message_id, lambda message: with_part(message, settled))
    state = with_call(state, pending, replace(pending, answered=True, running=False))
    state = with_flow(state, replace(state.flow, told_at=at))
    state, told = tell(state, pending, settled)
    state, effects = go_on(state)
    return state, (*told, *effects)


def tell(state: SessionState, pending: PendingCall, settled: ToolPart) -> Step:
    """Tell the model what came of a call; one that it made on an earlier connection, it is told of first.

    Who knows no history is told of it with what the call was made for.
    """
    outputs = outputs_of(state, settled)
    if state.flow.restoring:
        return replace(state, flow=replace(state.flow, held=(*state.flow.held, *outputs))), ()
    said = (*map(Send, outputs), *unseen(state, settled))
    if not pending.foreign:
        return state, said
    if not state.capabilities.history:
        return state, unseen(state, settled)
    # It is told at the end of what was said on this connection: what the provider puts behind it belongs there.
    state = hide(remembered(state, (pending.item_id,)), pending.item_id, last_of(state))
    return state, (Send(CreateItem(call_item(pending.item_id, settled))), *said)


def outputs_of(state: SessionState, settled: ToolPart) -> tuple[CreateItem, ...]:
    """The output of a call, and the pictures beside it where that is where they belong."""
    beside = settled.images and shows_beside(state.capabilities)
    pictures = (CreateItem(pictures_item(settled)),) if beside else ()
    return (CreateItem(output_item(settled)), *pictures)


def unseen(state: SessionState, settled: ToolPart) -> tuple[Effect, ...]:
    """Pictures that the model cannot be shown are not passed over in silence."""
    if not settled.images or state.capabilities.image_input or state.capabilities.images_in_outputs:
        return ()
    message = f"{settled.tool_name} returned a picture, which this provider's models cannot be shown"
    return (Notify(RealtimeErrorInfo(message=message, code="unsupported_image", param=settled.tool_call_id)),)


def calls_cancelled(state: SessionState, event: ToolCallsCancelled) -> Step:
    """The provider no longer wants these outputs."""
    for call_id in event.call_ids:
        found = find_call(state, call_id)
        if found is not None and not found[1].is_settled:
            cancelled = replace(failed("cancelled by the provider")(found[1]), preliminary=False)
            state = edit_message(state, found[0], lambda message, part=cancelled: with_part(message, part))
    return forget(state, lambda call: call.call_id in event.call_ids)


def forget(state: SessionState, gone: Callable[[PendingCall], bool]) -> Step:
    """Wait no longer for these calls. They may have been all that their turn still waited for."""
    calls = tuple(each for each in state.flow.calls if not gone(each))
    if len(calls) == len(state.flow.calls):
        return state, ()
    ended = cancelled_tools(filter(gone, state.flow.calls))
    state, effects = go_on(replace(state, flow=replace(state.flow, calls=calls)))
    return state, (*ended, *effects)


def response_over(state: SessionState, response_id: str, *, wanted: bool) -> Step:
    """No more calls come from this response. ``wanted``: it ended well, so the model waits for the outputs.

    Those of a response that was cut short are still answered, but nothing is asked for after them; nor is it where the
    user interrupted, and the response came to its end all the same. A call that named no response is over with the
    first one that ends.
    """
    calls = state.flow.calls
    ending = (response_id, None)
    if not any(each.response_id in ending for each in calls):
        return state, ()
    marked = tuple(
        replace(each, response_done=True, wanted=wanted and each.wanted) if each.response_id in ending else each
        for each in calls
    )
    return go_on(replace(state, flow=replace(state.flow, calls=marked)))


def unwanted(calls: tuple[PendingCall, ...], *, of: str | None = None) -> tuple[PendingCall, ...]:
    """The calls when nobody wants to hear any more what comes of them, or of those that this response made."""
    return tuple(replace(each, wanted=False) if of in (None, each.response_id) else each for each in calls)


def go_on(state: SessionState) -> Step:
    """Forget the calls of turns whose calls are all answered, and ask for the response that goes on from them.

    A provider that goes on by itself does so from calls that it knows as its own: not from those of a connection that
    is gone.
    """
    calls = state.flow.calls
    waiting = {each.response_id for each in calls if not (each.answered and each.response_done)}
    rest = tuple(each for each in calls if each.response_id in waiting)
    if len(rest) == len(calls):
        return state, ()
    over = [each for each in calls if each.response_id not in waiting]
    wanted = [each for each in over if each.wanted]
    foreign = [each for each in wanted if each.foreign]
    state, said = ask_anew(with_flow(state, replace(state.flow, calls=rest)), foreign)
    lost = bool(foreign) and foreign == wanted and is_about_nothing(state, foreign[0].item_id)
    if not wanted or lost or not is_asked_for(state, over):
        return state, said
    flow, effects = request_response(state.flow, CreateResponse())
    return replace(state, flow=flow), (*said, *effects)


def is_asked_for(state: SessionState, over: list[PendingCall]) -> bool:
    """Whether it is for us to have the provider go on from these calls."""
    can = state.capabilities
    unknown = any(each.foreign for each in over) or not can.continues_after_tools
    return state.flow.restoring or (can.responses == "requested" and unknown)
