"""The one pure function: its table, its promises, its ring, its modes."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events.base import LocalEvent, ServerEvent
from realtime_rx.items import Usage
from realtime_rx.reducer import CASES, reduce
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, calling, fold, spoken, user

KINDS = [kind for name in ev.__all__ if inspect.isclass(kind := getattr(ev, name))]
CONCRETE = [kind for kind in KINDS if kind not in (ServerEvent, LocalEvent, ev.ClientEvent)]


def test_every_event_has_its_case() -> None:
    """The table has a case for each server and local event, and for nothing else."""
    assert set(CASES) == {kind for kind in CONCRETE if issubclass(kind, ServerEvent | LocalEvent)}
    assert set(ev.SERVER_EVENTS) == {kind for kind in CONCRETE if issubclass(kind, ServerEvent)}


def test_every_event_has_its_own_name() -> None:
    """No two events share a type, and every type is kebab-case."""
    for base in (ServerEvent, LocalEvent, ev.ClientEvent):
        names = [str(kind.__struct_config__.tag) for kind in CONCRETE if issubclass(kind, base)]
        assert len(names) == len(set(names))
        assert all(name == name.lower() and "_" not in name for name in names)


INFO = RealtimeErrorInfo(message="m")
NOTHING_CHANGES: list[tuple[SessionState, ev.Event]] = [
    (CONNECTED, ev.ConnectRequested(SessionConfig(voice="marin"))),
    (CONNECTED, ev.TransportOpened(1)),
    (CONNECTED, ev.TransportClosed(7, INFO)),
    (CONNECTED, ev.ConnectFailed(7, INFO)),
    (SessionState(), ev.DisconnectRequested()),
    (SessionState(), ev.TransportClosed(0, INFO)),
    (CONNECTED, ev.CancelRequested()),
    (CONNECTED, ev.InterruptRequested()),
    (CONNECTED, ev.ToolReturned("c")),
    (CONNECTED, ev.ToolFailed("c", INFO)),
    (CONNECTED, ev.CaptureStopped()),
    (fold(CONNECTED, ev.CaptureStarted()), ev.CapturePaused()),
    (fold(CONNECTED, ev.CaptureStarted()), ev.CaptureStarted()),
    (CONNECTED, ev.PlaybackDrained()),
    (fold(CONNECTED, ev.PlaybackStarted()), ev.PlaybackStarted()),
    (CONNECTED, ev.EventSubmitted(ev.CommitAudio())),
]


@pytest.mark.parametrize(("state", "event"), NOTHING_CHANGES, ids=lambda each: getattr(each, "type", ""))
def test_nothing_changed_is_the_same_object(state: SessionState, event: ev.Event) -> None:
    """A local event that changes nothing gives back the very same state."""
    assert reduce(state, event)[0] is state


ONLY_REMEMBERED: list[ServerEvent] = [
    ev.AudioCleared(),
    ev.DtmfReceived("1"),
    ev.FrameRejected("no JSON"),
    ev.InputTimeout("u1"),
    ev.InputTranscriptionSegment("u1"),
    ev.ItemDeleted("nobody"),
    ev.ItemTruncated("nobody"),
    ev.McpCallProgress("nobody", "completed"),
    ev.McpToolsProgress("x", "in_progress"),
    ev.OutputAudioCleared(),
    ev.OutputAudioStarted(),
    ev.OutputAudioStopped(),
    ev.ProviderEvent("ping"),
    ev.ResumptionHandle("", resumable=False),
    ev.ToolCallsCancelled(("nobody",)),
]


@pytest.mark.parametrize("event", ONLY_REMEMBERED, ids=lambda event: event.type)
def test_some_events_are_only_remembered(event: ServerEvent) -> None:
    """A server event that means nothing to the conversation changes the ring and no other slice."""
    after, effects = reduce(ANSWERING, event)
    changed = [n for n in after.__struct_fields__ if getattr(after, n) is not getattr(ANSWERING, n)]
    assert (changed, effects) == (["events"], ())
    assert after.events[-1] is event


def test_unchanged_slices_are_the_same_objects() -> None:
    """A delta changes its message and the ring, and every other slice and message stays the same object."""
    before = fold(
        CONNECTED,
        ev.ItemAdded(user("u1", "Hi")),
        ev.ResponseCreated("r1"),
        ev.UsageUpdated(Usage(total_tokens=1)),
        ev.TranscriptDelta("a1", "r1", delta="He"),
    )
    after = fold(before, ev.TranscriptDelta("a1", "r1", delta="y"))
    changed = {n for n in after.__struct_fields__ if getattr(after, n) is not getattr(before, n)}
    assert changed == {"messages", "events"}
    assert after.messages[0] is before.messages[0]


def test_the_ring_keeps_the_last_events() -> None:
    """The ring holds the last max_events server events in order, and no local ones."""
    state = SessionState.initial(max_events=3)
    state = fold(state, *(ev.ProviderEvent(str(n)) for n in range(5)), ev.CaptureStarted())
    assert [event.raw_type for event in state.events if isinstance(event, ev.ProviderEvent)] == ["2", "3", "4"]


def test_going_away_is_passed_on() -> None:
    """A go-away and a resumption handle can be read from the ring."""
    state = fold(CONNECTED, ev.GoAway(5_000), ev.ResumptionHandle("h", resumable=False))
    assert state.events[-2:] == (ev.GoAway(5_000), ev.ResumptionHandle("h", resumable=False))


def test_sound_is_not_remembered() -> None:
    """An audio delta in the ring has its size and no sound."""
    state = fold(ANSWERING, ev.AudioDelta("a1", "r1", 0, 0, "AAEC", 3))
    assert state.events[-1] == ev.AudioDelta("a1", "r1", 0, 0, "", 3)


MODES: list[tuple[str, tuple[ev.Event, ...]]] = [
    ("idle", ()),
    ("listening", (ev.CaptureStarted(),)),
    ("idle", (ev.CaptureStarted(), ev.CaptureStopped())),
    ("listening", (ev.SpeechStarted("u1"),)),
    ("idle", (ev.SpeechStarted("u1"), ev.SpeechStopped("u1"))),
    ("idle", (ev.SpeechStarted("u1"), ev.AudioCommitted("u1"))),
    ("thinking", (ev.ResponseRequested(),)),
    ("thinking", (ev.ResponseCreated("r1"),)),
    ("speaking", (ev.ResponseCreated("r1"), ev.TextDelta("a1", "r1", delta="x"))),
    ("speaking", (ev.ResponseCreated("r1"), ev.AudioDelta("a1", "r1"))),
    ("listening", (ev.ResponseCreated("r1"), ev.AudioDelta("a1", "r1"), ev.SpeechStarted("u1"))),
    ("idle", (ev.ResponseCreated("r1"), ev.AudioDelta("a1", "r1"), ev.ResponseDone("r1"))),
    ("speaking", (ev.ResponseCreated("r1"), ev.PlaybackStarted(), ev.ResponseDone("r1"))),
    ("idle", (ev.ResponseCreated("r1"), ev.PlaybackStarted(), ev.ResponseDone("r1"), ev.PlaybackDrained())),
    ("thinking", (ev.ResponseCreated("r1"), ev.OutputItemDone("r1", calling("f1", "c1")), ev.ResponseDone("r1"))),
    ("listening", (ev.CaptureStarted(), ev.ResponseCreated("r1"), ev.ResponseDone("r1"))),
]


@pytest.mark.parametrize(("mode", "events"), MODES, ids=range(len(MODES)))
def test_somebody_has_the_floor(mode: str, events: tuple[ev.Event, ...]) -> None:
    """The mode says who has the floor: a speaking user first, then the sound that is heard, then what is awaited."""
    assert fold(CONNECTED, *events).mode == mode


def test_the_speaker_is_on_or_off() -> None:
    """Playing and capturing are true from their start to their end, and false outside."""
    state = fold(CONNECTED, ev.PlaybackStarted(), ev.CaptureStarted())
    assert (state.is_playing, state.is_capturing) == (True, True)
    state = fold(state, ev.PlaybackDrained(), ev.CaptureStopped())
    assert (state.is_playing, state.is_capturing) == (False, False)


def turns(count: int) -> SessionState:
    """A conversation of so many turns, in the middle of an answer."""
    state = SessionState.initial(max_events=200)
    state = fold(state, ev.SessionCreated("s"))
    for n in range(count):
        state = fold(
            state,
            ev.AudioCommitted(f"u{n}", f"a{n - 1}" if n else None),
            ev.InputTranscriptionCompleted(f"u{n}", "Hi"),
            ev.ResponseCreated(f"r{n}"),
            ev.OutputItemAdded(f"r{n}", spoken(f"a{n}", status="in_progress")),
            ev.ItemAdded(spoken(f"a{n}", status="in_progress"), f"u{n}"),
            ev.TranscriptDelta(f"a{n}", f"r{n}", delta="He"),
            ev.TranscriptDone(f"a{n}", f"r{n}", transcript="Hey"),
            ev.OutputItemDone(f"r{n}", spoken(f"a{n}", "Hey")),
            ev.ResponseDone(f"r{n}", items=(spoken(f"a{n}", "Hey"),), usage=Usage(total_tokens=1)),
        )
    return fold(state, ev.ResponseCreated("r"), ev.TranscriptDelta("a", "r", delta="I"))


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions, Python's and C's, are called in doing this work."""
    count = 0

    def profile(_frame: Any, kind: str, _arg: Any) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(previous)
    return count


LONG = turns(1_000)
SHORT = turns(10)


@pytest.mark.parametrize(
    "event",
    [
        ev.TranscriptDelta("a", "r", delta=" am"),
        ev.AudioDelta("a", "r", audio="AAEC", byte_count=3),
        ev.TranscriptDone("a", "r", transcript="I am"),
        ev.ItemAdded(user("u", "Hi"), "a"),
        ev.AudioCommitted("v", "a"),
        ev.InputTranscriptionDelta("u3", "x"),
        ev.InputTranscriptionCompleted("u3", "x"),
        ev.OutputItemDone("r", calling("f", "c")),
        ev.ResponseDone("r", items=(spoken("a", "I am"),)),
        ev.InterruptRequested(),
        ev.ItemTruncated("a3", 0, 5),
    ],
    ids=lambda event: event.type,
)
def test_the_cost_of_an_event_does_not_grow(event: ev.Event) -> None:
    """An event after 1,000 turns costs at most twenty function calls more than after 10."""
    short, long = (calls_of(lambda state=state: reduce(state, event)) for state in (SHORT, LONG))
    assert long <= short + 20


def test_the_cost_of_an_event_does_not_grow_with_the_ring() -> None:
    """An event in a ring of 10,000 costs as many function calls as in one of 64, at every place in the ring."""
    costs = []
    for maxlen in (64, 10_000):
        state = fold(SessionState.initial(max_events=maxlen), *(ev.AudioCleared() for _ in range(maxlen + 5)))
        each: list[int] = []
        for _ in range(64):
            each.append(calls_of(lambda state=state: reduce(state, ev.AudioCleared())))
            state = fold(state, ev.AudioCleared())
        costs.append(max(each))
    assert costs[1] <= costs[0] + 1


def test_the_tail_of_a_conversation_is_all_that_is_copied() -> None:
    """A delta after 1,000 turns makes at most one new chunk of messages."""
    after = fold(LONG, ev.TranscriptDelta("a", "r", delta=" am"))
    assert after.messages._rest.chunks is LONG.messages._rest.chunks


def test_reducing_twice_gives_the_same() -> None:
    """The same state and event give an equal state and equal effects every time."""
    event = ev.OutputItemDone("r1", calling("f1", "c1"))
    assert reduce(ANSWERING, event) == reduce(ANSWERING, event)
