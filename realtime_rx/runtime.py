"""Where a session's tasks run: on the loop that it was made on, or on one background loop of this library.

Tasks start in an empty context: what a web framework keeps in context variables (whose document, whose page) must not
leak from the visitor whose click started a session into everything the session does later.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from contextvars import Context
from typing import Any, Generic, TypeVar

__all__ = ["Completion", "LoopHost"]

T = TypeVar("T")


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

    def call(self, function: Callable[..., object], *args: Any) -> None:
        """Call it on the loop, soon, in the order of these calls. On a closed loop nothing happens."""
        schedule = self.loop.call_soon if self.is_here() else self.loop.call_soon_threadsafe
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left to call
            schedule(function, *args, context=Context())

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
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Completion(Generic[T]):
    """Something that was started and will be over: await it on any loop, wait for it on any thread, or forget it."""

    def __init__(self) -> None:
        self._future: Future[T] = Future()

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def wait(self, timeout: float | None = None) -> T:
        """Block this thread until it is over; raises what it raised, or ``TimeoutError``. Not on the session's loop."""
        return self._future.result(timeout)

    @property
    def done(self) -> bool:
        return self._future.done()

    def resolve(self, value: T) -> None:
        if not self._future.done():
            self._future.set_result(value)

    def fail(self, error: BaseException) -> None:
        if not self._future.done():
            self._future.set_exception(error)
