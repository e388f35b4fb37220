"""The store: events in, one state, streams out."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx.effects import Effect
from realtime_rx.events import (
    CaptureStarted,
    ConnectRequested,
    CreateItem,
    Event,
    EventSubmitted,
    PlaybackStarted,
    ProviderEvent,
    ServerEvent,
    SessionCreated,
    TextDelta,
)
from realtime_rx.reducer import reduce
from realtime_rx.selectors import transcript
from realtime_rx.state import SessionState
from realtime_rx.store import Store

from .folding import CONNECTED, fold, user


def numbered(number: int) -> ProviderEvent:
    return ProviderEvent(str(number))


def test_an_event_is_reduced_before_dispatch_returns() -> None:
    """The state after a dispatch on an idle store is the reduced one."""
    store = Store()
    store.dispatch(SessionCreated("s1"))
    assert store.state == fold(SessionState(), SessionCreated("s1"))


def test_a_subscriber_gets_the_current_state_first() -> None:
    """Whoever subscribes to the states gets the current one at once, and then each new one."""
    store = Store(CONNECTED)
    seen: list[SessionState] = []
    store.states.subscribe(seen.append)
    assert seen == [CONNECTED]
    store.dispatch(CaptureStarted())
    assert seen == [CONNECTED, store.state]


def test_an_event_that_changes_nothing_is_no_new_state() -> None:
    """The states stream is silent where the reducer gives the same state."""
    store = Store(fold(CONNECTED, CaptureStarted()))
    seen: list[SessionState] = []
    store.states.subscribe(seen.append)
    store.dispatch(CaptureStarted())
    assert len(seen) == 1


def test_server_events_come_after_their_state() -> None:
    """Only server events are in their stream, each when the state has it already."""
    store = Store()
    seen: list[tuple[ServerEvent, bool]] = []
    store.server_events.subscribe(lambda event: seen.append((event, store.state.events[-1] is event)))
    store.dispatch(CaptureStarted())
    store.dispatch(numbered(1))
    assert seen == [(numbered(1), True)]


def test_effects_come_after_their_state() -> None:
    """An effect is run when its state is there, before anybody is told, and is streamed after the state."""
    order: list[Any] = []
    store = Store(run_effect=lambda effect: order.append(("run", type(effect).__name__, store.state.status)))
    store.states.subscribe(lambda state: order.append(("state", state.status)))
    store.effects.subscribe(lambda effect: order.append(("streamed", type(effect).__name__)))
    store.dispatch(ConnectRequested())
    assert order == [
        ("state", "disconnected"),
        ("run", "OpenTransport", "connecting"),
        ("run", "Send", "connecting"),
        ("state", "connecting"),
        ("streamed", "OpenTransport"),
        ("streamed", "Send"),
    ]


def test_events_dispatched_by_a_subscriber_come_next() -> None:
    """What a subscriber dispatches is reduced after the current event, in order, for all subscribers alike."""
    store = Store()
    seen: list[list[str]] = [[], []]

    def first(event: ServerEvent) -> None:
        seen[0].append(name(event))
        if name(event) == "1":
            store.dispatch(numbered(2))
            store.dispatch(numbered(3))

    store.server_events.subscribe(first)
    store.server_events.subscribe(lambda event: seen[1].append(name(event)))
    store.dispatch(numbered(1))
    assert seen == [["1", "2", "3"], ["1", "2", "3"]]
    assert [name(event) for event in store.state.events] == ["1", "2", "3"]


def name(event: ServerEvent) -> str:
    assert isinstance(event, ProviderEvent)
    return event.raw_type


def test_events_dispatched_by_an_effect_come_next() -> None:
    """An effect's result that comes back at once is reduced after the event that asked for it."""
    store = Store(CONNECTED, run_effect=lambda _: store.dispatch(CaptureStarted()))
    seen: list[tuple[int, bool]] = []
    store.states.subscribe(lambda state: seen.append((len(state.messages), state.is_capturing)))
    store.dispatch(EventSubmitted(CreateItem(user("u1", "Hi"))))
    assert seen == [(0, False), (1, False), (1, True)]


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_threads_lose_no_event(count: int) -> None:
    """Of 8 threads that dispatch thousands of events each, every event is reduced and told, in its thread's order."""
    store = Store(SessionState.initial(max_events=16_000))
    told: list[ServerEvent] = []
    states: list[int] = []
    store.server_events.subscribe(told.append)
    store.states.subscribe(lambda state: states.append(id(state)))
    start = threading.Barrier(8)

    def work(worker: int) -> None:
        start.wait()
        for turn in range(count):
            store.dispatch(ProviderEvent(f"{worker}:{turn}"))

    in_threads(work, 8)
    assert len(states) == 1 + 8 * count
    assert told[-16_000:] == list(store.state.events)
    turns: dict[str, list[int]] = {}
    for event in told:
        worker, _, turn = name(event).partition(":")
        turns.setdefault(worker, []).append(int(turn))
    assert [turns[str(worker)] for worker in range(8)] == [list(range(count))] * 8


def in_threads(work: Callable[[int], None], count: int) -> None:
    workers = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_subscribing_while_others_dispatch_misses_nothing() -> None:
    """A subscriber that comes while events are dispatched sees every state from its first one on."""
    store = Store(SessionState.initial(max_events=5_000))
    seen: list[list[int]] = []

    def work(worker: int) -> None:
        for number in range(1_000):
            if worker and number % 100 == 0:
                mine: list[int] = []
                seen.append(mine)
                store.states.subscribe(lambda state, mine=mine: mine.append(len(state.events)))
            store.dispatch(numbered(number))

    in_threads(work, 4)
    assert seen
    assert all(mine == list(range(mine[0], 4_001)) for mine in seen)


def test_a_raising_subscriber_is_alone_with_its_trouble() -> None:
    """A subscriber that raises is reported, stays subscribed, and keeps nothing from the others."""
    errors: list[BaseException] = []
    store = Store(report=errors.append)
    tries: list[ServerEvent] = []
    seen: list[ServerEvent] = []

    def raising(event: ServerEvent) -> None:
        tries.append(event)
        raise RuntimeError("boom")

    store.server_events.subscribe(raising)
    store.server_events.subscribe(seen.append)
    store.dispatch(numbered(1))
    store.dispatch(numbered(2))
    assert tries == seen == [numbered(1), numbered(2)]
    assert [str(error) for error in errors] == ["boom", "boom"]


async def test_a_cancelled_future_is_trouble_of_its_subscriber_alone() -> None:
    """A subscriber that asks a cancelled future for its result is reported like any other that raises."""
    errors: list[BaseException] = []
    store = Store(report=errors.append)
    seen: list[ServerEvent] = []
    cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cancelled.cancel()

    def ask(_: ServerEvent) -> None:
        cancelled.result()

    store.server_events.subscribe(ask)
    store.server_events.subscribe(seen.append)
    store.dispatch(numbered(1))
    store.dispatch(numbered(2))
    assert seen == [numbered(1), numbered(2)]
    assert [type(error) for error in errors] == [asyncio.CancelledError] * 2


def test_a_subscriber_may_raise_at_once() -> None:
    """A subscriber that raises on the current state is still subscribed to those that follow."""
    errors: list[BaseException] = []
    store = Store(report=errors.append)
    seen: list[str] = []

    def raising(state: SessionState) -> None:
        seen.append(state.status)
        if state.status == "disconnected":
            raise RuntimeError("boom")

    store.states.subscribe(raising)
    store.dispatch(SessionCreated("s"))
    assert (seen, len(errors)) == (["disconnected", "connected"], 1)


def test_a_slice_is_told_when_it_changes() -> None:
    """A selector that makes its tuple anew for each state tells of it only when something in it is another."""
    store = Store()
    seen: list[tuple[tuple[str, str], ...]] = []
    asked: list[SessionState] = []
    store.select(lambda state: (asked.append(state), transcript(state))[1]).subscribe(seen.append)
    for event in (TextDelta("a1", delta="x"), numbered(1), numbered(2), TextDelta("a1", delta="y")):
        store.dispatch(event)
    assert seen == [(), (("assistant", "x"),), (("assistant", "xy"),)]
    assert len(asked) == 5


def listed() -> tuple[list[str]]:
    return ([],)


@pytest.mark.parametrize("fresh", [list, dict, listed], ids=["list", "dict", "list in a tuple"])
def test_what_can_change_in_place_is_told_of(fresh: Callable[[], object]) -> None:
    """Lists and the like are compared by identity: what a selector makes anew is told of, though it is equal."""
    store = Store()
    seen: list[object] = []
    store.select(lambda _: fresh()).subscribe(seen.append)
    store.dispatch(numbered(1))
    assert seen == [fresh(), fresh()]


def test_a_raising_selector_is_contained() -> None:
    """A selector that raises on one state is asked again about the next."""
    errors: list[BaseException] = []
    store = Store(report=errors.append)
    seen: list[str] = []
    store.select(lambda state: state.messages[0].id).subscribe(seen.append)
    store.dispatch(TextDelta("a1", delta="x"))
    assert (seen, len(errors)) == (["a1"], 1)


def test_a_raising_reducer_is_contained() -> None:
    """A reducer that raises leaves the state as it was, and the next event is reduced."""
    errors: list[BaseException] = []

    def reducer(state: SessionState, event: Event) -> tuple[SessionState, tuple[Effect, ...]]:
        if isinstance(event, PlaybackStarted):
            raise RuntimeError("boom")
        return reduce(state, event)

    store = Store(CONNECTED, reducer=reducer, report=errors.append)
    store.dispatch(PlaybackStarted())
    assert store.state is CONNECTED
    store.dispatch(CaptureStarted())
    assert store.state.is_capturing
    assert [str(error) for error in errors] == ["boom"]


def test_a_raising_effect_runner_is_contained() -> None:
    """An effect that cannot be run is reported, and the effects behind it are run."""
    errors: list[BaseException] = []
    ran: list[Effect] = []

    def run_effect(effect: Effect) -> None:
        ran.append(effect)
        raise RuntimeError("boom")

    store = Store(run_effect=run_effect, report=errors.append)
    store.dispatch(ConnectRequested())
    assert [type(effect).__name__ for effect in ran] == ["OpenTransport", "Send"]
    assert len(errors) == 2


def test_unhandled_trouble_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Without a report of one's own, contained exceptions are logged with their traceback."""
    store = Store()
    store.server_events.subscribe(lambda _: 1 / 0)
    store.dispatch(numbered(1))
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("realtime_rx", "ERROR")
    assert record.exc_info is not None
