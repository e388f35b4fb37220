"""Threads for plain functions: one each, so that one that hangs holds up neither a pool nor the end of the program."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from realtime_rx.errors import ToolError

__all__ = ["in_thread"]

T = TypeVar("T")


def in_thread(work: Callable[[], T], *, name: str) -> asyncio.Future[T]:
    """Have this done in a thread of its own. The future is over when the thread is; to wait for less, shield it."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[T] = loop.create_future()
    over.add_done_callback(looked_at)
    context = copy_context()

    def run() -> None:
        settle: Callable[[], object]
        try:
            value = context.run(work)
        except BaseException as error:
            settle = _failing(over, error)
        else:
            settle = _returning(over, value)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=run, name=f"realtime-rx {name}", daemon=True).start()
    return over


def looked_at(over: asyncio.Future[T]) -> None:
    """Nobody has to wait for an outcome: asyncio shall not complain of one that nobody saw."""
    if not over.cancelled():
        over.exception()


def _returning(over: asyncio.Future[T], value: T) -> Callable[[], object]:
    return lambda: over.cancelled() or over.set_result(value)


def _failing(over: asyncio.Future[T], error: BaseException) -> Callable[[], object]:
    """SystemExit and its like would end the loop, and StopIteration cannot be raised in a coroutine."""
    ordinary = isinstance(error, Exception) and not isinstance(error, StopIteration)
    told = error if ordinary else ToolError(f"{type(error).__name__}: {error}")
    return lambda: over.cancelled() or over.set_exception(told)
