"""How long a turn keeps one waiting, and what is done where it does not end."""

import pytest
from msgspec.structs import replace

from realtime_rx.effects import CloseTransport, Notify, StartTimer
from realtime_rx.events import (
    AudioDelta,
    CreateItem,
    CreateResponse,
    EventSubmitted,
    OutputAttached,
    OutputItemDone,
    PlaybackDrained,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
    TextDelta,
    TimerFired,
    TranscriptDelta,
)
from realtime_rx.policies import Watchdogs
from realtime_rx.state import Latency

from ..folding import CONNECTED, TALKED, calling, drop, fold, message, only, run, sent, user

ASKED = fold(CONNECTED, ResponseRequested(at=10.0), ResponseCreated("r1", at=10.2))
WATCHED = replace(CONNECTED, watchdogs=Watchdogs(stalled_s=5.0, given_up_s=20.0))


def ms(latency: Latency) -> list[int | None]:
    figures = (getattr(latency, name) for name in latency.__struct_fields__)
    return [None if figure is None else round(figure) for figure in figures]


def test_a_written_turn_is_timed_to_its_first_token() -> None:
    """The first token of a turn counts from the request, and those after it count for nothing."""
    state = fold(ASKED, TextDelta("a1", "r1", delta="It", at=10.5), TextDelta("a1", "r1", delta=" is", at=11.0))
    assert ms(state.latency) == [500, None, None, None]


def test_a_spoken_turn_is_timed_from_the_end_of_speech() -> None:
    """The first sound of a turn counts from its beginning and from the provider's word that the user had finished."""
    state = fold(
        CONNECTED,
        SpeechStarted("u1", at=9.0),
        SpeechStopped("u1", at=10.0),
        ResponseCreated("r1", at=10.1),
        TranscriptDelta("a1", "r1", delta="It", at=10.3),
        AudioDelta("a1", "r1", byte_count=960, at=10.4),
        AudioDelta("a1", "r1", byte_count=960, at=10.9),
    )
    assert ms(state.latency) == [200, 300, 400, None]


def test_a_barge_in_is_timed_to_silence() -> None:
    """An interruption counts from the provider's word that the user speaks until the speaker is silent."""
    state = fold(
        ASKED,
        OutputAttached(),
        AudioDelta("a1", "r1", byte_count=48_000, at=10.4),
        SpeechStarted("u1", at=11.0),
        PlaybackDrained(at=11.08),
    )
    assert state.latency.barge_in_ms == pytest.approx(80)


def test_each_turn_is_timed_anew() -> None:
    """What was measured of one turn is not the next one's."""
    state = fold(ASKED, TextDelta("a1", "r1", delta="It", at=10.5), ResponseDone("r1"), ResponseRequested(at=20.0))
    assert state.latency == Latency()
    assert ms(fold(state, TextDelta("a2", "r2", delta="It", at=20.1)).latency)[0] == 100


def test_a_turn_without_a_word_is_stalled() -> None:
    """A response of which nothing comes is said to be stalled, until something comes."""
    state, effects = run(WATCHED, ResponseRequested(at=10.0))
    assert only(effects, StartTimer) == [StartTimer("stalled", 1, 5.0)]
    state, effects = run(state, TimerFired("stalled", 1, at=15.0))
    assert (state.stalled, effects) == (True, [StartTimer("stalled", 1, 15.0)])
    assert not fold(state, ResponseCreated("r1", at=16.0)).stalled


def test_a_turn_that_goes_on_is_looked_at_again() -> None:
    """Where something came in the meantime, the watch begins again from there."""
    state = fold(WATCHED, ResponseRequested(at=10.0), ResponseCreated("r1", at=13.0))
    after, effects = run(state, TimerFired("stalled", 1, at=15.0))
    assert (after.stalled, effects) == (False, [StartTimer("stalled", 1, 3.0)])


def test_a_turn_that_never_comes_is_given_up() -> None:
    """After long enough nobody waits any more: what was queued is asked for, what comes late is dropped."""
    state = fold(WATCHED, ResponseRequested(at=10.0), ResponseCreated("r1", at=10.5), ResponseRequested(at=11.0))
    state, effects = run(state, TimerFired("stalled", 1, at=31.0))
    assert [error.error.code for error in only(effects, Notify)] == ["response_timeout"]
    assert [type(event) for event in sent(effects)] == [CreateResponse]
    assert fold(state, TextDelta("a1", "r1", delta="late")).messages == ()


def test_a_turn_that_is_over_is_watched_no_more() -> None:
    """The watch of a turn that ended, or that waits for our own tools, ends with it."""
    over = fold(WATCHED, ResponseRequested(at=10.0), ResponseCreated("r1", at=10.5), ResponseDone("r1", at=11.0))
    assert run(over, TimerFired("stalled", 1, at=40.0)) == (over, [])
    ours = fold(WATCHED, ResponseCreated("r1", at=10.0), OutputItemDone("r1", calling("f1", "c1"), at=10.1))
    assert run(ours, TimerFired("stalled", 1, at=40.0)) == (ours, [])


def test_waiting_for_ever_can_be_asked_for() -> None:
    """Without watchdogs no timer is started."""
    state = replace(CONNECTED, watchdogs=Watchdogs(stalled_s=None))
    assert only(run(state, ResponseRequested(at=10.0))[1], StartTimer) == []


def test_a_silent_session_is_hung_up_where_that_is_wanted() -> None:
    """A session in which nobody says anything for so long is disconnected, and says why."""
    patient = replace(TALKED, watchdogs=Watchdogs(idle_s=60.0))
    state, effects = run(patient, drop(patient), SessionCreated("s2", at=100.0))
    assert only(effects, StartTimer) == [StartTimer("idle", 2, 60.0)]
    spoken = fold(state, SpeechStarted("u9", at=130.0))
    assert run(spoken, TimerFired("idle", 2, at=160.0))[1] == [StartTimer("idle", 2, 30.0)]
    state, effects = run(state, TimerFired("idle", 2, at=160.0))
    assert (state.status, state.error and state.error.code) == ("disconnected", "idle")
    assert CloseTransport(2) in effects


def test_waiting_is_no_silence() -> None:
    """A session that is waiting for its provider is not idle."""
    busy = replace(TALKED, watchdogs=Watchdogs(idle_s=1.0))
    busy = fold(busy, EventSubmitted(CreateItem(user("u2", "Hm"))), ResponseRequested(at=50.0))
    assert fold(busy, TimerFired("idle", 1, at=60.0)).status == "connected"
    assert message(busy, "u2").text == "Hm"
