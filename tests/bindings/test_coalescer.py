"""Values on their way to the screen: realtime_rx.ui.coalescer."""

import asyncio
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.ui import Coalescer, Mailbox

from ..support.waiting import becomes
from .virtual import VirtualLoop

GAPS = st.lists(st.floats(0, 0.2), min_size=1, max_size=80)


def recording(loop: VirtualLoop, **options: Any) -> tuple[Coalescer[int], list[tuple[float, int]]]:
    shown: list[tuple[float, int]] = []
    return Coalescer(loop, lambda value: shown.append((loop.now, value)), **options), shown


def test_the_first_value_is_shown_at_once() -> None:
    """A value that comes after a silence is shown at the loop's next turn."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop)
    coalescer.put(1)
    assert shown == []
    loop.turn()
    assert shown == [(0.0, 1)]


def test_a_burst_is_shown_twice() -> None:
    """Of a thousand values in a moment, the first and the last are shown, one period apart."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop, max_hz=20)
    coalescer.put(0)
    loop.turn()
    for value in range(1, 1_000):
        coalescer.put(value)
    loop.advance(1)
    assert shown == [(0.0, 0), (0.05, 999)]


@given(GAPS, st.sampled_from([1.0, 10.0, 30.0, 60.0]))
def test_the_last_value_always_arrives(gaps: list[float], max_hz: float) -> None:
    """However values come, the last one is shown, and each is shown at most once and in order."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop, max_hz=max_hz)
    for value, gap in enumerate(gaps):
        coalescer.put(value)
        loop.advance(gap)
    loop.advance(2)
    values = [value for _, value in shown]
    assert values[-1] == len(gaps) - 1
    assert values == sorted(set(values))


@given(GAPS, st.sampled_from([1.0, 10.0, 30.0, 60.0]))
def test_the_rate_is_bounded(gaps: list[float], max_hz: float) -> None:
    """Between two values that are shown there is at least one period."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop, max_hz=max_hz)
    for value, gap in enumerate(gaps):
        coalescer.put(value)
        loop.advance(gap)
    loop.advance(2)
    times = [time for time, _ in shown]
    assert all(later - earlier >= 1 / max_hz - 1e-9 for earlier, later in pairwise(times))


def test_a_screen_apart_is_asked_once_for_each_value() -> None:
    """Where values are shown elsewhere, the loop keeps the time, and a turn there is asked for when one is due."""
    loop, screen = VirtualLoop(), VirtualLoop()
    coalescer, shown = recording(loop, screen=screen, max_hz=10)
    for value in range(100):
        coalescer.put(value)
        loop.advance(0.01)
        screen.turn()
    loop.advance(1)
    screen.turn()
    assert screen.asked == len(shown) == 11
    assert shown[-1][1] == 99


def test_a_screen_that_keeps_one_waiting_shows_the_latest() -> None:
    """Values do not queue up before a screen that is busy: it shows the latest, once."""
    loop, screen = VirtualLoop(), VirtualLoop()
    coalescer, shown = recording(loop, screen=screen)
    for value in range(100):
        coalescer.put(value)
        loop.advance(0.1)
    screen.turn()
    assert [value for _, value in shown] == [99]


def test_a_screen_that_is_gone_is_asked_again_for_a_later_value() -> None:
    """A screen that is over takes nothing, and stops nobody who has something to show."""
    loop, screen = VirtualLoop(), VirtualLoop()
    screen.is_closed = True
    coalescer, shown = recording(loop, screen=screen)
    coalescer.put(1)
    loop.advance(1)
    screen.is_closed = False
    coalescer.put(2)
    loop.advance(1)
    screen.turn()
    assert shown == [(2.0, 2)]


def test_ten_thousand_values_a_second() -> None:
    """Ten thousand values in a second cost at most thirty-one updates, and the last value is exact."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop)
    for value in range(10_000):
        coalescer.put(value)
        loop.advance(0.0001)
    loop.advance(1)
    assert len(shown) <= 32
    assert shown[-1][1] == 9_999


def test_flushing_shows_what_waits() -> None:
    """flush() shows the waiting value now, and the timer that was set for it shows nothing again."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop)
    coalescer.put(1)
    loop.turn()
    coalescer.put(2)
    loop.turn()
    coalescer.flush()
    coalescer.flush()
    loop.advance(1)
    assert [value for _, value in shown] == [1, 2]


def test_who_caught_up_is_ahead_until_that_is_shown() -> None:
    """After catch_up() the latest value can be read until one as late has been shown; it is shown no sooner by that."""
    loop = VirtualLoop()
    seen: list[tuple[float, int, int | None]] = []
    coalescer: Coalescer[int] = Coalescer(
        loop, lambda value: seen.append((loop.now, value, coalescer.ahead)), max_hz=10
    )
    coalescer.catch_up()
    coalescer.put(1)
    assert coalescer.ahead is None
    loop.turn()
    coalescer.put(2)
    coalescer.catch_up()
    assert coalescer.ahead == 2
    coalescer.put(3)
    assert coalescer.ahead == 3
    loop.advance(1)
    coalescer.put(4)
    assert coalescer.ahead is None
    assert seen == [(0.0, 1, None), (0.1, 3, 3)]


def test_what_is_shown_late_takes_nothing_back() -> None:
    """While an earlier value is being shown, another thread that caught up has the later one, before and after."""
    loop = VirtualLoop()
    read: list[int | None] = []

    def show(_: int) -> None:
        if not read:
            coalescer.put(2)
            coalescer.catch_up()
            read.append(coalescer.ahead)

    coalescer: Coalescer[int] = Coalescer(loop, show)
    coalescer.put(1)
    loop.turn()
    read.append(coalescer.ahead)
    loop.advance(1)
    assert [*read, coalescer.ahead] == [2, 2, None]


def test_a_closed_coalescer_is_silent() -> None:
    """After close() nothing is shown, neither what waited nor what comes."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop)
    coalescer.put(1)
    coalescer.close()
    coalescer.put(2)
    loop.advance(1)
    assert shown == []


def test_an_exception_stops_nothing() -> None:
    """When showing a value raises, the next value is shown all the same."""
    loop = VirtualLoop()
    shown: list[int] = []

    def show(value: int) -> None:
        if value == 1:
            raise ValueError("no")
        shown.append(value)

    coalescer: Coalescer[int] = Coalescer(loop, show)
    coalescer.put(1)
    with pytest.raises(ValueError, match="no"):
        loop.turn()
    coalescer.put(2)
    loop.advance(1)
    assert shown == [2]


def test_a_stopped_loop_is_no_error() -> None:
    """A producer that goes on after the server has stopped is not disturbed."""
    loop = VirtualLoop()
    coalescer, shown = recording(loop)
    mailbox: Mailbox[int] = Mailbox(loop, lambda value: shown.append((0.0, value)))
    loop.is_closed = True
    for value in range(3):
        coalescer.put(value)
        mailbox.put(value)
    assert shown == []


@pytest.mark.parametrize("max_hz", [0, -1])
def test_a_rate_is_positive(max_hz: float) -> None:
    """A rate of no updates a second is refused, with the number in the message."""
    with pytest.raises(ValueError, match=str(max_hz)):
        Coalescer(VirtualLoop(), print, max_hz=max_hz)


async def test_threads_may_produce() -> None:
    """Four threads put ten thousand values; they are shown on the loop's thread only, and the last put is the last."""
    here = threading.get_ident()
    shown: list[tuple[int, int]] = []
    coalescer: Coalescer[int] = Coalescer(
        asyncio.get_running_loop(), lambda value: shown.append((threading.get_ident(), value)), max_hz=200
    )

    def produce() -> None:
        for value in range(2_500):
            coalescer.put(value)

    await asyncio.gather(*(asyncio.to_thread(produce) for _ in range(4)))
    coalescer.put(-1)
    await becomes(lambda: shown[-1][1] == -1)
    assert {thread for thread, _ in shown} == {here}


def test_a_mailbox_delivers_everything() -> None:
    """One-off events are delivered one by one, in order, at the loop's next turn, a late one included."""
    loop = VirtualLoop()
    delivered: list[int] = []

    def deliver(value: int) -> None:
        delivered.append(value)
        if value == 1:
            mailbox.put(100)

    mailbox: Mailbox[int] = Mailbox(loop, deliver)
    for value in range(3):
        mailbox.put(value)
    assert delivered == []
    loop.turn()
    assert delivered == [0, 1, 2, 100]


def test_a_closed_mailbox_delivers_nothing() -> None:
    """After close() neither what waited nor what comes is delivered."""
    loop = VirtualLoop()
    delivered: list[int] = []
    mailbox: Mailbox[int] = Mailbox(loop, delivered.append)
    mailbox.put(1)
    mailbox.close()
    mailbox.put(2)
    loop.turn()
    assert delivered == []
