"""Where tasks run, and completions: awaited, waited for, forgotten."""

import asyncio
import subprocess
import sys
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from realtime_rx import runtime
from realtime_rx.runtime import Completion, LoopHost, end

from .support.waiting import becomes

visitor: ContextVar[str] = ContextVar("visitor", default="nobody")


async def test_a_host_runs_on_the_loop_it_was_made_on() -> None:
    """Made where a loop runs, a host uses that loop."""
    host = LoopHost()
    assert host.loop is asyncio.get_running_loop()
    assert host.is_here()


def test_a_host_without_a_loop_gets_the_background_loop() -> None:
    """Hosts made where no loop runs share one loop on a daemon thread."""
    one, other = LoopHost(), LoopHost()
    assert one.loop is other.loop
    assert one.loop.is_running()
    assert not one.is_here()
    assert [thread.daemon for thread in threading.enumerate() if thread.name == "realtime-rx"] == [True]


FORKING = """
import os, threading
from realtime_rx.runtime import LoopHost

LoopHost()
child = os.fork()
if child == 0:
    called = threading.Event()
    LoopHost().call(called.set)
    os._exit(0 if called.wait(10) else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_has_a_background_loop_of_its_own() -> None:
    """A process that forks after it had a session leaves its children able to have theirs."""
    assert subprocess.run((sys.executable, "-W", "ignore", "-c", FORKING), timeout=60).returncode == 0


async def test_calls_are_made_in_order() -> None:
    """What is called from any thread runs on the loop, in the order of the calls."""
    host, made = LoopHost(), list[int]()
    await asyncio.to_thread(lambda: [host.call(made.append, number) for number in range(100)])
    await becomes(lambda: len(made) == 100)
    assert made == list(range(100))


async def test_calls_and_tasks_begin_in_an_empty_context() -> None:
    """Context variables of the caller do not leak into what a host runs."""
    visitor.set("alice")
    host, seen = LoopHost(), list[str]()

    async def look() -> None:
        seen.append(visitor.get())

    host.call(lambda: seen.append(visitor.get()))
    await host.spawn(look(), name="look")
    assert seen == ["nobody", "nobody"]


def test_a_call_on_a_closed_loop_says_so() -> None:
    """On a closed loop nothing is called, and the caller learns it."""

    async def make() -> LoopHost:
        return LoopHost()

    host = asyncio.run(make())
    assert host.call(print) is False


async def test_tasks_are_counted_until_they_are_over() -> None:
    """A host knows how many of its tasks run."""
    host = LoopHost()
    task = host.spawn(asyncio.sleep(0), name="nap")
    assert host.task_count == 1
    await task
    await becomes(lambda: host.task_count == 0)


async def test_a_task_that_ignores_its_cancellation_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Ending tasks waits for a while, not for ever, and names the task that goes on."""
    monkeypatch.setattr(runtime, "PATIENCE", 0.02)
    released = asyncio.Event()

    async def stubborn() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(stubborn(), name="the stubborn one")
    await asyncio.sleep(0)
    await end([task])
    assert "the stubborn one goes on" in caplog.text
    released.set()
    await task


async def test_a_completion_can_be_awaited_twice() -> None:
    """Every await of a completion gives its outcome, before and after it is over."""
    completion: Completion[int] = Completion()
    waiting = [asyncio.ensure_future(_outcome(completion)) for _ in range(2)]
    completion.resolve(7)
    assert [await each for each in waiting] == [7, 7]
    assert await completion == 7


async def _outcome(completion: Completion[Any]) -> Any:
    return await completion


async def test_giving_up_waiting_does_not_end_what_is_waited_for() -> None:
    """Cancelling one who awaits a completion leaves the completion alone."""
    completion: Completion[int] = Completion()
    impatient = asyncio.ensure_future(_outcome(completion))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    completion.resolve(7)
    assert await completion == 7


def test_the_first_outcome_counts() -> None:
    """A completion that is over stays as it is."""
    completion: Completion[int] = Completion()
    completion.fail(ValueError("first"))
    completion.resolve(2)
    completion.fail(ValueError("third"))
    with pytest.raises(ValueError, match="first"):
        completion.wait(1)


def test_something_may_follow() -> None:
    """What is to follow a completion follows its failure as well, and at once where it is over already."""
    completion: Completion[None] = Completion()
    followed: list[str] = []
    completion.then(lambda: followed.append("then"))
    assert followed == []
    completion.fail(ValueError("no"))
    completion.then(lambda: followed.append("late"))
    assert followed == ["then", "late"]


def test_waiting_has_a_deadline() -> None:
    """wait() raises TimeoutError where it takes longer than one is willing to wait."""
    with pytest.raises(TimeoutError):
        Completion[None]().wait(0.01)


async def test_waiting_on_the_loop_itself_is_refused() -> None:
    """wait() on the loop that would have to do the work raises instead of freezing it."""
    with pytest.raises(RuntimeError, match="await it instead"):
        Completion[None](LoopHost()).wait()
