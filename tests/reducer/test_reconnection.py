"""Connections that take a lost one's place, and how they learn what was said before."""

from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.effects import CallTool, FlushPlayback, Notify, OpenTransport
from realtime_rx.events import (
    AudioDelta,
    AudioPlayed,
    CancelRequested,
    CommitAudio,
    ConnectFailed,
    CreateItem,
    CreateResponse,
    Event,
    EventSubmitted,
    InterruptRequested,
    ItemAdded,
    ItemDone,
    OutputAttached,
    OutputItemDone,
    PlaybackDrained,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    RestartRequested,
    ResumptionHandle,
    SessionCreated,
    SpeechStarted,
    TextDelta,
    ToolReturned,
    TranscriptDelta,
    UpdateSession,
)
from realtime_rx.items import Item, TextPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.state import Served, SessionState

from ..folding import (
    ANSWERING,
    CONNECTED,
    TALKED,
    calling,
    drop,
    fold,
    ids,
    lost,
    message,
    only,
    part,
    run,
    sent,
    spoken,
    user,
)

GONE = fold(TALKED, drop(TALKED))
"""One turn was spoken, and the connection is lost."""


def told(state: SessionState, *events: Event) -> list[Any]:
    return sent(run(state, *events)[1])


@pytest.mark.parametrize("code", ["close_1000", "close_1001", "close_1006", "close_1011"])
def test_a_lost_connection_is_dialled_again(code: str) -> None:
    """Whatever its code, a close that nobody asked for makes a new connection, which begins with all settings."""
    state, effects = run(TALKED, drop(TALKED, code))
    assert (state.status, state.connection, state.flow.attempt) == ("reconnecting", 2, 1)
    assert only(effects, OpenTransport) == [OpenTransport(2, None, 1)]
    assert sent(effects) == [UpdateSession(state.config)]
    assert state.error == replace(lost(code), fatal=False)
    assert only(effects, Notify) == [Notify(replace(lost(code), fatal=False))]


@pytest.mark.parametrize("code", ["close_1008", "close_4000", "http_401", "missing_key"])
def test_what_no_dial_mends_is_the_end(code: str) -> None:
    """A refusal that would be repeated ends the session at once."""
    state, effects = run(TALKED, drop(TALKED, code))
    assert (state.status, state.error, only(effects, OpenTransport)) == ("error", lost(code), [])


def test_a_first_dial_that_fails_is_the_end() -> None:
    """Where there never was a connection, its failure is told and not repeated."""
    state = fold(SessionState(), RestartRequested())
    assert fold(state, ConnectFailed(1, lost("connect_failed"))).status == "error"


def test_dials_are_counted_until_one_holds() -> None:
    """Each failed dial and each short-lived connection counts; a connection that lasted begins the count anew."""
    state = fold(GONE, ConnectFailed(2, lost("connect_failed"), at=101.0))
    assert (state.flow.attempt, state.connection) == (2, 3)
    short = fold(state, SessionCreated("s", at=102.0))
    assert fold(short, drop(short, at=103.0)).flow.attempt == 3
    assert fold(short, drop(short, at=113.0)).flow.attempt == 1


def test_dials_are_bounded() -> None:
    """After so many failed dials in a row the session is over, with the last reason."""
    state = replace(TALKED, reconnect=ReconnectPolicy(attempts=3))
    state = fold(state, drop(state))
    for _ in range(3):
        assert state.status == "reconnecting"
        state = fold(state, ConnectFailed(state.connection, lost("connect_failed"), at=101.0))
    assert (state.status, state.error) == ("error", lost("connect_failed"))


def test_a_life_is_bounded() -> None:
    """A session that was lost as often as the policy allows is not dialled again."""
    state = replace(TALKED, reconnect=ReconnectPolicy(lifetime=2))
    for at in (100.0, 200.0):
        state = fold(state, drop(state, at=at), SessionCreated("s", at=at))
    assert (state.reconnects, fold(state, drop(state, at=300.0)).status) == (2, "error")


def test_history_is_told_in_writing() -> None:
    """A new connection is told every turn in order, under the same ids: the user's as text, the assistant's as text."""
    items = [event.item for event in told(GONE, SessionCreated("s2")) if isinstance(event, CreateItem)]
    assert [(item.id, item.role, item.parts) for item in items] == [
        ("u1", "user", (TextPart(text="What is it?"),)),
        ("a1", "assistant", (TextPart(text="It is a clock."),)),
    ]
    state = fold(GONE, SessionCreated("s2"))
    assert (state.restored, state.reconnects, state.error) == ("replayed", 1, None)


def test_history_changes_no_message() -> None:
    """The echo of what was told changes nothing, whatever it says of its place, and later items go behind."""
    before = fold(GONE, SessionCreated("s2"))
    echoes = [
        ItemAdded(Item(id="u1", role="user")),
        ItemDone(spoken("a1", "other words")),
        ItemAdded(spoken("a1"), "u1"),
    ]
    after = fold(before, *echoes)
    assert after.messages is before.messages
    assert ids(fold(after, ItemAdded(user("u2", "And now?"), "a1"))) == ["u1", "a1", "u2"]


def test_calls_are_told_with_their_outputs() -> None:
    """A finished call is told as the call and its output, one that is not finished is not told yet."""
    state = fold(
        ANSWERING,
        OutputItemDone("r1", calling("f1", "c1")),
        OutputItemDone("r1", calling("f2", "c2")),
        ToolReturned("c1", {"time": 12}),
        ResponseDone("r1"),
    )
    items = [e.item for e in told(state, drop(state), SessionCreated("s2")) if isinstance(e, CreateItem)]
    assert [(item.type, item.parts[0].tool_call_id) for item in items] == [  # type: ignore[union-attr]
        ("function_call", "c1"),
        ("function_call_output", "c1"),
    ]


GOES_ON = replace(ANSWERING, capabilities=Capabilities(continues_after_tools=True))
either = pytest.mark.parametrize("state", [ANSWERING, GOES_ON], ids=["asked", "unasked"])


@either
def test_a_tool_that_ends_later_is_told_with_its_call(state: SessionState) -> None:
    """The output of a call of the old connection is told to the new one behind the call, then the model goes
    on, asked to where it goes on unasked from its own calls alone."""
    state = fold(state, OutputItemDone("r1", calling("f1", "c1")))
    state = fold(state, drop(state), SessionCreated("s2"))
    call, output, go_on = told(state, ToolReturned("c1", "noon"))
    assert (call.item.type, call.item.id, output.item.type) == ("function_call", "f1", "function_call_output")
    assert isinstance(go_on, CreateResponse)


@either
def test_a_tool_that_ends_meanwhile_is_told_once(state: SessionState) -> None:
    """An output that came while nobody listened is told with the history, once, and the model goes on,
    asked to where it goes on unasked from its own calls alone."""
    state = fold(state, OutputItemDone("r1", calling("f1", "c1")))
    state, effects = run(state, drop(state), ToolReturned("c1", "noon"), SessionCreated("s2"))
    kinds = [event.item.type for event in sent(effects) if isinstance(event, CreateItem)]
    assert kinds == ["function_call", "function_call_output"]
    assert [type(event) for event in sent(effects)][-1] is CreateResponse
    assert (part(state, "f1").output, only(effects, CallTool)) == ("noon", [])


def test_a_cut_turn_is_asked_for_again() -> None:
    """A turn that was being answered when the connection was lost is asked for again, behind the history."""
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="It is"))
    state, effects = run(state, drop(state), SessionCreated("s2"))
    assert (message(state, "a1").text, message(state, "a1").status) == ("It is", "incomplete")
    assert [type(event) for event in sent(effects)] == [UpdateSession, CreateItem, CreateResponse]


def test_a_request_is_asked_for_again_as_it_was() -> None:
    """What was asked for and never begun is asked for again, with what it asked for."""
    state = fold(CONNECTED, ResponseRequested(CreateResponse(instructions="Be brief.")))
    (again,) = [e for e in told(state, drop(state), SessionCreated("s")) if isinstance(e, CreateResponse)]
    assert again.instructions == "Be brief."


@pytest.mark.parametrize("end", [InterruptRequested(), CancelRequested()])
def test_what_nobody_wants_any_more_is_not_asked_for(end: Event) -> None:
    """A turn that was interrupted before or during the loss is not asked for again."""
    state = fold(ANSWERING, end) if isinstance(end, InterruptRequested) else ANSWERING
    state = fold(state, drop(state), end)
    assert [e for e in told(state, SessionCreated("s2")) if isinstance(e, CreateResponse)] == []


def test_what_is_said_meanwhile_waits() -> None:
    """A message typed while nobody listens is shown at once and sent behind the history, once, and then answered."""
    state = fold(GONE, EventSubmitted(CreateItem(user("u2", "Hello?"))), ResponseRequested())
    assert (ids(state), told(GONE, EventSubmitted(CreateItem(user("u2"))))) == (["u1", "a1", "u2"], [])
    events = told(state, SessionCreated("s2"))
    assert [e.item.id for e in events if isinstance(e, CreateItem)] == ["u1", "a1", "u2"]
    assert isinstance(events[-1], CreateResponse)


def test_what_is_said_meanwhile_survives_another_loss() -> None:
    """What waits waits through as many dials as it takes."""
    state = fold(GONE, EventSubmitted(CreateItem(user("u2", "Hello?"))), ConnectFailed(2, lost("connect_failed")))
    assert [e.item.id for e in told(state, SessionCreated("s")) if isinstance(e, CreateItem)] == ["u1", "a1", "u2"]


def test_sound_does_not_wait() -> None:
    """A commit of sound that went with the old connection is not repeated on the new one."""
    assert not any(isinstance(e, CommitAudio) for e in told(GONE, EventSubmitted(CommitAudio()), SessionCreated("s")))


def test_nothing_that_was_restored_is_truncated() -> None:
    """An answer of an earlier connection that is still heard and then interrupted is cut, and the model not told."""
    state = fold(
        CONNECTED,
        OutputAttached(),
        ResponseCreated("r1"),
        AudioDelta("a1", "r1", byte_count=48_000),
        OutputItemDone("r1", spoken("a1", "Long")),
        ResponseDone("r1"),
    )
    state = fold(state, drop(state), SessionCreated("s2"), SpeechStarted("u2"))
    state, effects = run(state, AudioPlayed("a1", 0, 400.0), PlaybackDrained())
    assert (message(state, "a1").interrupted, part(state, "a1").heard_ms, sent(effects)) == (True, 400, [])


def test_sound_of_a_cut_turn_stops() -> None:
    """The sound of an answer that will be asked for again stops, and what was heard of it is kept."""
    state = fold(
        CONNECTED,
        OutputAttached(),
        ResponseCreated("r1"),
        TranscriptDelta("a1", "r1", delta="I am"),
        AudioDelta("a1", "r1", byte_count=48_000),
        AudioPlayed("a1", 0, 300.0),
    )
    state, effects = run(state, drop(state))
    assert FlushPlayback() in effects
    assert (state.is_playing, part(state, "a1").heard_ms, message(state, "a1").interrupted) == (False, 300, True)


def test_the_next_provider_takes_over() -> None:
    """When a provider cannot be reached within its limits the next one is dialled, with all that was said."""
    two = (Served(id="one"), Served(id="two", capabilities=Capabilities(truncate=False)))
    state = replace(TALKED, providers=two, reconnect=ReconnectPolicy(attempts=1))
    state = fold(state, drop(state))
    state, effects = run(state, ConnectFailed(2, lost("connect_failed")))
    assert only(effects, OpenTransport) == [OpenTransport(3, None, 0, 1)]
    assert (state.status, state.provider, state.capabilities.truncate) == ("reconnecting", 1, False)
    assert fold(state, SessionCreated("s")).restored == "replayed"


def test_the_next_provider_takes_over_from_one_that_was_never_there() -> None:
    """A first dial that fails is taken over by the next provider while the session is still connecting."""
    state = replace(SessionState(), providers=(Served(id="one"), Served(id="two")))
    state = fold(state, RestartRequested(), ConnectFailed(1, lost("http_401")))
    assert (state.status, state.provider) == ("connecting", 1)
    assert fold(state, ConnectFailed(2, lost("http_401"))).status == "error"


HANDLES = fold(replace(CONNECTED, capabilities=Capabilities(resumption="handle")), ResumptionHandle("h1"))


def test_a_session_that_cannot_be_resumed_is_begun_anew() -> None:
    """Where the server refuses what a lost connection left to go on with, the next dial does without, once."""
    state, effects = run(HANDLES, drop(HANDLES))
    assert [effect.resume for effect in only(effects, OpenTransport)] == ["h1"]
    state, effects = run(state, drop(state, "close_1007"))
    assert [(effect.resume, effect.connection) for effect in only(effects, OpenTransport)] == [(None, 3)]
    assert fold(state, drop(state, "close_1007")).status == "error"


def test_a_resumed_session_is_resumed_again() -> None:
    """A connection that was resumed and lost later is resumed like the first one."""
    state = fold(HANDLES, drop(HANDLES))
    state = fold(state, SessionCreated(at=101.0))
    effects = run(state, drop(state, at=200.0))[1]
    assert [effect.resume for effect in only(effects, OpenTransport)] == ["h1"]
