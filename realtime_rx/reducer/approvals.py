"""Calls that a person has to allow: asked for, given, refused."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec.structs import replace

from realtime_rx.effects import CallTool
from realtime_rx.events import ToolApprovalRequested, ToolApproved, ToolRejected
from realtime_rx.items import ToolApproval, ToolPart
from realtime_rx.reducer.answers import answer, waiting, with_call
from realtime_rx.reducer.edits import Step, edit_message, find_call, with_part
from realtime_rx.state import SessionState

ApprovalStep: TypeAlias = Literal["approval-requested", "approval-responded"]


def approval_requested(state: SessionState, event: ToolApprovalRequested) -> Step:
    found = undecided(state, event.call_id)
    if found is None or found[1].state != "input-available":
        return state, ()
    return with_approval(state, found, "approval-requested", ToolApproval(id=event.call_id)), ()


def approved(state: SessionState, event: ToolApproved) -> Step:
    """The tool runs now, and the model speaks of it, though it was interrupted before.

    A second word, or one that nobody asked for, changes nothing.
    """
    found, pending = undecided(state, event.call_id), waiting(state, event.call_id)
    if found is None or pending is None or found[1].state != "approval-requested":
        return state, ()
    state = with_call(state, pending, replace(pending, wanted=True))
    state = with_approval(state, found, "approval-responded", ToolApproval(id=event.call_id, approved=True))
    return state, (CallTool(event.call_id, found[1].tool_name, found[1].input, approved=True),)


def rejected(state: SessionState, event: ToolRejected) -> Step:
    """The model is told that it may not, and why."""
    found = undecided(state, event.call_id)
    if found is None or found[1].state != "approval-requested":
        return state, ()
    told = "the user did not allow this call" + (f": {event.reason}" if event.reason else "")
    refusal = ToolApproval(id=event.call_id, approved=False, reason=event.reason)
    return answer(
        state,
        event.call_id,
        lambda part: replace(part, state="output-denied", error=told, approval=refusal),
        event.at,
    )


def undecided(state: SessionState, call_id: str) -> tuple[str, ToolPart] | None:
    return find_call(state, call_id) if waiting(state, call_id) is not None else None


def with_approval(
    state: SessionState, found: tuple[str, ToolPart], step: ApprovalStep, approval: ToolApproval
) -> SessionState:
    part = replace(found[1], state=step, approval=approval)
    return edit_message(state, found[0], lambda message: with_part(message, part))
