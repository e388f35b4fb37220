"""Sessions that can be gone on with on another connection, and whether all that was said is in them."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.events import ResumptionHandle
from realtime_rx.reducer.edits import Step
from realtime_rx.state import SessionState


def resumption_handle(state: SessionState, event: ResumptionHandle) -> Step:
    """The latest handle holds, for what was said until it came: it stands for the session as it was at that moment.

    While something is under way, nobody can tell whether that is in it.
    """
    if not (event.resumable and event.handle):
        return state, ()
    covered = None if is_under_way(state) else last_of(state)
    return replace(state, resumption=event.handle, flow=replace(state.flow, covered=covered)), ()


def is_under_way(state: SessionState) -> bool:
    """Whether something was said that is not answered yet, or is only being said."""
    flow = state.flow
    asked = flow.response_id is not None or flow.requested or flow.queued is not None
    unanswered = bool(state.messages) and state.messages[-1].role == "user"
    return bool(asked or unanswered or flow.calls or flow.optimistic)


def last_of(state: SessionState) -> str:
    """The id of the last message; empty where there is none."""
    return state.messages[-1].id if state.messages else ""


def goes_on(state: SessionState) -> bool:
    """Whether the provider has all that was said in a session that can be gone on with.

    A conversation has what arrived there: what was on its way may be lost. A handle is of an earlier moment.
    """
    flow = state.flow
    if state.resumption is None or flow.optimistic or flow.requested or any(call.answered for call in flow.calls):
        return False
    match state.capabilities.resumption:
        case "conversation":
            return True
        case "handle":
            return flow.covered == last_of(state)
        case "none":
            return False


def awaits_handle(state: SessionState) -> bool:
    """Whether the provider gives handles, and its next one will know more than its last."""
    return state.capabilities.resumption == "handle" and state.resumption is not None and not goes_on(state)
