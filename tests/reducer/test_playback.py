"""What was received, what was heard, and what an interruption makes of the difference."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import Effect, FlushPlayback, PlayAudio
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    AudioDelta,
    AudioPlayed,
    CancelResponse,
    Event,
    Interrupted,
    InterruptRequested,
    OutputAttached,
    OutputDetached,
    PlaybackDrained,
    ResponseCreated,
    ResponseDone,
    SpeechStarted,
    TranscriptDelta,
    TruncateItem,
)
from realtime_rx.items import AudioPart
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState
from tests.folding import ANSWERING, CONNECTED, fold, message, only, part, run, sent

HUNDRED_MS = 4800


def sound(item_id: str = "a1", response_id: str = "r1", milliseconds: int = 100) -> AudioDelta:
    return AudioDelta(item_id, response_id, byte_count=milliseconds * 48, audio="AAAA")


LISTENED = fold(ANSWERING, OutputAttached())
SAYING = fold(LISTENED, TranscriptDelta("a1", "r1", delta="One two three"), *(sound() for _ in range(10)))


def test_sound_that_waits_to_be_heard_is_playing() -> None:
    """With a speaker attached, sound that was received is playing until the speaker has drained."""
    state = fold(SAYING, ResponseDone("r1"))
    assert (state.is_playing, state.mode) == (True, "speaking")
    state = fold(state, AudioPlayed("a1", 0, 1000.0), PlaybackDrained())
    assert (state.is_playing, state.mode) == (False, "idle")


def test_what_was_heard_stays_heard() -> None:
    """A report that comes late, of less than is known to have been heard, takes nothing back."""
    state = fold(SAYING, AudioPlayed("a1", 0, 400.0), AudioPlayed("a1", 0, 300.0))
    assert [playing.heard_ms for playing in state.flow.playing] == [400.0]


def test_without_a_speaker_nothing_plays() -> None:
    """Nobody listens where no speaker is attached: nothing is playing and nothing is counted."""
    state = fold(ANSWERING, sound())
    assert (state.is_playing, state.flow.playing) == (False, ())


def test_speech_over_unheard_sound_interrupts() -> None:
    """A user who speaks while sound is unheard silences it, cancels its response by id, and is listened to."""
    state, effects = run(fold(SAYING, AudioPlayed("a1", 0, 400.0)), SpeechStarted("u1"))
    assert effects[0] == FlushPlayback()
    assert sent(effects) == [CancelResponse("r1")]
    assert (state.mode, state.is_playing, message(state, "a1").interrupted) == ("listening", False, True)


def test_the_model_is_told_what_was_heard_when_the_speaker_is_silent() -> None:
    """One truncation follows an interruption, at what the speaker really let be heard, the last of it included."""
    state = fold(SAYING, AudioPlayed("a1", 0, 400.0), SpeechStarted("u1"))
    state, effects = run(state, AudioPlayed("a1", 0, 430.0), PlaybackDrained(), PlaybackDrained())
    assert sent(effects) == [TruncateItem("a1", 430)]
    part = message(state, "a1").parts[0]
    assert isinstance(part, AudioPart)
    assert (part.heard_ms, part.transcript) == (430, "One two three")


def test_an_ordinary_turn_truncates_nothing() -> None:
    """Speech that starts when everything has been heard cancels and truncates nothing."""
    quiet = fold(SAYING, ResponseDone("r1"), AudioPlayed("a1", 0, 1000.0), PlaybackDrained())
    assert run(quiet, SpeechStarted("u1"), PlaybackDrained())[1] == []


def test_what_was_not_heard_at_all_is_not_truncated() -> None:
    """A part of which nothing was heard is not truncated: the provider refuses to truncate to nothing."""
    _, effects = run(SAYING, SpeechStarted("u1"), PlaybackDrained())
    assert sent(effects) == [CancelResponse("r1")]


def test_what_was_heard_to_its_end_is_not_truncated() -> None:
    """A part that turns out to have been heard whole is neither truncated nor marked."""
    over = fold(SAYING, ResponseDone("r1"), AudioPlayed("a1", 0, 990.0))
    state, effects = run(over, SpeechStarted("u1"), AudioPlayed("a1", 0, 1000.0), PlaybackDrained())
    assert sent(effects) == []
    assert not message(state, "a1").interrupted


def test_a_speaker_cannot_have_played_more_than_there_was() -> None:
    """A played report beyond what was received counts as all that was received."""
    state = fold(SAYING, AudioPlayed("a1", 0, 9100.0))
    assert state.flow.playing[0].heard_ms == 1000.0


def test_a_finished_response_is_truncated_without_a_cancel() -> None:
    """Sound of a response that is over is cut off without cancelling anything."""
    over = fold(SAYING, ResponseDone("r1"), AudioPlayed("a1", 0, 300.0))
    state, effects = run(over, InterruptRequested(), PlaybackDrained())
    assert sent(effects) == [TruncateItem("a1", 300)]
    assert message(state, "a1").interrupted


def test_late_sound_of_an_interrupted_response_is_not_played() -> None:
    """Deltas that come after the interruption of their response play nothing."""
    state, effects = run(fold(SAYING, InterruptRequested()), sound(), sound())
    assert only(effects, PlayAudio) == []
    assert not state.is_playing


def test_the_next_answer_settles_the_one_before() -> None:
    """When the next answer is heard, what was heard of the interrupted one is known, and told once."""
    cut = fold(SAYING, AudioPlayed("a1", 0, 200.0), InterruptRequested(), ResponseDone("r1", "cancelled"))
    state, effects = run(cut, ResponseCreated("r2"), sound("a2", "r2"), AudioPlayed("a2", 0, 50.0), PlaybackDrained())
    assert sent(effects) == [TruncateItem("a1", 200)]
    assert message(state, "a1").status != "in_progress"


def test_a_session_can_refuse_to_be_interrupted() -> None:
    """Where ``interrupt_response`` is False the assistant goes on speaking over the user."""
    config = SessionConfig(turn_detection=TurnDetection.server(interrupt_response=False))
    polite = SessionState(**{**{n: getattr(SAYING, n) for n in SAYING.__struct_fields__}, "config": config})
    assert run(polite, SpeechStarted("u1"))[1] == []


def test_speech_interrupts_nothing_where_the_provider_says_what_is_interrupted() -> None:
    """Where interruptions are events of the provider's own, speech alone silences nothing; such an event does."""
    state = replace(SAYING, capabilities=replace(SAYING.capabilities, interruption="event", truncate=False))
    state, effects = run(state, SpeechStarted())
    assert (effects, state.is_playing) == ([], True)
    state, effects = run(state, Interrupted("r1"), AudioPlayed("a1", 0, 400.0), PlaybackDrained())
    assert effects == [FlushPlayback()]
    assert (message(state, "a1").interrupted, part(state, "a1").heard_ms) == (True, 400)


def test_a_pause_within_an_answer_is_counted_on() -> None:
    """A speaker that runs dry within an answer goes on counting where it was."""
    paused = fold(
        LISTENED, sound(), AudioPlayed("a1", 0, 100.0), PlaybackDrained(), sound(), AudioPlayed("a1", 0, 150.0)
    )
    assert sent(run(paused, InterruptRequested(), PlaybackDrained())[1])[-1] == TruncateItem("a1", 150)


def test_a_lost_speaker_is_an_error_and_the_session_goes_on() -> None:
    """A speaker that is lost ends the playing with an error in the state, and nothing else."""
    lost = RealtimeErrorInfo(message="unplugged", code="audio_device")
    state, effects = run(SAYING, OutputDetached(lost))
    assert (state.status, state.is_playing, state.error) == ("connected", False, lost)
    assert sent(effects) == []


@dataclass
class Model:
    """The rule of truncation, kept by hand: samples are milliseconds here."""

    received: dict[str, int] = field(default_factory=dict[str, int])
    told: list[TruncateItem] = field(default_factory=list[TruncateItem])

    def watch(self, state: SessionState, event: Event, effects: tuple[Effect, ...]) -> None:
        played = only(effects, PlayAudio)
        if isinstance(event, AudioDelta) and played and state.flow.has_output:
            self.received[event.item_id] = self.received.get(event.item_id, 0) + event.byte_count // 48
        self.told += [each for each in sent(effects) if isinstance(each, TruncateItem)]


turns = st.integers(1, 3)
steps = st.one_of(
    st.builds(lambda n: ResponseCreated(f"r{n}"), turns),
    st.builds(lambda n, ms: sound(f"a{n}", f"r{n}", ms), turns, st.integers(1, 300)),
    st.builds(lambda n, ms: AudioPlayed(f"a{n}", 0, float(ms)), turns, st.integers(0, 500)),
    st.builds(lambda n, how: ResponseDone(f"r{n}", how), turns, st.sampled_from(("completed", "cancelled"))),
    st.sampled_from([PlaybackDrained(), SpeechStarted("u1"), InterruptRequested(), OutputAttached(), OutputDetached()]),
)


@given(st.lists(steps, max_size=40))
def test_truncation_obeys_its_rule_in_every_order(events: list[Event]) -> None:
    """Whatever comes in whatever order, a truncation lies strictly between nothing and all that was received."""
    state, model = fold(CONNECTED, OutputAttached()), Model()
    for event in events:
        before = state
        state, effects = reduce(state, event)
        model.watch(before, event, effects)
        late = [each for each in only(effects, PlayAudio) if each.response_id in before.flow.discarded]
        assert late == []
    for each in model.told:
        assert 0 < each.audio_end_ms < model.received[each.item_id]
