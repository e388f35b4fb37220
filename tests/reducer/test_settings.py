"""The session's settings: asked for, confirmed, refused."""

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig
from realtime_rx.effects import Notify, StartTimer
from realtime_rx.events import EventSubmitted, ServerError, SessionUpdated, TimerFired, UpdateSession
from realtime_rx.state import SessionState

from ..folding import CONNECTED, fold, only, run

SETTLED = fold(CONNECTED, SessionUpdated(at=2.0))


def change(event_id: str, at: float = 10.0, **fields: object) -> EventSubmitted:
    return EventSubmitted(UpdateSession(SessionConfig(**fields), event_id=event_id), at=at)  # type: ignore[arg-type]


def test_changes_are_merged() -> None:
    """A change leaves what it does not name as it was, and is sent as it is."""
    state, effects = run(SETTLED, change("e1", instructions="Be brief."), change("e2", voice="marin"))
    assert state.config == SessionConfig(instructions="Be brief.", voice="marin")
    assert only(effects, StartTimer) == [StartTimer("settings", 1, 5.0)] * 2


def test_a_refused_change_is_an_error_and_not_kept() -> None:
    """A change that the provider refuses is an error with its field, and is not asked for on the next connection."""
    state = fold(SETTLED, change("e1", instructions="Be brief."), change("e2", voice="nobody"), change("e3", speed=1.5))
    refusal = ServerError("no such voice", "invalid_value", param="session.audio.output.voice", client_event_id="e2")
    state, effects = run(state, refusal)
    assert state.config == SessionConfig(instructions="Be brief.", speed=1.5)
    assert [(each.error.code, each.error.param) for each in only(effects, Notify)] == [
        ("invalid_value", "session.audio.output.voice")
    ]


def test_two_refused_changes_leave_the_rest() -> None:
    """Refusals come in any order, and what is left is what nobody refused."""
    state = fold(SETTLED, change("e1", voice="a"), change("e2", speed=9.0), change("e3", instructions="Hm"))
    for culprit in ("e2", "e1"):
        state = fold(state, ServerError("no", "invalid_value", client_event_id=culprit))
    assert state.config == SessionConfig(instructions="Hm")


def test_a_confirmed_change_is_no_error() -> None:
    """A change after which the provider described the session is settled."""
    state = fold(SETTLED, change("e1", voice="marin"), SessionUpdated(at=10.2))
    state, effects = run(state, TimerFired("settings", 1, at=15.0))
    assert (effects, state.error, state.flow.updates) == ([], None, ())


def test_a_silent_change_is_an_error_with_its_field() -> None:
    """A change that a provider that confirms changes does not confirm is an error that names it."""
    state, effects = run(fold(SETTLED, change("e1", voice="marin")), TimerFired("settings", 1, at=15.0))
    assert [(each.error.code, each.error.param) for each in only(effects, Notify)] == [("unconfirmed_setting", "voice")]
    assert state.config.voice == "marin"


def test_who_confirms_nothing_is_not_waited_for() -> None:
    """A server that never describes the session anew, and one whose settings cannot be changed, cause no such error."""
    silent = fold(CONNECTED, change("e1", voice="marin"))
    assert only(run(silent, TimerFired("settings", 1, at=15.0))[1], Notify) == []
    fixed = replace(SETTLED, capabilities=Capabilities(session_update=False))
    assert only(run(fixed, change("e1", voice="marin"))[1], StartTimer) == []


def test_settings_before_the_connection_are_for_it() -> None:
    """What is changed while nobody is connected waits for the next dial, unwatched."""
    state, effects = run(SessionState(), change("e1", voice="marin"))
    assert (state.config.voice, effects, state.flow.updates) == ("marin", [], ())
