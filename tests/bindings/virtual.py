"""An event loop whose clock only moves when a test says so."""

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any


class Timer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualLoop:
    """What ``realtime_rx.ui.Loop`` asks for. ``is_closed`` makes it refuse, as a loop does whose server has stopped."""

    def __init__(self) -> None:
        self.now = 0.0
        self.is_closed = False
        self.asked = 0
        """How often something was to be called soon."""
        self._soon: deque[Callable[[], object]] = deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._number = count()

    def time(self) -> float:
        return self.now

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> object:
        if self.is_closed:
            raise RuntimeError("Event loop is closed")
        self.asked += 1
        self._soon.append(lambda: callback(*args))
        return None

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:
        timer = Timer(lambda: callback(*args))
        heapq.heappush(self._timers, (self.now + delay, next(self._number), timer))
        return timer

    def turn(self) -> None:
        """Run what is due now."""
        while self._soon:
            self._soon.popleft()()

    def advance(self, seconds: float) -> None:
        """Let that much time go by, and everything happen at its moment."""
        end = self.now + seconds
        self.turn()
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            self.now = max(self.now, due)
            if timer.callback is not None:
                timer.callback()
            self.turn()
        self.now = end
