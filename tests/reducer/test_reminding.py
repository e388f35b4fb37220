"""What a new connection is told as history, and what is said to it again."""

from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.capabilities import Capabilities
from realtime_rx.items import AudioPart, ImagePart, Item, TextPart
from realtime_rx.state import SessionState

from ..folding import CONNECTED, TALKED, calling, drop, fold, ids, lost, message, run, sent, spoken, user

UNASKED = Capabilities(responses="automatic", continues_after_tools=True, echoes_items=False, client_item_ids=False)
FORGETFUL = Capabilities(history=False, client_item_ids=False)
AGENT, GATE = (replace(TALKED, capabilities=can) for can in (UNASKED, FORGETFUL))
TYPED = ev.EventSubmitted(ev.CreateItem(Item(id="u2", role="user", parts=(TextPart(text="And now?"),))))
ASKED = (TYPED, ev.ResponseRequested())
HALF = (
    ev.ResponseCreated("r2"),
    ev.OutputItemAdded("r2", spoken("a2", status="in_progress")),
    ev.TranscriptDelta("a2", "r2", delta="It"),
)
CALL = ev.OutputItemDone("r2", calling("f1", "k1"))

both = pytest.mark.parametrize("state", [AGENT, GATE], ids=["answers unasked", "knows no history"])


def again(state: SessionState, *events: ev.Event) -> tuple[SessionState, list[Any]]:
    """The state when the connection was lost and is back, and what went out then and with these events."""
    state = fold(state, drop(state))
    state, effects = run(state, ev.SessionCreated("s2", at=200.0), *events)
    return state, sent(effects)


def said(events: list[Any]) -> list[tuple[str, str]]:
    """The user's messages that were said as if for the first time."""
    items = [event.item for event in events if isinstance(event, ev.CreateItem)]
    return [(item.id, words(item)) for item in items if item.role == "user" and item.status is None]


def words(item: Item) -> str:
    return "".join(part.text for part in item.parts if isinstance(part, TextPart))


def asks(events: list[Any]) -> int:
    return sum(isinstance(event, ev.CreateResponse) for event in events)


@both
@pytest.mark.parametrize("under_way", [(), HALF], ids=["on its way", "half said"])
def test_a_turn_that_was_cut_is_said_again(state: SessionState, under_way: tuple[ev.Event, ...]) -> None:
    """Where telling it as history brings no answer the user's message is said again, and where one asks, once asked."""
    state, events = again(fold(state, *ASKED, *under_way))
    assert said(events) == [("u2", "And now?")]
    assert asks(events) == (state.capabilities.responses == "requested")
    assert ids(state)[:3] == ["u1", "a1", "u2"]


@both
def test_it_is_said_again_after_every_loss(state: SessionState) -> None:
    """What is lost again before it is answered is said again, and settled when the answer begins or it is echoed."""
    state, _ = again(fold(state, *ASKED))
    state, events = again(state)
    assert said(events) == [("u2", "And now?")]
    state = fold(state, ev.ItemAdded(user("own", "And now?")), ev.ResponseCreated("r9"))
    assert [each.status for each in state.messages if each.role == "user"][:2] == ["completed", "completed"]
    assert state.flow.optimistic == ()


@both
def test_nothing_is_said_again_that_was_answered(state: SessionState) -> None:
    """Where nothing was under way nothing is said again, and nothing asked."""
    state, events = again(state)
    assert (said(events), asks(events)) == ([], 0)


def test_what_greets_unasked_repeats_no_question() -> None:
    """A greeting that is cut by the next loss does not have the last question answered twice."""
    state, _ = again(AGENT)
    _, events = again(fold(state, *HALF))
    assert said(events) == []


@both
def test_what_was_spoken_is_said_in_writing(state: SessionState) -> None:
    """A spoken turn that was understood and not answered is said again, in its words."""
    heard = (ev.AudioCommitted("u2", "a1"), ev.InputTranscriptionCompleted("u2", "And now?"))
    assert said(again(fold(state, *heard))[1]) == [("u2", "And now?")]


def test_who_knows_no_history_is_told_what_tools_returned() -> None:
    """The question that a call was made for is said again with what the tool returned, so that it is not run twice."""
    called = fold(GATE, *ASKED, ev.ItemAdded(user("u2", "And now?")), ev.ResponseCreated("r2"), CALL)
    done = fold(called, ev.ResponseDone("r2"), ev.ToolReturned("k1", "noon"))
    whole = "And now?\n[The tool clock was called with {} and returned: noon]"
    assert said(again(done)[1]) == [("u2", whole)]
    _, events = again(called)
    assert (said(events), asks(events)) == ([], 0)
    state, events = again(called, ev.ToolReturned("k1", "noon"))
    assert (said(events), asks(events)) == ([("u2", whole)], 1)
    assert [event.item.type for event in events if isinstance(event, ev.CreateItem)] == ["message"]
    state = fold(state, ev.ItemAdded(user("own", whole)), ev.ResponseCreated("r3"))
    state = fold(state, ev.ItemAdded(spoken("a3", "Noon."), "own"))
    assert ids(state) == ["u1", "a1", "own", "f1", "a3"]
    assert message(state, "own").text == "And now?"


def test_who_answers_unasked_is_told_the_call_and_said_the_question() -> None:
    """A tool that ends on a later connection is told as history, and the question is said again behind it."""
    called = fold(AGENT, TYPED, ev.ResponseCreated("r2"), CALL, ev.ResponseDone("r2"))
    _, events = again(called, ev.ToolReturned("k1", "noon"))
    kinds = [event.item.type for event in events if isinstance(event, ev.CreateItem)]
    assert kinds == ["message", "message", "message", "function_call", "function_call_output", "message"]
    assert said(events) == [("u2", "And now?")]
    _, events = again(fold(called, ev.ToolReturned("k1", "noon", at=99.9)))
    assert said(events) == [("u2", "And now?")]


def test_an_agent_at_rest_is_asked_nothing_again() -> None:
    """Where a turn ended with its call, and the output has long arrived, no loss has the tool run a second time."""
    called = fold(AGENT, TYPED, ev.ResponseCreated("r2"), CALL, ev.ResponseDone("r2"))
    rest = fold(called, ev.ToolReturned("k1", "noon", at=90.0))
    unasked = fold(rest, ev.ResponseCreated("r3"), ev.OutputItemAdded("r3", spoken("a3", status="in_progress")))
    assert [said(again(state)[1]) for state in (rest, unasked)] == [[], []]
    _, events = run(rest, ev.RestartRequested(at=100.0), ev.SessionCreated("s2", at=101.0))
    assert said(sent(events)) == []


@pytest.mark.parametrize("first", ["words", "call"])
def test_what_an_agent_says_beside_its_call_is_its_answer(first: str) -> None:
    """Words in the response that called a tool answer the question, in whatever order they came: nobody asks again."""
    words = ev.OutputItemDone("r2", spoken("a2", "It is in your cart."))
    made = (words, CALL) if first == "words" else (CALL, words)
    called = fold(AGENT, TYPED, ev.ResponseCreated("r2"), *made, ev.ResponseDone("r2"))
    assert said(again(fold(called, ev.ToolReturned("k1", "ok", at=99.9)))[1]) == []
    assert said(again(called, ev.ToolReturned("k1", "ok", at=201.0))[1]) == []


def test_an_output_that_waits_has_its_question_said_once() -> None:
    """What a tool returns while nobody listens is told with its question; at rest after that nothing is said again."""
    called = fold(AGENT, TYPED, ev.ResponseCreated("r2"), CALL, ev.ResponseDone("r2"))
    away = fold(called, drop(called), ev.ToolReturned("k1", "noon", at=101.0))
    away = fold(away, ev.ConnectFailed(away.connection, lost(), at=190.0))
    state, effects = run(away, ev.SessionCreated("s2", at=200.0))
    assert said(sent(effects)) == [("u2", "And now?")]
    state = fold(state, ev.ResponseCreated("r3"), ev.OutputItemDone("r3", calling("f2", "k2")), ev.ResponseDone("r3"))
    state = fold(state, ev.ToolReturned("k2", "noon", at=202.0), drop(state, at=300.0))
    assert said(sent(run(state, ev.SessionCreated("s3", at=301.0))[1])) == []


def test_an_open_call_holds_up_no_other_question() -> None:
    """What was asked beside a call that is open is asked again at once; what the call was made for, when it ends."""
    called = fold(TALKED, ev.ResponseCreated("r1"), CALL, ev.ResponseDone("r1"), ev.ToolApprovalRequested("k1"))
    alone, events = again(called)
    assert asks(events) == 0
    _, events = again(fold(called, *ASKED, *HALF))
    assert asks(events) == 1
    under_way = fold(TALKED, ev.ResponseCreated("r2"), CALL)
    assert asks(again(under_way)[1]) == 0
    assert asks(again(fold(under_way, *ASKED))[1]) == 1
    assert alone.flow.calls[0].foreign


def test_what_is_told_late_has_its_answer_at_the_end() -> None:
    """The answer to a call that was told after later turns stands behind those, where it was given."""
    called = fold(TALKED, ev.ResponseCreated("r2"), CALL, ev.ResponseDone("r2"), *ASKED)
    state, _ = again(called, ev.ToolReturned("k1", "noon"))
    echoes = (ev.ItemAdded(calling("f1", "k1"), "u2"), ev.ItemAdded(Item(id="o1", type="function_call_output"), "f1"))
    state = fold(state, *echoes, ev.ResponseCreated("r3"), ev.ItemAdded(spoken("a3", "Noon."), "o1"))
    assert ids(state) == ["u1", "a1", "f1", "u2", "a3"]


def test_a_call_whose_end_was_lost_is_complete() -> None:
    """A call that was made is complete, though its connection went away before the provider said so."""
    begun = ev.OutputItemAdded("r2", calling("f1", "k1", arguments="", status="in_progress"))
    state = fold(TALKED, ev.ResponseCreated("r2"), begun, ev.ToolArgumentsDone("f1", "k1", "r2", "clock", "{}"))
    assert message(fold(state, drop(state)), "f1").status == "completed"
    assert message(fold(state, ev.ToolReturned("k1", 1), ev.DisconnectRequested()), "f1").status == "completed"


def test_a_message_under_another_id_is_still_the_last() -> None:
    """Where the provider renames the last message of the connection before, what follows still stands behind it."""
    state, _ = again(fold(replace(CONNECTED, capabilities=FORGETFUL), *ASKED))
    state = fold(state, ev.ItemAdded(user("own", "And now?"), None), ev.ResponseCreated("r3"))
    assert ids(fold(state, ev.ItemAdded(spoken("a3", "Noon."), None))) == ["own", "a3"]


def test_what_cannot_be_said_has_failed() -> None:
    """A picture on its way to a provider that another takes over from, and that takes none, has failed."""
    shown = Item(id="u2", role="user", parts=(ImagePart(data="AAAA"),))
    state = fold(TALKED, ev.EventSubmitted(ev.CreateItem(shown)))
    assert message(again(state)[0], "u2").status == "failed"
    sighted = replace(state, capabilities=Capabilities(image_input=True))
    assert message(again(sighted)[0], "u2").status == "completed"


@pytest.mark.parametrize("history", [True, False])
def test_who_only_listens_is_asked_for_nothing(history: bool) -> None:
    """A provider that answers nothing is not asked to, whatever the user said last."""
    can = Capabilities(responses="none", history=history)
    state = replace(CONNECTED, capabilities=can)
    state = fold(state, ev.AudioCommitted("u1"), ev.InputTranscriptionCompleted("u1", "Hello."))
    state, events = again(state)
    assert (asks(events), state.mode, said(events)) == (0, "idle", [])


def test_a_late_transcript_asks_for_nothing() -> None:
    """What the user said, and what is known of it only after its answer, is not answered again."""
    state = fold(CONNECTED, ev.ResponseCreated("r1"), ev.OutputItemAdded("r1", spoken("a1", "Noon.")))
    state = fold(state, ev.AudioCommitted("u1", None), ev.InputTranscriptionCompleted("u1", "What time?"))
    state = fold(state, ev.ResponseDone("r1"))
    assert (ids(state), asks(again(state)[1])) == (["u1", "a1"], 0)


def test_who_goes_on_with_a_session_heard_what_nobody_wrote_down() -> None:
    """A spoken turn without a transcript is answered where the provider itself still has it."""
    can = Capabilities(resumption="conversation")
    state = fold(replace(CONNECTED, capabilities=can), ev.ConversationCreated("c1"), ev.AudioCommitted("u1"))
    state, events = again(state)
    assert (asks(events), state.restored) == (1, "resumed")
    assert message(state, "u1").parts == (AudioPart(error="the connection was lost before there was a transcript"),)
