"""Tests whose event loop has a clock that stands still until they let it go on."""

import asyncio
import functools
import heapq
from collections.abc import Awaitable, Callable
from typing import Any

SETTLED = 20
"""Turns of the loop in which what became due has led to all that it leads to."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A real loop, but for its clock."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def next_due(self) -> float | None:
        """When the next timer is due that nobody has cancelled."""
        timers: list[asyncio.TimerHandle] = list(self._scheduled)  # type: ignore[attr-defined]
        heapq.heapify(timers)
        return next((timer.when() for timer in sorted(timers) if not timer.cancelled()), None)

    def set_time(self, now: float) -> None:
        self._now = now


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(SETTLED):
        await asyncio.sleep(0)


async def advance(seconds: float) -> None:
    """Let that much time go by, and everything happen at its moment."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    end = loop.time() + seconds
    await settle()
    while (due := loop.next_due()) is not None and due <= end:
        loop.set_time(max(due, loop.time()))
        await settle()
    loop.set_time(end)
    await settle()


def in_virtual_time(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an asynchronous test on such a loop."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def body() -> None:
            await test(*args, **kwargs)

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(body())

    return run
