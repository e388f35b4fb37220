"""Threads for plain functions."""

import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from realtime_rx.errors import ToolError
from realtime_rx.tools.threads import in_thread

visitor: ContextVar[str] = ContextVar("visitor", default="nobody")

ENDLESS = """
import asyncio, threading
from realtime_rx.tools.threads import in_thread
async def main():
    in_thread(threading.Event().wait, name="endless")
asyncio.run(main())
print("over")
"""


async def test_work_is_done_elsewhere() -> None:
    """The work runs in a thread of its own, in the context of whoever asked for it, and its result comes back."""
    visitor.set("me")
    where = await in_thread(lambda: (threading.current_thread().name, visitor.get()), name="tool f")
    assert where == ("realtime-rx tool f", "me")


@pytest.mark.parametrize("error", [SystemExit("no"), StopIteration("no"), KeyboardInterrupt("no")])
async def test_no_exception_ends_the_loop(error: BaseException) -> None:
    """What would end a loop or cannot be raised in a coroutine is a ToolError that names it."""

    def fail() -> None:
        raise error

    with pytest.raises(ToolError, match=f"{type(error).__name__}: no"):
        await in_thread(fail, name="f")


async def test_exceptions_come_back() -> None:
    """What the work raises comes back as it is."""
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0, name="f")


async def test_nobody_has_to_wait() -> None:
    """A thread whose outcome nobody looks at, or whose future was cancelled, complains of nothing."""
    go_on = threading.Event()
    left = in_thread(lambda: go_on.wait(10) and 1 // 0, name="left")
    over = in_thread(lambda: go_on.wait(10), name="cancelled")
    over.cancel()
    go_on.set()
    await asyncio.wait({left})
    assert isinstance(left.exception(), ZeroDivisionError)


def test_an_endless_thread_holds_nothing_up() -> None:
    """A program ends, and so does its loop, while a tool's thread still hangs."""
    ran = subprocess.run([sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=30, check=False)
    assert (ran.stdout.strip(), ran.stderr) == ("over", "")
