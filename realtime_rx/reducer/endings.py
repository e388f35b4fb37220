"""What becomes of what was under way when a connection ends."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from realtime_rx.effects import CancelTool, Effect, FlushPlayback, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.items import AudioPart, Part, TextPart, ToolPart
from realtime_rx.reducer.edits import CALL_REACH, Step, edit_message, settle
from realtime_rx.reducer.requests import GONE
from realtime_rx.reducer.resumption import goes_on
from realtime_rx.state import Flow, Message, PendingCall, SessionState, Status


def ended(state: SessionState, status: Status, error: RealtimeErrorInfo | None) -> Step:
    """The session is over: nothing stays in flight, nothing that was said is lost."""
    if state.status in GONE:
        return state, ()
    flow = state.flow
    unanswered = tuple(call for call in flow.calls if not call.answered)
    for message_id in (*unfinished(state), *flow.optimistic):
        state = edit_message(state, message_id, given_up)
    for call in unanswered:
        state = edit_message(state, call.item_id, unanswerable)
    state = with_calls_made(state)
    quiet: tuple[Effect, ...] = (FlushPlayback(),) if state.is_playing else ()
    told = (Notify(error),) if error is not None else ()
    resumption, covered = (state.resumption, flow.covered) if goes_on(state) else (None, None)
    left = Flow(anchor=flow.anchor, has_output=flow.has_output, creates=flow.creates, covered=covered)
    state = replace(
        state, status=status, error=error, flow=left, resumption=resumption, is_playing=False, stalled=False
    )
    return state, (*quiet, *cancelled_tools(unanswered), *told)


def cancelled_tools(calls: Iterable[PendingCall]) -> tuple[Effect, ...]:
    """The end of the tools that work for calls whose output nobody waits for any more."""
    return tuple(CancelTool(call.call_id) for call in calls if not call.answered)


def unfinished(state: SessionState) -> tuple[str, ...]:
    """The messages that the provider had not finished, the latest ones at least; calls that are made are finished."""
    flow = state.flow
    made = {call.item_id for call in flow.calls} | set(flow.optimistic)
    latest = (state.messages[i] for i in range(max(0, len(state.messages) - CALL_REACH), len(state.messages)))
    under_way = (message.id for message in latest if message.id not in made and is_open(message))
    known = (each for each in (flow.speaking_item, flow.user_item) if each is not None)
    return (*known, *under_way)


def with_calls_made(state: SessionState) -> SessionState:
    """The state in which the calls that were made are complete, whether or not the provider came to say so."""
    for call in state.flow.calls:
        state = edit_message(state, call.item_id, complete)
    return state


def complete(message: Message) -> Message:
    return settle(message, "completed") if message.status == "in_progress" else message


def is_open(message: Message) -> bool:
    streaming = any(isinstance(part, TextPart | AudioPart) and part.state == "streaming" for part in message.parts)
    return message.status == "in_progress" or streaming


def given_up(message: Message) -> Message:
    """The message when its connection is gone: what is missing will not come."""
    parts = tuple(given_up_part(part) for part in message.parts)
    if message.status == "completed":
        return message if parts == message.parts else replace(message, parts=parts)
    return settle(replace(message, parts=parts), "incomplete")


def given_up_part(part: Part) -> Part:
    match part:
        case AudioPart(state="streaming", transcript=""):
            return replace(part, state="done", error="the connection was lost before there was a transcript")
        case AudioPart(state="streaming"):
            return replace(part, state="done")
        case ToolPart(state="input-streaming"):
            return replace(part, state="output-error", error="the connection was lost before the call was complete")
        case _:
            return part


def unanswerable(message: Message) -> Message:
    """A call whose output nobody waits for any more."""
    error = "the session ended before there was an output"
    parts = tuple(
        replace(part, state="output-error", error=error, output=None, preliminary=False)
        if isinstance(part, ToolPart) and not part.is_settled
        else part
        for part in message.parts
    )
    return given_up(replace(message, parts=parts))
