"""The store's streams: selections, subscriptions and the end of them."""

from typing import Any

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import CaptureStarted, ErrorNoticed, ServerEvent, TextDelta
from realtime_rx.selectors import transcript
from realtime_rx.store import Store

from .folding import CONNECTED
from .test_store import numbered


def silent(_error: Exception) -> None:
    """A report that nobody reads."""


def test_a_selection_speaks_when_its_value_changes() -> None:
    """A selection emits the current value and then only new ones: by identity, numbers and texts by value."""
    store = Store(CONNECTED)
    statuses: list[str] = []
    messages: list[Any] = []
    counts: list[float] = []
    store.select(lambda state: "".join(state.status)).subscribe(statuses.append)
    store.select(lambda state: state.messages).subscribe(messages.append)
    store.select(lambda state: len(state.messages) / 3).subscribe(counts.append)
    store.dispatch(CaptureStarted())
    store.dispatch(TextDelta("a1", delta="x"))
    store.dispatch(TextDelta("a1", delta="y"))
    assert statuses == ["connected"]
    assert [len(each) for each in messages] == [0, 1, 1]
    assert counts == [0, 1 / 3]


def test_a_selection_made_anew_speaks_when_it_changes() -> None:
    """A tuple that a selector builds each time is told of only when something in it is another."""
    store = Store(CONNECTED)
    seen: list[Any] = []
    store.select(transcript).subscribe(seen.append)
    store.dispatch(TextDelta("a1", delta="x"))
    store.dispatch(ErrorNoticed(RealtimeErrorInfo(message="m")))
    assert seen == [(), (("assistant", "x"),)]


def test_true_is_not_one() -> None:
    """A selection that goes from 1 to True has changed."""
    store = Store(CONNECTED)
    seen: list[Any] = []
    store.select(lambda state: True if state.is_capturing else 1).subscribe(seen.append)
    store.dispatch(CaptureStarted())
    assert [type(each) for each in seen] == [int, bool]


def test_two_subscribers_of_one_selection_do_not_share_it() -> None:
    """A selection that is subscribed to twice tells both subscribers everything."""
    store = Store(CONNECTED)
    selection = store.select(lambda state: state.is_capturing)
    first: list[bool] = []
    second: list[bool] = []
    selection.subscribe(first.append)
    selection.subscribe(second.append)
    store.dispatch(CaptureStarted())
    assert first == second == [False, True]


def test_a_guard_can_call_an_event_off() -> None:
    """An event whose guard says no at its turn never happened."""
    store = Store(CONNECTED)
    store.dispatch(CaptureStarted(), only_if=lambda state: state.connection == 2)
    assert store.state is CONNECTED
    store.dispatch(CaptureStarted(), only_if=lambda state: state.connection == 1)
    assert store.state.is_capturing


def test_disposing_forgets_the_subscriber() -> None:
    """The subscriber count is the number of live subscriptions of all streams and returns to zero."""
    store = Store(CONNECTED)
    streams = (store.states, store.server_events, store.effects, store.select(lambda state: state.mode))
    seen: list[Any] = []
    subscriptions = [stream.subscribe(seen.append) for stream in streams]
    assert store.subscriber_count == 4
    for subscription in subscriptions:
        subscription.dispose()
        subscription.dispose()
    assert store.subscriber_count == 0
    before = len(seen)
    store.dispatch(numbered(1))
    assert len(seen) == before


def test_closing_completes_every_stream() -> None:
    """After closing, subscribers are completed and forgotten, and events are ignored."""
    store = Store(CONNECTED)
    completed: list[str] = []
    for stream in (store.states, store.server_events, store.effects, store.select(lambda state: state.mode)):
        stream.subscribe(lambda _: None, silent, lambda: completed.append("done"))
    store.close()
    store.close()
    store.dispatch(CaptureStarted())
    assert (len(completed), store.subscriber_count) == (4, 0)
    assert store.state is CONNECTED


def test_a_late_subscriber_gets_the_last_state_and_the_end() -> None:
    """Whoever subscribes after closing gets the last state and is completed at once."""
    store = Store(CONNECTED)
    store.close()
    seen: list[Any] = []
    store.states.subscribe(seen.append, silent, lambda: seen.append("end"))
    store.effects.subscribe(seen.append, silent, lambda: seen.append("end"))
    assert seen == [CONNECTED, "end", "end"]
    assert store.subscriber_count == 0


def test_closing_within_a_subscriber_ends_the_queue() -> None:
    """A subscriber may close the store; what waits in the queue is dropped."""
    store = Store(CONNECTED)
    seen: list[ServerEvent] = []

    def close(event: ServerEvent) -> None:
        seen.append(event)
        store.dispatch(numbered(2))
        store.close()

    store.server_events.subscribe(close)
    store.dispatch(numbered(1))
    assert seen == [numbered(1)]
