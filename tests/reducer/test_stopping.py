"""What is wanted after an interruption, and what is not any more."""

import json

import pytest
from msgspec.structs import replace

from realtime_rx.abc import Provider
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import CallTool, Notify, Send
from realtime_rx.events import (
    AudioCommitted,
    CancelRequested,
    CancelResponse,
    ConnectRequested,
    CreateItem,
    CreateResponse,
    Event,
    EventSubmitted,
    InterruptRequested,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    ServerError,
    SessionCreated,
    TextDelta,
    TimerFired,
    ToolApprovalRequested,
    ToolApproved,
    ToolArgumentsDone,
    ToolReturned,
)
from realtime_rx.policies import Watchdogs
from realtime_rx.providers import ElevenLabs, Google
from realtime_rx.reducer.tools import NOT_RUN
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, calling, drop, fold, message, only, part, run, sent, user
from .test_requests import ALREADY, asked, asks
from .test_tools import creates, outputs

INTERRUPT, CANCEL = InterruptRequested(), CancelRequested()
STOPS = pytest.mark.parametrize("stop", [INTERRUPT, CANCEL], ids=["interrupt", "cancel"])
CALL = OutputItemDone("r1", calling("f1", "c1"))
UNABLE = replace(CONNECTED, capabilities=replace(CONNECTED.capabilities, cancel=False))


# What is asked after it


@STOPS
def test_what_is_asked_after_an_interruption_is_answered(stop: Event) -> None:
    """A question that follows the interruption of one that was only asked is asked when the first is out of the way."""
    state, effects = run(CONNECTED, asks("1"), stop, asks("2"), ResponseCreated("r1"))
    assert sent(effects)[1:] == [CancelResponse("r1")]
    assert asked(state, ResponseDone("r1", "cancelled")) == ["2"]
    answered = fold(state, ResponseDone("r1", "cancelled"), ResponseCreated("r2"), TextDelta("a2", "r2", delta="Four."))
    assert message(answered, "a2").text == "Four."


@STOPS
def test_so_it_is_while_the_first_connection_is_made(stop: Event) -> None:
    """The same holds of what is asked, interrupted and asked anew before the first connection is there."""
    dialling = fold(SessionState.initial(), ConnectRequested(at=1.0))
    greeted = fold(dialling, asks("1"), stop, asks("2"), SessionCreated("sess_1"), ResponseCreated("r1"))
    assert asked(greeted, ResponseDone("r1", "cancelled")) == ["2"]


@STOPS
def test_who_cannot_be_cancelled_is_asked_at_once(stop: Event) -> None:
    """A provider that cannot be cancelled ends its response when the next thing is said, so that waits for nothing."""
    assert asked(UNABLE, asks("1"), stop, asks("2"), ResponseCreated("r1")) == ["1", "2"]


@STOPS
def test_a_refused_request_does_not_stand_in_the_way(stop: Event) -> None:
    """Where the interrupted request is turned down, or nothing ever comes of it, the next one goes out."""
    state = fold(CONNECTED, asks("1"), stop, asks("2"))
    assert asked(state, ServerError("no", client_event_id="rx_create_1")) == ["2"]
    given_up = replace(state, watchdogs=Watchdogs(stalled_s=1.0, given_up_s=2.0))
    assert asked(given_up, TimerFired("stalled", given_up.connection, at=100.0)) == ["2"]


def test_a_second_interruption_is_one_too() -> None:
    """What was asked between two interruptions of one response is not asked for."""
    state = fold(ANSWERING, INTERRUPT, ResponseRequested(), INTERRUPT)
    assert asked(state, ResponseDone("r1", "cancelled")) == []


def test_a_response_that_was_given_up_leaves_no_trace() -> None:
    """When an interrupted request was given up, the next response that the provider begins is heard."""
    state = replace(fold(CONNECTED, ResponseRequested(), INTERRUPT), watchdogs=Watchdogs(stalled_s=1.0, given_up_s=2.0))
    state, effects = run(state, TimerFired("stalled", state.connection, at=100.0), ResponseCreated("auto"))
    assert (state.flow.discarded, sent(effects)) == ((), [])


def test_what_is_said_after_an_interruption_is_answered() -> None:
    """A provider that answers speech by itself begins that response before it sees the interrupted request."""
    spoken = fold(CONNECTED, asks("1"), INTERRUPT, AudioCommitted("u1"))
    state, effects = run(spoken, ResponseCreated("auto"), ALREADY)
    assert (sent(effects), state.flow.discarded) == ([], ())
    assert asked(state, ResponseDone("auto")) == []


@pytest.mark.parametrize("detection", [TurnDetection.disabled(), TurnDetection(create_response=False)])
def test_speech_that_nobody_answers_by_itself_changes_nothing(detection: TurnDetection) -> None:
    """Where the provider answers no speech, the response that begins is the interrupted one, and is cancelled."""
    state = replace(CONNECTED, config=SessionConfig(turn_detection=detection))
    _, effects = run(state, asks("1"), INTERRUPT, AudioCommitted("u1"), ResponseCreated("r1"))
    assert sent(effects)[1:] == [CancelResponse("r1")]


# What was asked before it

CROSSED: tuple[tuple[Event, ...], ...] = (
    (INTERRUPT, ALREADY),
    (INTERRUPT, ResponseCreated("auto"), ALREADY),
    (ResponseCreated("auto"), INTERRUPT, ALREADY),
    (CANCEL, ALREADY),
    (CANCEL, ResponseCreated("auto"), ALREADY),
    (ResponseCreated("auto"), CANCEL, ALREADY),
)


@pytest.mark.parametrize("events", CROSSED, ids=range(len(CROSSED)))
def test_an_interrupted_request_that_collides_is_over(events: tuple[Event, ...]) -> None:
    """A request that met another response, and was interrupted before or since, is not asked again."""
    assert asked(CONNECTED, asks("1"), *events, ResponseDone("auto", "cancelled")) == ["1"]


@pytest.mark.parametrize("events", CROSSED, ids=range(len(CROSSED)))
def test_a_newer_request_is_asked_once_all_the_same(events: tuple[Event, ...]) -> None:
    """What was asked after the interruption is asked once, whatever became of the request before it."""
    *before, collision = events
    after = (ResponseDone("auto", "cancelled"), ResponseCreated("r2"), ResponseDone("r2"))
    assert asked(CONNECTED, asks("1"), *before, asks("2"), collision, *after) == ["1", "2"]


def test_an_interrupted_request_is_not_asked_on_the_next_connection() -> None:
    """Neither a request nor a spoken turn that was interrupted is asked again where its connection is lost."""
    spoken = fold(CONNECTED, AudioCommitted("u1"))
    for state in (fold(CONNECTED, ResponseRequested()), spoken, ANSWERING):
        lost = fold(state, INTERRUPT, drop(state))
        assert creates(run(lost, SessionCreated("sess_2", at=200.0))[1]) == 0


def test_another_response_is_cancelled_and_nothing_else() -> None:
    """Cancelling a response by its id, which is not the active one, leaves what waits for that one."""
    state, effects = run(ANSWERING, asks("2"), CancelRequested("outside"))
    assert sent(effects) == [CancelResponse("outside")]
    assert asked(state, ResponseDone("r1")) == ["2"]


# Tools


@STOPS
@pytest.mark.parametrize("status", ["completed", "cancelled"])
@pytest.mark.parametrize("call", [CALL, ToolArgumentsDone("f1", "c1", "r1", "clock", "{}")], ids=["item", "arguments"])
def test_no_tool_is_run_after_an_interruption(stop: Event, status: str, call: Event) -> None:
    """A call that comes of an interrupted response is not made: the model is told so, and is not asked to go on."""
    end = ResponseDone("r1", status, items=(calling("f1", "c1"),))  # type: ignore[arg-type]
    state, effects = run(ANSWERING, stop, call, end)
    ((call_id, text),) = outputs(effects)
    assert (call_id, json.loads(text), part(state, "f1").input) == ("c1", {"error": NOT_RUN}, {})
    assert (only(effects, CallTool), creates(effects), only(effects, Notify)) == ([], 0, [])
    assert (part(state, "f1").state, state.flow.calls, state.mode) == ("output-error", (), "idle")


@STOPS
def test_nor_where_it_was_interrupted_before_it_began(stop: Event) -> None:
    """A response that was over before its cancellation arrived has no tool run, wherever its call is first seen."""
    end = ResponseDone("r1", items=(calling("f1", "c1"),))
    benign = ServerError("no active response found", "response_cancel_not_active")
    state, effects = run(CONNECTED, asks("1"), stop, ResponseCreated("r1"), end, benign)
    assert (only(effects, CallTool), creates(effects), len(outputs(effects))) == ([], 1, 1)
    assert (part(state, "f1").state, state.flow.calls, state.mode) == ("output-error", (), "idle")


@pytest.mark.parametrize("status", ["completed", "cancelled"])
@STOPS
def test_a_tool_at_work_goes_on_and_the_model_does_not(stop: Event, status: str) -> None:
    """What a tool returns that was at work when its response was interrupted is told, and nothing is asked for."""
    end = ResponseDone("r1", status)  # type: ignore[arg-type]
    state, effects = run(ANSWERING, CALL, stop, end)
    assert (len(only(effects, CallTool)), state.mode) == (1, "idle")
    state, effects = run(state, ToolReturned("c1", 1))
    assert (outputs(effects), creates(effects), state.flow.calls) == ([("c1", "1")], 0, ())


@pytest.mark.parametrize("answered", [False, True])
def test_a_turn_that_waits_for_its_tools_can_be_interrupted(answered: bool) -> None:
    """Interrupted while tools are at work, nobody has the floor, and what they return asks for nothing."""
    other = OutputItemDone("r1", calling("f2", "c2"))
    first: tuple[Event, ...] = (ToolReturned("c1", 1),) if answered else ()
    state = fold(ANSWERING, CALL, other, ResponseDone("r1"), *first)
    assert state.mode == "thinking"
    state = fold(state, INTERRUPT)
    assert (state.mode, len(state.flow.calls)) == ("idle", 2)
    state, effects = run(state, *(() if answered else (ToolReturned("c1", 1),)), ToolReturned("c2", 2))
    assert (outputs(effects)[-1], creates(effects), state.flow.calls) == (("c2", "2"), 0, ())


def test_cancelling_leaves_the_tools_of_an_earlier_response() -> None:
    """A cancelled response takes nothing from a turn that waits for its tools."""
    state = fold(ANSWERING, CALL, ResponseDone("r1"), asks("2"), ResponseCreated("r2"), CANCEL)
    assert state.mode == "thinking"
    assert creates(run(state, ResponseDone("r2", "cancelled"), ToolReturned("c1", 1))[1]) == 1


def test_what_is_asked_after_an_interruption_has_its_tools() -> None:
    """The calls of the next response are made, while one of the interrupted response is still at work."""
    state = fold(
        ANSWERING, CALL, INTERRUPT, ResponseDone("r1", "cancelled"), ResponseRequested(), ResponseCreated("r2")
    )
    state, effects = run(state, OutputItemDone("r2", calling("f2", "c2")), ResponseDone("r2"), ToolReturned("c2", 2))
    assert (only(effects, CallTool), creates(effects)) == ([CallTool("c2", "clock", {})], 1)
    assert only(run(state, ToolReturned("c1", 1))[1], Send)[1:] == []


def test_whoever_allows_a_call_hears_of_it() -> None:
    """A call that is allowed after its turn was interrupted is run, and the model speaks of what it returned."""
    waiting = fold(ANSWERING, CALL, ResponseDone("r1"), ToolApprovalRequested("c1"), INTERRUPT)
    assert waiting.mode == "idle"
    state, effects = run(waiting, ToolApproved("c1"))
    assert (len(only(effects, CallTool)), state.mode) == (1, "thinking")
    assert [type(event) for event in sent(run(state, ToolReturned("c1", 1))[1])][1:] == [CreateResponse]


@pytest.mark.parametrize("provider", [Google(), ElevenLabs()], ids=["google", "elevenlabs"])
def test_no_connection_is_asked_to_go_on_from_an_interrupted_turn(provider: Provider) -> None:
    """What a tool returns between two connections is answered on the next one, unless its turn was interrupted."""
    asking = replace(CONNECTED, capabilities=provider.capabilities)
    question = EventSubmitted(CreateItem(user("u1", "What time is it?")))
    state = fold(asking, question, ResponseRequested(), ResponseCreated("r1"), CALL, ResponseDone("r1"))
    for stops, expected in ((), True), ((INTERRUPT,), False):
        lost = fold(state, *stops, drop(state), ToolReturned("c1", "noon"))
        _, effects = run(lost, SessionCreated("sess_2", at=200.0))
        again = [each for each in sent(effects) if isinstance(each, CreateItem) and each.item.status is None]
        assert bool(creates(effects) or [each for each in again if each.item.role == "user"]) is expected
