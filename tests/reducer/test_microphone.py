"""The microphone: what a provider is told when it goes off, or gives no sound."""

from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx.abc import Provider
from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import StartTimer
from realtime_rx.events import (
    AppendAudio,
    AudioCommitted,
    CapturePaused,
    CaptureStarted,
    CaptureStopped,
    ClientEvent,
    CommitAudio,
    ConnectRequested,
    CreateResponse,
    DisconnectRequested,
    Event,
    InterruptRequested,
    ItemAdded,
    ResponseCreated,
    ServerError,
    SpeechStarted,
    SpeechStopped,
    TimerFired,
)
from realtime_rx.formats import PCM16_16K, PCMU, AudioFormat
from realtime_rx.items import Item
from realtime_rx.providers import Cartesia, ElevenLabs, OpenAITranslation
from realtime_rx.reducer.reconnection import is_quiet
from realtime_rx.state import SessionState

from ..folding import CONNECTED, drop, fold, only, run, sent

DUE = TimerFired("turn", 1)
OFF = (CaptureStarted(), CaptureStopped())
CUT = fold(CONNECTED, CaptureStarted(), SpeechStarted("u1"), CaptureStopped())
"""The microphone went off while the provider heard somebody speak."""
UNTOLD = replace(CONNECTED, capabilities=Capabilities(manual_turns=False))
"""The provider cannot be told that a turn is over."""


def heard_ms(state: SessionState, events: list[ClientEvent]) -> float:
    """How much silence is among the events; all sound in them is silence."""
    sounds = [event.audio for event in events if isinstance(event, AppendAudio)]
    quiet = {"pcm16": {0}, "pcmu": {0xFF}, "pcma": {0xD5}}[state.input_format.encoding]
    assert set().union(*sounds) <= quiet
    return sum(map(state.input_format.milliseconds, map(len, sounds)))


def listening(**detection: Any) -> SessionState:
    return replace(CONNECTED, config=SessionConfig(turn_detection=TurnDetection(**detection)))


@pytest.mark.parametrize(
    ("state", "milliseconds"),
    [
        (CONNECTED, 1000),
        (listening(type="semantic_vad", eagerness="low"), 1000),
        (listening(silence_duration_ms=200), 700),
        (listening(silence_duration_ms=5000), 2000),
        (listening(type="disabled"), 0),
        (UNTOLD, 2000),
        (replace(CONNECTED, input_format=PCMU), 1000),
        (replace(CONNECTED, input_format=PCM16_16K), 1000),
        (replace(CONNECTED, input_format=AudioFormat("pcma", 8000)), 1000),
    ],
)
def test_a_microphone_that_goes_off_leaves_a_silence_behind(state: SessionState, milliseconds: float) -> None:
    """A provider that listens for the end of speech is sent more silence than it waits for, once, in its format."""
    _, effects = run(state, *OFF, CaptureStopped())
    events = sent(effects)
    assert heard_ms(state, events) == milliseconds
    assert all(isinstance(event, AppendAudio) for event in events)


def test_a_provider_that_wants_to_be_told_that_the_microphone_is_off_is_told() -> None:
    """Such a provider is sent a pause in the silence's place, but not in push-to-talk."""
    told = CommitAudio(pause=True)
    waits = replace(CONNECTED, capabilities=Capabilities(microphone_off=True))
    pushed = replace(waits, config=SessionConfig(turn_detection=TurnDetection.disabled()))
    assert [sent(run(state, *OFF, CaptureStopped())[1]) for state in (waits, pushed)] == [[told], []]
    assert sent(run(waits, CaptureStarted(), CapturePaused())[1]) == [told]


def test_nobody_is_sent_silence_without_a_connection() -> None:
    """What goes off while nobody is there, or a lost connection is made again, says nothing; a first dial is told."""
    gone = fold(CONNECTED, CaptureStarted(), DisconnectRequested())
    cut = fold(CONNECTED, CaptureStarted(), drop(CONNECTED))
    dialling = fold(gone, ConnectRequested())
    assert [bool(sent(run(state, CaptureStopped())[1])) for state in (gone, cut, dialling)] == [False, False, True]


def test_who_lets_a_key_go_has_said_that_it_is_over() -> None:
    """Push-to-talk commits what was said by itself: no silence follows, whoever else listens for the end of speech."""
    assert run(CONNECTED, CaptureStarted(), CaptureStopped(released=True))[1] == []


@pytest.mark.parametrize("detection", [TurnDetection(), TurnDetection.disabled()], ids=["heard", "pushed"])
@pytest.mark.parametrize("is_released", [True, False])
def test_a_key_that_nobody_can_be_told_of_is_let_go_into_silence(detection: TurnDetection, is_released: bool) -> None:
    """Who takes no commits is sent silence when the key goes up, whatever the settings say of turns."""
    start = replace(UNTOLD, config=SessionConfig(turn_detection=detection))
    state, effects = run(start, CaptureStarted(), SpeechStarted("u1"), CaptureStopped(released=is_released))
    assert heard_ms(state, sent(effects)) == 2000
    assert fold(state, *[DUE] * 10).mode == "idle"


def test_a_turn_that_ends_by_its_silence_is_left_alone() -> None:
    """Where the provider says in time that the speech is over, nothing more is sent."""
    ended = fold(CUT, SpeechStopped("u1"), AudioCommitted("u1"))
    assert run(ended, DUE) == (ended, [])
    assert run(fold(CUT, CaptureStarted()), DUE)[1] == []


def test_a_turn_that_stays_open_is_committed_and_asked_about() -> None:
    """Who goes on hearing somebody speak is told that the turn is over; the response is asked for once it is taken."""
    state, effects = run(CUT, DUE)
    assert sent(effects) == [CommitAudio()]
    state, effects = run(state, AudioCommitted("u1"), ItemAdded(Item(id="u1", role="user")))
    assert sent(effects) == [CreateResponse(event_id="rx_create_1")]
    assert (state.flow.user_speaking, state.flow.committing, state.mode) == (False, False, "thinking")
    assert sent(run(state, DUE)[1]) == []


@pytest.mark.parametrize(
    "state",
    [
        replace(CUT, config=SessionConfig(turn_detection=TurnDetection.semantic(create_response=False))),
        replace(CUT, capabilities=Capabilities(responses="none")),
    ],
)
def test_a_response_that_nobody_was_to_give_is_not_asked_for(state: SessionState) -> None:
    """Where the provider was not to answer by itself, or answers nothing, the turn is committed and that is all."""
    assert sent(run(state, DUE, AudioCommitted("u1"))[1]) == [CommitAudio()]


def test_a_commit_that_comes_too_late_is_no_error() -> None:
    """Where the turn ended by itself while the commit was on its way, one response comes, and no error is shown."""
    refused = ServerError("buffer too small", "input_audio_buffer_commit_empty")
    over = (SpeechStopped("u1"), AudioCommitted("u1"), ResponseCreated("r1"), refused)
    state, effects = run(CUT, DUE, *over, TimerFired("turn", 1))
    assert (sent(effects), state.error, state.flow.committing) == ([CommitAudio()], None, False)
    assert fold(CONNECTED, refused).error is not None


def test_a_turn_that_is_interrupted_while_it_is_committed_is_not_asked_about() -> None:
    """Who is told to be silent between the commit and its confirmation is asked nothing, and commits nothing more."""
    state, effects = run(fold(CUT, DUE), InterruptRequested(), DUE, AudioCommitted("u1"), DUE)
    assert (sent(effects), state.mode, state.flow.requested) == ([], "idle", False)


def test_a_commit_that_was_interrupted_is_neither_an_error_nor_the_next_turns() -> None:
    """A refusal of the commit is no error after the interruption, and what is said next is not asked about by us."""
    refused = ServerError("buffer too small", "input_audio_buffer_commit_empty")
    stopped = fold(CUT, DUE, InterruptRequested())
    assert fold(stopped, refused).error is None
    said = (AudioCommitted("u1"), CaptureStarted(), SpeechStarted("u2"), SpeechStopped("u2"), AudioCommitted("u2"))
    assert sent(run(stopped, *said)[1]) == []
    ended_late = (AudioCommitted("u1"), CaptureStarted(), SpeechStarted("u2"), AudioCommitted("u2"))
    assert sent(run(stopped, *ended_late)[1]) == []


@pytest.mark.parametrize("provider", [None, ElevenLabs("agent_a"), Cartesia(api_key="x"), OpenAITranslation()])
def test_nobody_is_listened_to_for_ever(provider: Provider | None) -> None:
    """Where nothing ends the turn, nobody is said to speak after 8 s, no timer runs, and a renewal finds its moment."""
    start = CONNECTED if provider is None else replace(CONNECTED, capabilities=provider.capabilities)
    state, effects = run(start, CaptureStarted(), SpeechStarted("u1"), CaptureStopped())
    assert (state.mode, is_quiet(state)) == ("listening", False)
    waited = 0.0
    while timers := only(effects, StartTimer):
        waited += timers[0].after_s
        state, effects = run(state, DUE)
    assert waited <= 8.0
    assert (state.mode, is_quiet(state)) == ("idle", True)


def test_who_cannot_be_told_that_a_turn_is_over_goes_on_hearing_silence() -> None:
    """A provider without commits is sent silence in real time until it hears that nobody speaks, 8 s at most."""
    state, effects = run(UNTOLD, CaptureStarted(), SpeechStarted("u1"), CaptureStopped())
    total = heard_ms(state, sent(effects))
    for _ in range(3):
        state, effects = run(state, DUE)
        assert heard_ms(state, sent(effects)) == 1000 * only(effects, StartTimer)[0].after_s
    assert run(fold(state, SpeechStopped("u1")), DUE)[1] == []
    _, effects = run(state, *[DUE] * 10)
    assert total + 3000 + heard_ms(state, sent(effects)) == 8000


def test_who_speaks_again_is_given_all_of_the_silence_again() -> None:
    """What was sent for one turn does not count for the next."""
    speaks_and_stops = (CaptureStarted(), SpeechStarted("u1"), CaptureStopped(), *[DUE] * 10)
    state, once = run(UNTOLD, *speaks_and_stops)
    assert run(state, *speaks_and_stops)[1] == once


@pytest.mark.parametrize("start", [CONNECTED, UNTOLD])
def test_a_page_that_stays_away_is_sent_silence_no_faster_than_real_time(start: SessionState) -> None:
    """While a page is away a turn that stays open is given 1 s of silence per pause, and after 8 s nobody speaks."""
    state, effects = run(start, CaptureStarted(), SpeechStarted("u1"), CapturePaused())
    total = heard_ms(state, sent(effects))
    for _ in range(10):
        state, effects = run(state, DUE, CapturePaused())
        assert heard_ms(state, sent(effects)) <= 1000
        total += heard_ms(state, sent(effects))
    assert total <= 8000
    assert (state.flow.user_speaking, state.is_capturing) == (False, True)


SPOKE = [((), False), ((SpeechStarted("u1"),), True), ((SpeechStarted("u1"), SpeechStopped()), False)]


@pytest.mark.parametrize(("events", "is_told"), SPOKE)
def test_a_microphone_that_gives_no_sound_is_silence_where_somebody_spoke(
    events: tuple[Event, ...], is_told: bool
) -> None:
    """While a page is away its visitor's turn is ended with silence; where nobody spoke nothing is sent."""
    state, effects = run(CONNECTED, CaptureStarted(), *events, CapturePaused())
    assert (bool(sent(effects)), state.is_capturing) == (is_told, True)
