"""Calls that a person has to allow: asked for, given, refused, in one state."""

import json

import pytest

from realtime_rx.effects import CallTool, CancelTool
from realtime_rx.events import (
    ConnectFailed,
    CreateItem,
    DisconnectRequested,
    Event,
    ItemDeleted,
    OutputItemDone,
    ResponseDone,
    SessionCreated,
    ToolApprovalRequested,
    ToolApproved,
    ToolCallsCancelled,
    ToolFailed,
    ToolProgressed,
    ToolRejected,
    ToolReturned,
)
from realtime_rx.items import ToolApproval
from realtime_rx.selectors import pending_approvals, pending_tool_calls, running_tool_calls
from realtime_rx.state import SessionState

from ..folding import ANSWERING, calling, drop, fold, lost, only, part, run, sent
from .test_tools import creates, outputs

ITEM = OutputItemDone("r1", calling("f1", "c1", name="refund", arguments='{"order":7}'))
ASKED = fold(ANSWERING, ITEM, ResponseDone("r1"), ToolApprovalRequested("c1"))


def test_a_call_waits_for_a_person() -> None:
    """A call that needs approval says so in its part, is pending, and keeps the model waiting."""
    call = part(ASKED, "f1")
    assert (call.state, call.approval) == ("approval-requested", ToolApproval(id="c1"))
    assert [pending.tool_call_id for pending in pending_approvals(ASKED)] == ["c1"]
    assert pending_tool_calls(ASKED) == pending_approvals(ASKED)
    assert running_tool_calls(ASKED) == ()
    assert ASKED.mode == "thinking"


def test_approval_lets_the_tool_run_once() -> None:
    """The first approval runs the tool with the arguments that were shown; a second one changes nothing."""
    state, effects = run(ASKED, ToolApproved("c1"))
    assert effects == [CallTool("c1", "refund", {"order": 7}, approved=True)]
    assert part(state, "f1").state == "approval-responded"
    for again in (ToolApproved("c1"), ToolRejected("c1"), ToolApprovalRequested("c1")):
        assert run(state, again) == (state, [])
    state, effects = run(state, ToolReturned("c1", "done"))
    assert (outputs(effects), creates(effects)) == ([("c1", "done")], 1)
    assert part(state, "f1").approval == ToolApproval(id="c1", approved=True)


@pytest.mark.parametrize(
    ("reason", "told"),
    [(None, "the user did not allow this call"), ("too much", "the user did not allow this call: too much")],
)
def test_a_refusal_is_told_to_the_model(reason: str | None, told: str) -> None:
    """A refused call is answered with the refusal and its reason, once, and the model goes on."""
    state, effects = run(ASKED, ToolRejected("c1", reason))
    ((call_id, text),) = outputs(effects)
    assert (call_id, json.loads(text), creates(effects)) == ("c1", {"error": told}, 1)
    call = part(state, "f1")
    assert (call.state, call.error) == ("output-denied", told)
    assert call.approval == ToolApproval(id="c1", approved=False, reason=reason)
    for late in (ToolApproved("c1"), ToolRejected("c1"), ToolReturned("c1", 1), ToolProgressed("c1", 1)):
        assert run(state, late) == (state, [])


@pytest.mark.parametrize(
    "word", [ToolApproved("c1"), ToolRejected("c1"), ToolApproved("c9"), ToolApprovalRequested("c9")]
)
def test_nobody_allows_what_was_not_asked(word: Event) -> None:
    """A word on a call that needs no approval, or that there is not, changes nothing."""
    state = fold(ANSWERING, ITEM)
    assert run(state, word) == (state, [])


@pytest.mark.parametrize("over", [ToolCallsCancelled(("c1",)), ItemDeleted("f1")])
def test_a_question_may_become_idle(over: Event) -> None:
    """A call that is taken back while a person is asked is over: nobody waits, and what asked is told to stop."""
    state, effects = run(ASKED, over)
    assert only(effects, CancelTool) == [CancelTool("c1")]
    assert pending_approvals(state) == ()
    assert run(state, ToolApproved("c1")) == (state, [])


def test_a_tool_may_fail_before_anybody_is_asked() -> None:
    """A call that fails while it waits for approval is a failure, and the question is gone."""
    state, effects = run(ASKED, ToolFailed("c1", lost()))
    assert (part(state, "f1").state, len(outputs(effects))) == ("output-error", 1)


def test_hanging_up_ends_the_question() -> None:
    """When the session ends nobody is asked any more, and the part says why there is no output."""
    state = fold(ASKED, DisconnectRequested())
    assert (part(state, "f1").state, pending_approvals(state)) == ("output-error", ())


def reconnected(state: SessionState) -> SessionState:
    state = fold(state, drop(state))
    assert state.status == "reconnecting"
    return fold(state, SessionCreated("sess_2", at=101.0))


def test_a_question_survives_a_lost_connection() -> None:
    """What a person is asked is asked still after a reconnection; the call and its output are told there, once."""
    state = reconnected(ASKED)
    assert [call.tool_call_id for call in pending_approvals(state)] == ["c1"]
    state, effects = run(state, ToolApproved("c1"), ToolReturned("c1", "done"))
    assert only(effects, CallTool) == [CallTool("c1", "refund", {"order": 7}, approved=True)]
    items = [event.item.type for event in sent(effects) if isinstance(event, CreateItem)]
    assert (items, creates(effects)) == (["function_call", "function_call_output"], 1)


def test_an_answer_may_be_given_while_nobody_listens() -> None:
    """A person may answer while the connection is dialled again: the model learns of it with the history."""
    state = fold(ASKED, drop(ASKED), ToolRejected("c1", "no"))
    assert part(state, "f1").state == "output-denied"
    state, effects = run(state, SessionCreated("sess_2", at=101.0))
    texts = [each for _, each in outputs(effects) if each]
    assert [json.loads(text)["error"] for text in texts] == ["the user did not allow this call: no"]
    assert pending_approvals(state) == ()


def test_a_session_that_is_lost_for_good_asks_nothing() -> None:
    """Where no dial helps, what asked is told to stop."""
    state = fold(ASKED, drop(ASKED))
    _, effects = run(state, ConnectFailed(state.connection, lost("http_401"), final=True))
    assert only(effects, CancelTool) == [CancelTool("c1")]


def test_a_question_survives_json() -> None:
    """A state with a question is the same state when it comes back from JSON."""
    assert SessionState.from_json(ASKED.to_json()) == ASKED
