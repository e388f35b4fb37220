"""Which response is asked for again when its connection was lost."""

import pytest
from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.items import AudioPart
from realtime_rx.providers import Gateway
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, calling, drop, fold, part, run, sent, spoken, user

GREETED = ev.SessionCreated("sess_2", at=200.0)
SAID = fold(CONNECTED, ev.AudioCommitted("u1"), ev.InputTranscriptionCompleted("u1", "What is it?"))


def asked_again(state: SessionState) -> int:
    """How many responses the next connection is asked for."""
    lost = fold(state, drop(state))
    _, effects = run(lost, GREETED)
    return sum(isinstance(event, ev.CreateResponse) for event in sent(effects))


def test_what_the_user_said_is_answered_on_the_next_connection() -> None:
    """A spoken turn that was understood, and that no response had begun for, is answered by the next connection."""
    assert asked_again(SAID) == 1


def test_an_answer_that_began_is_asked_for_once() -> None:
    """A response that had begun is asked for again, once."""
    assert asked_again(fold(SAID, ev.ResponseCreated("r1"))) == 1


def test_a_turn_that_was_answered_is_not_asked_about_again() -> None:
    """Where the response to a spoken turn is over, the next connection is asked for nothing."""
    assert asked_again(fold(SAID, ev.ResponseCreated("r1"), ev.ResponseDone("r1"))) == 0


def test_what_nobody_understood_is_not_answered() -> None:
    """A turn without a transcript cannot be told to the next connection, and it says why it has none."""
    said = fold(CONNECTED, ev.AudioCommitted("u1"))
    assert asked_again(said) == 0
    voice = part(fold(said, drop(said)), "u1")
    assert voice == AudioPart(error="the connection was lost before there was a transcript")


HEARD = fold(
    CONNECTED, ev.SpeechStarted("u1"), ev.SpeechStopped("u1"), ev.AudioCommitted("u1"), ev.ResponseCreated("r1")
)
CALLING = fold(HEARD, ev.OutputItemDone("r1", calling("f1", "k1")), ev.ResponseDone("r1"))
RETURNED = ev.ToolReturned("k1", "noon", at=101.0)
GATEWAY = Gateway().capabilities


@pytest.mark.parametrize("can", [CONNECTED.capabilities, GATEWAY], ids=["history", "no history"])
def test_no_answer_to_nothing_is_asked_for(can: Capabilities) -> None:
    """A response to speech without a transcript, begun or half said, is not asked of who never heard the speech."""
    half = (ev.OutputItemAdded("r1", spoken("a1", status="in_progress")), ev.TranscriptDelta("a1", "r1", delta="It"))
    said = replace(HEARD, capabilities=can)
    by_hand = fold(replace(CONNECTED, capabilities=can), ev.AudioCommitted("u1"), ev.ResponseRequested())
    assert [asked_again(state) for state in (said, fold(said, *half), by_hand)] == [0, 0, 0]


@pytest.mark.parametrize(("can", "asked"), [(CONNECTED.capabilities, 1), (GATEWAY, 0)], ids=["history", "no history"])
def test_an_output_is_spoken_of_where_it_can_be_told(can: Capabilities, asked: int) -> None:
    """What a tool returned to speech without a transcript is asked about where the history tells it, and only there."""
    called = replace(CALLING, capabilities=can)
    lost = fold(called, drop(called))
    for events in ((RETURNED, GREETED), (GREETED, RETURNED)):
        assert sum(isinstance(event, ev.CreateResponse) for event in sent(run(lost, *events)[1])) == asked


def test_what_says_itself_what_it_is_about_is_asked_for() -> None:
    """A greeting that nobody asked a question for, or a request with instructions, is asked for again after a loss."""
    said = ev.ResponseRequested(ev.CreateResponse(instructions="Say goodbye."))
    spoke = fold(CONNECTED, ev.AudioCommitted("u1"), said, ev.ResponseCreated("r1"))
    greets = fold(CONNECTED, ev.ResponseRequested(), ev.ResponseCreated("r1"))
    assert [asked_again(state) for state in (spoke, greets)] == [1, 1]


def test_who_asks_by_hand_is_not_answered_unasked() -> None:
    """With turn detection off, or not creating responses, a committed turn alone asks for nothing."""
    for detection in (TurnDetection.disabled(), TurnDetection(create_response=False)):
        assert asked_again(replace(SAID, config=SessionConfig(turn_detection=detection))) == 0


def test_a_complete_answer_is_not_asked_for_again() -> None:
    """Where only the end of the response was lost, and the message was complete, it is not said twice."""
    said = fold(ANSWERING, ev.OutputItemDone("r1", spoken("a1", "It is a clock.")))
    assert asked_again(said) == 0
    cut = fold(ANSWERING, ev.OutputItemAdded("r1", spoken("a1", status="in_progress")))
    assert asked_again(fold(cut, ev.TranscriptDelta("a1", "r1", delta="It is"))) == 1


TYPED = fold(CONNECTED, ev.EventSubmitted(ev.CreateItem(user("u2", "And why?"))), ev.ResponseRequested())
"""A question is on its way to the provider."""


def echoed(state: SessionState) -> SessionState:
    return fold(state, ev.ItemAdded(user("u2", "And why?"), None))


def test_an_answer_to_something_else_is_none() -> None:
    """What the provider began and ended before it had the question did not answer it, whenever that is confirmed."""
    other = fold(TYPED, ev.ResponseCreated("auto"), ev.ResponseDone("auto"))
    said = fold(TYPED, ev.ResponseCreated("auto"), ev.OutputItemDone("auto", spoken("a1", "It is a clock.")))
    meanwhile = fold(echoed(fold(TYPED, ev.ResponseCreated("auto"))), ev.ResponseDone("auto"))
    assert [asked_again(state) for state in (other, said, meanwhile, echoed(other))] == [1, 1, 1, 1]


def test_an_answer_that_may_be_ours_is_one() -> None:
    """Where the question was confirmed before a response began, and that one is over, it is answered."""
    assert asked_again(fold(echoed(TYPED), ev.ResponseCreated("r1"), ev.ResponseDone("r1"))) == 0
    late = fold(echoed(fold(TYPED, ev.ResponseCreated("auto"), ev.ResponseDone("auto"))), ev.ResponseCreated("r1"))
    assert asked_again(fold(late, ev.ResponseDone("r1"))) == 0


def test_a_question_that_was_turned_down_is_not_asked_again() -> None:
    """Neither a refused request nor an interrupted or cancelled response is asked for on the next connection."""
    refused = fold(TYPED, ev.ServerError("no", client_event_id="rx_create_1"))
    stopped = [
        fold(TYPED, ev.InterruptRequested()),
        fold(TYPED, ev.ResponseCreated("auto"), ev.InterruptRequested()),
        fold(ANSWERING, ev.InterruptRequested()),
        fold(ANSWERING, ev.CancelRequested()),
        fold(SAID, ev.InterruptRequested()),
    ]
    assert [asked_again(state) for state in (refused, *stopped)] == [0] * 6
