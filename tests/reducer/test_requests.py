"""The arbiter: never two responses asked for at once."""

from realtime_rx.effects import Notify
from realtime_rx.events import (
    AudioDelta,
    ConnectRequested,
    CreateItem,
    CreateResponse,
    DisconnectRequested,
    EventSubmitted,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    ServerError,
    TextDelta,
)
from realtime_rx.items import Item, ToolPart, Usage
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, fold, only, run, sent, user
from .test_odd_errors import replaced

ALREADY = ServerError("Conversation already has an active response", "conversation_already_has_active_response")
OLD_ALREADY = ServerError("Conversation already has an active response in progress: resp_1")
ASKED = fold(CONNECTED, ResponseRequested())


def asks(text: str) -> ResponseRequested:
    return ResponseRequested(CreateResponse(instructions=text))


def asked(state: SessionState, *events: object) -> list[object]:
    """The instructions of the responses that these events make us ask for."""
    _, effects = run(state, *events)  # type: ignore[arg-type]
    return [event.instructions for event in sent(effects) if isinstance(event, CreateResponse)]


def test_a_request_waits_for_the_active_response() -> None:
    """A response that is asked for while one is active is asked for when that one is over."""
    assert asked(ANSWERING, asks("next")) == []
    assert asked(ANSWERING, asks("next"), ResponseDone("r1")) == ["next"]


def test_a_request_waits_for_the_one_before_it() -> None:
    """A response that is asked for before the last request is answered waits for that response's end."""
    assert asked(CONNECTED, asks("1"), asks("2")) == ["1"]
    assert asked(CONNECTED, asks("1"), asks("2"), ResponseCreated("r1")) == ["1"]
    assert asked(CONNECTED, asks("1"), asks("2"), ResponseCreated("r1"), ResponseDone("r1")) == ["1", "2"]


def test_of_several_that_wait_the_latest_is_asked_for() -> None:
    """Three requests in one breath are one response for the first and one for the last."""
    events = (asks("1"), asks("2"), asks("3"), ResponseCreated("r1"), ResponseDone("r1"), ResponseCreated("r2"))
    assert asked(CONNECTED, *events, ResponseDone("r2")) == ["1", "3"]


def test_every_request_has_its_own_event_id() -> None:
    """Each request goes out under an id of its own, and under the caller's where there is one."""
    events = (ResponseRequested(), ResponseCreated("r1"), ResponseDone("r1"), ResponseRequested())
    _, effects = run(CONNECTED, *events)
    assert [event.event_id for event in sent(effects)] == ["rx_create_1", "rx_create_2"]
    _, effects = run(CONNECTED, ResponseRequested(CreateResponse(event_id="mine")))
    assert [event.event_id for event in sent(effects)] == ["mine"]


def test_a_collision_is_asked_again() -> None:
    """A request that met a response of the provider's own is asked for again after that one, and is no error."""
    for error in (ALREADY, OLD_ALREADY):
        state, effects = run(CONNECTED, asks("mine"), ResponseCreated("auto"), error)
        assert (state.error, only(effects, Notify), state.mode) == (None, [], "thinking")
        assert asked(state, ResponseDone("auto")) == ["mine"]
        assert asked(state, ResponseDone("auto"), ResponseCreated("r2"), ResponseDone("r2")) == ["mine"]


def test_what_is_asked_again_is_a_new_request() -> None:
    """A request that is asked for again has another event id than the one that collided."""
    _, effects = run(CONNECTED, asks("mine"), ResponseCreated("auto"), ALREADY, ResponseDone("auto"))
    assert [event.event_id for event in sent(effects)] == ["rx_create_1", "rx_create_2"]


def test_a_collision_before_the_response_is_known() -> None:
    """A collision whose response was not announced waits for that response's end as well."""
    state = fold(CONNECTED, asks("mine"), ALREADY)
    assert asked(state, ResponseDone("auto")) == ["mine"]


def test_a_newer_request_replaces_a_collided_one() -> None:
    """A request that waits goes before one that collided."""
    state = fold(CONNECTED, asks("old"), asks("new"), ResponseCreated("auto"), ALREADY)
    assert asked(state, ResponseDone("auto")) == ["new"]


def test_a_collision_may_come_late() -> None:
    """A request whose question is still on its way outlives responses of the provider's own, and meets a later one."""
    typed = fold(CONNECTED, EventSubmitted(CreateItem(user("u1", "Why?"))), asks("mine"))
    state = fold(typed, ResponseCreated("auto"), ResponseDone("auto"), ResponseCreated("next"), ALREADY)
    assert asked(state, ResponseDone("next")) == ["mine"]
    answered = fold(CONNECTED, asks("mine"), ResponseCreated("r1"), ResponseDone("r1"), ResponseCreated("r2"), ALREADY)
    assert asked(answered, ResponseDone("r2")) == []


def test_a_collision_of_an_older_request_is_its_own() -> None:
    """A collision that names a request before the last one does not have the last one asked twice."""
    typed = fold(CONNECTED, EventSubmitted(CreateItem(user("u1", "Why?"))), asks("1"))
    both = fold(typed, ResponseCreated("auto"), ResponseDone("auto"), asks("2"), ResponseCreated("next"))
    named = replaced(ALREADY, "rx_create_1")
    assert asked(both, named, ResponseDone("next")) == []
    assert asked(both, replaced(ALREADY, "rx_create_2"), ResponseDone("next")) == ["2"]


def test_a_collision_of_nothing_asks_nothing() -> None:
    """A collision that we did not cause leads to no request."""
    state = fold(ANSWERING, ALREADY)
    assert asked(state, ResponseDone("r1")) == []


def test_a_refused_request_is_over() -> None:
    """An error that names the request, or nothing, ends the waiting, and the next request goes out."""
    for culprit in ("rx_create_1", None):
        state, effects = run(ASKED, ServerError("no", "invalid", client_event_id=culprit))
        assert (state.mode, state.error is not None, len(only(effects, Notify))) == ("idle", True, 1)
        assert asked(state, asks("again")) == ["again"]


def test_a_refused_request_lets_the_queue_go_on() -> None:
    """What waited behind a refused request is asked for at once."""
    state = fold(ASKED, asks("next"))
    assert asked(state, ServerError("no", client_event_id="rx_create_1")) == ["next"]


def test_an_error_of_another_event_leaves_the_request() -> None:
    """An error that names another event does not end the waiting."""
    state = fold(ASKED, ServerError("no", client_event_id="update_1"))
    assert (state.mode, asked(state, asks("next"))) == ("thinking", [])


def test_a_new_connection_asks_anew() -> None:
    """What was asked for on an old connection is not waited for on a new one."""
    state = fold(ASKED, asks("queued"), DisconnectRequested(), ConnectRequested())
    assert (state.flow.requested, state.flow.queued, asked(state, asks("new"))) == (False, None, ["new"])


def test_nobody_is_asked_without_a_connection() -> None:
    """A request without a connection is not waited for."""
    state, effects = run(SessionState(), ResponseRequested())
    assert (state.mode, sent(effects)) == ("idle", [])


def outside(response_id: str, state: SessionState = CONNECTED) -> SessionState:
    """A response that was asked for outside of the conversation, and has begun."""
    asked = ResponseRequested(CreateResponse(conversation="none"))
    return fold(state, asked, ResponseCreated(response_id, in_conversation=False))


def test_a_response_outside_of_the_conversation_waits_for_nobody() -> None:
    """A response outside of the conversation is asked for at once, even beside another."""
    _, effects = run(ANSWERING, ResponseRequested(CreateResponse(conversation="none")))
    assert [event.type for event in sent(effects)] == ["response-create"]


def test_what_is_said_outside_of_the_conversation_is_not_in_its_messages() -> None:
    """Words, sound and calls of a response outside of the conversation change no message, and run nothing."""
    call = Item(id="f1", type="function_call", parts=(ToolPart(tool_name="t", tool_call_id="c1", arguments="{}"),))
    state, effects = run(
        outside("o1", ANSWERING),
        TextDelta("x1", "o1", delta="positive"),
        AudioDelta("x1", "o1", audio="AAAA", byte_count=3),
        OutputItemDone("o1", call),
        ResponseDone("o1", items=(call,), usage=Usage(total_tokens=7)),
    )
    assert (effects, state.messages, state.flow.response_id) == ([], (), "r1")
    assert (state.usage.total_tokens, state.flow.outside) == (7, ())
    assert [event.type for event in state.events][-4:-2] == ["text-delta", "audio-delta"]


def test_a_provider_that_names_no_conversation_is_in_it_all_the_same() -> None:
    """A response without a conversation is an ordinary one where nobody asked for one outside."""
    assert fold(CONNECTED, ResponseCreated("r1", in_conversation=False)).flow.response_id == "r1"


def test_one_request_outside_of_the_conversation_is_one_response() -> None:
    """When the response that was asked for outside has begun, the next one that names no conversation is in it."""
    state = fold(outside("o1"), ResponseCreated("r1", in_conversation=False))
    assert (state.flow.response_id, state.flow.outside) == ("r1", ("o1",))


def test_a_response_outside_of_the_conversation_can_fail() -> None:
    """Its failure is an error in the state like any other."""
    done = ResponseDone("o1", status="failed", error_code="rate_limit_exceeded", error_message="too many")
    state = fold(outside("o1"), done)
    assert state.error is not None
    assert state.error.code == "rate_limit_exceeded"
