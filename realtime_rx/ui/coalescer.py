"""From any thread to the screen: states at the screen's rate, one-off events one by one.

A state replaces the state before it, so only the latest is worth showing (:class:`Coalescer`). An error or a tool call
replaces nothing, so each is delivered (:class:`Mailbox`). Both hand over to a loop, and neither keeps the producer
waiting.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any, Generic, Protocol, TypeVar, cast

__all__ = ["Cancellable", "Coalescer", "hand_over", "Loop", "Mailbox", "Screen"]

T = TypeVar("T")


class Cancellable(Protocol):
    def cancel(self) -> object: ...


class Screen(Protocol):
    """Where things are shown: a host's event loop, or whatever else calls one thing after the other."""

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> object:
        """Call it there, soon. Raises ``RuntimeError`` where that is over."""
        ...


class Loop(Screen, Protocol):
    """What is asked of a host's event loop. An asyncio loop is one; so is a virtual clock in a test."""

    def time(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Cancellable:
        """Call it on the loop in ``delay`` seconds. Only ever called on the loop."""
        ...


def hand_over(screen: Screen, callback: Callable[[], object]) -> bool:
    """Have it called there in an empty context: whose page the producer was working for must not come along."""
    try:
        screen.call_soon_threadsafe(Context().run, callback)
    except RuntimeError:  # that is over: nobody looks at the screen any more
        return False
    return True


class Coalescer(Generic[T]):
    """Shows the latest value: the first at once, then at most ``max_hz`` a second, and the last one always.

    ``put`` may be called on any thread, as often as one likes, and costs the same whether or not anything is shown.
    ``show`` runs on the loop, or on a ``screen`` apart from it: a turn there may cost more than to keep the time. What
    it raises goes there and stops nothing.
    """

    def __init__(
        self, loop: Loop, show: Callable[[T], object], *, screen: Screen | None = None, max_hz: float = 30.0
    ) -> None:
        if max_hz <= 0:
            raise ValueError(f"max_hz must be positive, got {max_hz}")
        self._loop = loop
        self._screen = screen
        self._show = show
        self._period = 1.0 / max_hz
        self._lock = threading.Lock()
        self._latest: T | None = None
        self._put = self._shown = self._wanted = 0  # how many values were put by then
        self._on_its_way = False
        self._closed = False
        self._shown_at = float("-inf")
        self._timer: Cancellable | None = None

    def put(self, value: T) -> None:
        """Have this shown, unless a later value comes first."""
        with self._lock:
            if self._closed:
                return
            self._latest, self._put = value, self._put + 1
            if self._on_its_way:
                return
            self._on_its_way = True
        self._send(self._loop, self._arrive)

    def catch_up(self) -> None:
        """Whoever reads shall have all that was put until now, though it is shown later. From any thread."""
        self._wanted = self._put

    @property
    def ahead(self) -> T | None:
        """The last value that was put, where one that is to be read is not shown yet."""
        return self._latest if self._shown < self._wanted else None

    def flush(self) -> None:
        """Show what waits, now. To be called where it is shown."""
        if self._screen is None:
            self._stop_timer()
        with self._lock:
            value, number, self._on_its_way = self._latest, self._put, False
        if number == self._shown or self._closed:
            return
        self._shown_at = self._loop.time()
        try:
            self._show(cast(T, value))
        finally:
            self._shown = number

    def close(self) -> None:
        """Show nothing any more. To be called where it is shown."""
        self._closed = True
        self.flush()

    def _arrive(self) -> None:
        wait = self._shown_at + self._period - self._loop.time()
        if wait <= 0:
            self._hand_in()
        elif self._timer is None:
            self._timer = self._loop.call_later(wait, self._hand_in)

    def _hand_in(self) -> None:
        """What waits is due."""
        self._stop_timer()
        if self._screen is None:
            self.flush()
        else:
            self._send(self._screen, self.flush)

    def _send(self, to: Screen, step: Callable[[], object]) -> None:
        if not hand_over(to, step):
            with self._lock:
                self._on_its_way = False

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Mailbox(Generic[T]):
    """Delivers every value, in order, at the loop's next turn. ``put`` may be called on any thread."""

    def __init__(self, loop: Loop, deliver: Callable[[T], object]) -> None:
        self._loop = loop
        self._deliver = deliver
        self._waiting: deque[T] = deque()
        self._lock = threading.Lock()
        self._on_its_way = False
        self._closed = False

    def put(self, value: T) -> None:
        with self._lock:
            if self._closed:
                return
            self._waiting.append(value)
            if self._on_its_way:
                return
            self._on_its_way = True
        if not hand_over(self._loop, self._empty):
            self.close()

    def close(self) -> None:
        """Deliver nothing any more."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _empty(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._on_its_way = False
                    return
                value = self._waiting.popleft()
            self._deliver(value)
