"""When turns start and stop, for any probabilities."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.session import SEMANTIC_VAD, SERVER_VAD
from realtime_rx.local.turns import LONGEST_TURN_MS, Fact, SpeechStarted, SpeechStopped, TurnDetector, TurnRules

MS = 16
FRAME = 512
Heard = list[tuple[float, int]]
probabilities = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.36, 0.5, 0.9, 1.0]), st.sampled_from([160, 320, 512])))
runs = st.lists(st.tuples(st.sampled_from([0.0, 0.4, 0.9]), st.integers(1, 40)), max_size=20)
rules = st.builds(
    TurnRules,
    threshold=st.floats(0, 1),
    prefix_ms=st.integers(0, 2000),
    silence_ms=st.integers(0, 2000),
)


def run(heard: Heard, rules: TurnRules, detector: TurnDetector | None = None) -> tuple[TurnDetector, list[Fact]]:
    """The detector after all of it, and what it said."""
    detector, facts = detector or TurnDetector(), []
    for probability, samples in heard:
        detector, fact = detector.hear(probability, samples, rules)
        facts += [fact] if fact else []
    return detector, facts


def frames(*runs: tuple[float, int]) -> Heard:
    """So many frames of 32 ms of each probability."""
    return [(probability, FRAME) for probability, count in runs for _ in range(count)]


@given(probabilities, runs, rules)
def test_starts_and_stops_alternate(some: Heard, more: list[tuple[float, int]], rules: TurnRules) -> None:
    """Every turn starts before it stops, none overlaps the one before, and none lies outside of what was heard."""
    heard = some + frames(*more)
    detector, facts = run(heard, rules)
    kinds = [type(fact) for fact in facts]
    assert kinds == [SpeechStarted, SpeechStopped] * (len(facts) // 2) + [SpeechStarted] * (len(facts) % 2)
    assert all(earlier.at <= later.at for earlier, later in pairwise(facts))
    assert detector.is_speaking == (len(facts) % 2 == 1)
    assert detector.heard == sum(samples for _, samples in heard)
    assert all(0 <= fact.at <= detector.heard for fact in facts)
    for start, stop in zip(facts[::2], facts[1::2], strict=False):
        assert isinstance(stop, SpeechStopped)
        assert stop.begun == start.at < stop.at


@given(runs, rules, st.integers(0, 60))
def test_where_the_stream_is_cut_does_not_matter(some: list[tuple[float, int]], rules: TurnRules, at: int) -> None:
    """Stopped anywhere and taken up again, a detector says the same."""
    heard = frames(*some)
    whole = run(heard, rules)
    before, facts = run(heard[:at], rules)
    after, more = run(heard[at:], rules, before)
    assert (after, facts + more) == whole


@given(st.lists(st.floats(0, 0.49), max_size=200), st.integers(0, 2000))
def test_below_the_threshold_nothing_starts(quiet: list[float], silence_ms: int) -> None:
    """Sound that is never speech enough starts nothing, however long it lasts."""
    assert run([(one, FRAME) for one in quiet], TurnRules(silence_ms=silence_ms))[1] == []


@given(st.integers(1, 100), st.integers(0, 1000), st.integers(0, 1500))
def test_a_turn_holds_its_padding_and_its_silence(voiced: int, prefix_ms: int, silence_ms: int) -> None:
    """A turn begins `prefix_padding_ms` before the speech and ends when `silence_duration_ms` of silence is full."""
    lead = 60
    heard = frames((0.0, lead), (0.9, voiced + 1), (0.0, 60))
    detector, facts = run(heard, TurnRules(prefix_ms=prefix_ms, silence_ms=silence_ms))
    start, stop = facts
    assert start.at == (lead * 32 - prefix_ms) * MS
    silent = stop.at - (lead + voiced + 1) * FRAME
    assert silence_ms * MS <= silent < silence_ms * MS + FRAME or silent == FRAME > silence_ms * MS
    assert not detector.is_speaking


def test_one_frame_of_speech_is_a_click() -> None:
    """Speech shorter than 64 ms starts nothing, and two bursts of it do not add up."""
    assert run(frames((0.9, 1), (0.0, 1), (0.9, 1), (0.0, 1)), TurnRules())[1] == []
    assert run(frames((0.0, 20), (0.9, 2)), TurnRules())[1] == [SpeechStarted((20 * 32 - 300) * MS)]


def test_a_turn_goes_on_at_a_lower_probability() -> None:
    """What is too unsure to start a turn by up to 0.15 keeps it going."""
    detector, _ = run(frames((0.9, 2), (0.36, 100)), TurnRules())
    assert detector.is_speaking
    detector, _ = run(frames((0.9, 2), (0.34, 100)), TurnRules())
    assert not detector.is_speaking


def test_the_first_turn_does_not_begin_before_the_sound() -> None:
    """Padding is no longer than what there is, and does not reach into the turn before."""
    _, facts = run(frames((0.9, 2), (0.0, 16), (0.9, 2)), TurnRules(silence_ms=500))
    assert [fact.at for fact in facts] == [0, 18 * FRAME, 18 * FRAME]


def test_endless_speech_is_cut() -> None:
    """After two minutes a turn ends, and the next one begins where it ended."""
    _, facts = run(frames((0.9, 2 + LONGEST_TURN_MS // 32 + 2)), TurnRules())
    assert [fact.at for fact in facts] == [0, LONGEST_TURN_MS * MS, LONGEST_TURN_MS * MS]


def test_what_is_settled_is_in_no_turn() -> None:
    """A detector that begins at a position reaches back to it at most."""
    _, facts = run(frames((0.9, 2)), TurnRules(prefix_ms=1000), TurnDetector.at(8000))
    assert facts == [SpeechStarted(8000)]


@pytest.mark.parametrize(("eagerness", "ms"), [("low", 800), ("medium", 500), ("high", 300), ("auto", 500)])
def test_eagerness_is_the_length_of_a_silence(eagerness: str, ms: int) -> None:
    """semantic_vad waits longer the less eager it is, and is otherwise server_vad with its defaults."""
    assert TurnRules.of({**SEMANTIC_VAD, "eagerness": eagerness}) == TurnRules(silence_ms=ms)


def test_server_vad_sets_every_rule() -> None:
    """Each setting of server_vad has its rule; the defaults are those of the hosted service."""
    assert TurnRules.of(SERVER_VAD) == TurnRules()
    settings = {
        "threshold": 0.7,
        "prefix_padding_ms": 100,
        "silence_duration_ms": 200,
        "idle_timeout_ms": 6000,
        "create_response": False,
        "interrupt_response": False,
    }
    assert TurnRules.of({**SERVER_VAD, **settings}) == replace(
        TurnRules(),
        threshold=0.7,
        prefix_ms=100,
        silence_ms=200,
        idle_ms=6000,
        creates=False,
        interrupts=False,
    )
