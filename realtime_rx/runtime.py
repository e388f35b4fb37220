"""Where a session's tasks run: on the loop that it was made on, or on one background loop of this library.

Tasks start in an empty context: what a web framework keeps in context variables (whose document, whose page) must not
leak from the visitor whose click started a session into everything the session does later.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Generator, Iterable
from concurrent.futures import Future, InvalidStateError
from contextvars import Context
from typing import Any, Generic, TypeVar

__all__ = ["Completion", "end", "LoopHost"]

T = TypeVar("T")

logger = logging.getLogger("realtime_rx")

PATIENCE = 5.0
"""Seconds that a cancelled task may take to clean up; one that takes longer must not hold up the rest."""


class _BackgroundLoop:
    """One daemon thread with one loop, started when first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._loop.is_closed():
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="realtime-rx", daemon=True).start()
            return self._loop


_background = _BackgroundLoop()


def _begin_anew() -> None:
    """In a process that was forked there is no thread but the one that forked, and maybe a lock that nobody lets go."""
    global _background
    _background = _BackgroundLoop()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_begin_anew)


class LoopHost:
    """The loop of one session, reachable from any thread, and the tasks that it runs there."""

    def __init__(self) -> None:
        try:
            self.loop = asyncio.get_running_loop()
        except RuntimeError:
            self.loop = _background.get()
        self._tasks: set[asyncio.Task[Any]] = set()

    def is_here(self) -> bool:
        """Whether the caller runs on this loop."""
        try:
            return asyncio.get_running_loop() is self.loop
        except RuntimeError:
            return False

    def call(self, function: Callable[..., object], *args: Any) -> bool:
        """Call it on the loop, soon, in the order of these calls. False, and no call, where the loop is closed."""
        schedule = self.loop.call_soon if self.is_here() else self.loop.call_soon_threadsafe
        try:
            schedule(function, *args, context=Context())
        except RuntimeError:
            if self.loop.is_closed():
                return False
            raise
        return True

    def spawn(self, coroutine: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """A task on the loop, owned by this host. To be called on the loop."""
        task = self.loop.create_task(coroutine, name=name, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @property
    def task_count(self) -> int:
        return len(self._tasks)

    async def cancel_all(self) -> None:
        """Cancel every task but the caller's own and wait until they are over."""
        await end(self._tasks)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel these tasks, except the caller's own, and wait until they are over: for a while, not for ever."""
    others = {task for task in tasks if task is not asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        _, stubborn = await asyncio.wait(others, timeout=PATIENCE)
        for task in stubborn:
            logger.warning("%s goes on %g s after it was cancelled", task.get_name(), PATIENCE)


class Completion(Generic[T]):
    """Something that was started and will be over: await it on any loop, wait for it on any thread, or forget it."""

    def __init__(self, host: LoopHost | None = None) -> None:
        """``host``: where it happens, and where ``wait`` would therefore wait for ever."""
        self._host = host
        self._future: Future[T] = Future()

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def wait(self, timeout: float | None = None) -> T:
        """Block this thread until it is over; raises what it raised, or ``TimeoutError``.

        On the loop where it happens that would be never, so there it raises ``RuntimeError``: await it instead.
        """
        if self._host is not None and self._host.is_here() and not self.done:
            raise RuntimeError("wait() would block the loop that it waits for: await it instead")
        return self._future.result(timeout)

    @property
    def done(self) -> bool:
        return self._future.done()

    def then(self, callback: Callable[[], object]) -> None:
        """Call it when this is over, whatever came of it, on the thread where that happens; now, where it is over."""
        self._future.add_done_callback(lambda _: callback())

    def resolve(self, value: T) -> None:
        """Over. The first outcome counts, whichever thread brings it."""
        with contextlib.suppress(InvalidStateError):
            self._future.set_result(value)

    def fail(self, error: BaseException) -> None:
        with contextlib.suppress(InvalidStateError):
            self._future.set_exception(error)
