"""The timers of one session, by their names: a name that is started again begins anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from realtime_rx.effects import StartTimer
from realtime_rx.events import TimerFired
from realtime_rx.runtime import LoopHost

__all__ = ["Timers"]


class Timers:
    """On the session's loop. What they say is for the reducer to judge: its connection may be gone."""

    def __init__(self, host: LoopHost, dispatch: Callable[[TimerFired], None], clock: Callable[[], float]) -> None:
        self._host = host
        self._dispatch = dispatch
        self._clock = clock
        self._running: dict[str, asyncio.TimerHandle] = {}

    def start(self, effect: StartTimer) -> None:
        running = self._running.pop(effect.name, None)
        if running is not None:
            running.cancel()
        self._running[effect.name] = self._host.loop.call_later(effect.after_s, self._fire, effect)

    def stop(self) -> None:
        """None of them says anything any more."""
        for running in self._running.values():
            running.cancel()
        self._running.clear()

    def _fire(self, effect: StartTimer) -> None:
        self._running.pop(effect.name, None)
        self._dispatch(TimerFired(effect.name, effect.connection, at=self._clock()))
