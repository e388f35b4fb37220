"""Sessions that are gone on with, and connections that are replaced before their provider hangs up."""

from typing import Any

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import OpenTransport, StartTimer
from realtime_rx.events import (
    CaptureStarted,
    CaptureStopped,
    ConnectFailed,
    ConversationCreated,
    CreateItem,
    CreateResponse,
    DisconnectRequested,
    Event,
    EventSubmitted,
    GoAway,
    Ping,
    Pong,
    ResponseDone,
    RestartRequested,
    ResumptionHandle,
    SessionCreated,
    TimerFired,
    TransportClosed,
    UpdateSession,
)
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, TALKED, drop, fold, ids, lost, only, run, sent, user

GONE = fold(TALKED, drop(TALKED))
"""One turn was spoken, and the connection is lost."""


def told(state: SessionState, *events: Event) -> list[Any]:
    return sent(run(state, *events)[1])


HANDLES = replace(TALKED, capabilities=Capabilities(resumption="handle"))


def test_a_session_with_a_handle_is_gone_on_with() -> None:
    """The latest handle is shown on the next dial; then nothing is told twice, and what waited is sent."""
    state = fold(HANDLES, ResumptionHandle("h1"), ResumptionHandle("h2"), ResumptionHandle("", resumable=False))
    state, effects = run(state, drop(state), EventSubmitted(CreateItem(user("u2", "Hello?"))))
    assert only(effects, OpenTransport) == [OpenTransport(2, "h2", 1)]
    assert sent(effects) == [UpdateSession(state.config, "h2")]
    after, effects = run(state, SessionCreated("s2"))
    assert [e.item.id for e in sent(effects) if isinstance(e, CreateItem)] == ["u2"]
    assert after.restored == "resumed"


def test_a_handle_of_a_moment_that_cannot_be_gone_on_with_is_none() -> None:
    """What is said not to be resumable leaves the handle before it, and what that one covers."""
    state = fold(HANDLES, ResumptionHandle("h1"))
    after = fold(state, ResumptionHandle("h2", resumable=False))
    assert (after.resumption, after.flow.covered) == ("h1", state.flow.covered)


def test_a_handle_that_is_refused_is_not_shown_again() -> None:
    """Where going on with a session fails, the next dial begins a new one and is told the history."""
    state = fold(HANDLES, ResumptionHandle("h1"))
    state = fold(state, drop(state))
    state, effects = run(state, ConnectFailed(2, lost("connect_failed")), SessionCreated("s"))
    assert only(effects, OpenTransport) == [OpenTransport(3, None, 2)]
    assert state.restored == "replayed"


def test_a_conversations_id_is_a_handle_where_the_provider_says_so() -> None:
    """A provider that goes on with conversations is shown the conversation's id, another one is not."""
    able = replace(CONNECTED, capabilities=Capabilities(resumption="conversation"))
    assert fold(able, ConversationCreated("conv_1")).resumption == "conv_1"
    assert fold(CONNECTED, ConversationCreated("conv_1")).resumption is None


LIVED = replace(TALKED, flow=replace(TALKED.flow, greeted_at=1.0))


def test_a_provider_that_says_it_goes_is_left_in_silence() -> None:
    """After a goAway the next moment of silence makes a new connection, at once where there is silence."""
    state, effects = run(LIVED, GoAway(60_000, at=60.0))
    assert (state.status, only(effects, OpenTransport)) == ("reconnecting", [OpenTransport(2)])
    busy, effects = run(ANSWERING, GoAway(60_000))
    assert (busy.status, effects) == ("connected", [StartTimer("deadline", 1, 50.0)])
    assert fold(busy, ResponseDone("r1")).status == "reconnecting"


def test_a_provider_that_sends_everybody_away_is_not_dialled_without_end() -> None:
    """A goAway to a connection that has just begun counts as a failed dial; after the last one it is used as it is."""
    state, attempts = replace(LIVED, reconnect=ReconnectPolicy(attempts=2)), list[int]()
    for number in range(4):
        state, effects = run(state, GoAway(60_000, at=2.0), SessionCreated(f"s{number}", at=2.0))
        attempts += [dialled.attempt for dialled in only(effects, OpenTransport)]
    assert (attempts, state.status, state.connection) == ([1, 2], "connected", 3)
    assert fold(state, drop(state, at=3.0)).status == "error"


def test_a_deadline_does_not_wait_for_silence() -> None:
    """Before the provider hangs up a new connection is made in any case, and the cut turn asked for again."""
    state, effects = run(fold(ANSWERING, GoAway(60_000)), TimerFired("deadline", 1), SessionCreated("s2"))
    assert state.connection == 2
    assert isinstance(sent(effects)[-1], CreateResponse)


def test_who_holds_a_key_down_is_not_cut_off() -> None:
    """In push-to-talk a new connection waits for the key to be let go, unless the deadline comes first."""
    pushed = replace(TALKED, config=SessionConfig(turn_detection=TurnDetection.disabled()))
    held = fold(pushed, CaptureStarted(), TimerFired("renew", 1))
    assert (held.status, held.connection) == ("connected", 1)
    assert fold(held, CaptureStopped()).connection == 2
    assert fold(held, TimerFired("deadline", 1)).connection == 2
    assert fold(TALKED, CaptureStarted(), TimerFired("renew", 1)).connection == 2


def test_a_cap_is_not_waited_for() -> None:
    """A connection that its provider lets live for so long is replaced before, as is the one after it."""
    capped = replace(TALKED, capabilities=Capabilities(max_session_s=600))
    state, effects = run(capped, drop(capped), SessionCreated("s2"))
    assert only(effects, StartTimer) == [StartTimer("renew", 2, 480.0)]
    again, effects = run(state, TimerFired("renew", 2))
    assert (again.connection, only(effects, StartTimer)) == (3, [StartTimer("deadline", 2, 110.0)])
    assert again.error is None


def test_timers_of_old_connections_say_nothing() -> None:
    """A timer of a connection that is gone changes nothing."""
    assert run(TALKED, TimerFired("deadline", 7)) == (TALKED, [])
    assert run(GONE, TimerFired("renew", 2)) == (GONE, [])


def test_a_restart_keeps_the_conversation() -> None:
    """A restart makes a new connection which is told the history; after a failure it dials again."""
    state, effects = run(TALKED, RestartRequested(), SessionCreated("s2"))
    assert (state.status, state.connection, ids(state)) == ("connected", 2, ["u1", "a1"])
    assert len([e for e in sent(effects) if isinstance(e, CreateItem)]) == 2
    failed = fold(TALKED, TransportClosed(1, lost(), final=True), RestartRequested())
    assert (failed.status, failed.error) == ("connecting", None)


def test_hanging_up_ends_the_dialling() -> None:
    """disconnect() while a lost connection is dialled again is the end of it."""
    assert fold(GONE, DisconnectRequested()).status == "disconnected"


def test_a_ping_is_answered() -> None:
    """A provider that asks whether we are there is told so, with its own number."""
    assert told(CONNECTED, Ping(7)) == [Pong(7)]


def test_each_dial_says_its_settings_once() -> None:
    """Every connection begins with one description of the session, and no other."""
    _, effects = run(GONE, SessionCreated("s2"), drop(fold(GONE, SessionCreated("s2"))), SessionCreated("s3"))
    assert [type(event) for event in sent(effects)].count(UpdateSession) == 1
