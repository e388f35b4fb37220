"""What tools at work say and may cost: progress, turns, sizes; all times are virtual."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from realtime_rx.events import (
    ToolProgressed,
    ToolReturned,
)
from realtime_rx.tools import ToolContext, tool

from .support.tool_bench import Bench, nap
from .support.virtual_time import advance, in_virtual_time, settle
from .support.waiting import becomes


@tool(serial=True)
async def alone(seconds: float) -> str:
    """Sleep alone."""
    await asyncio.sleep(seconds)
    return "alone"


@in_virtual_time
async def test_so_many_run_at_a_time() -> None:
    """No more tools run at once than allowed, the others in the order of their calls, each as soon as it can."""
    bench = Bench(nap, concurrent=2, timeout_s=None)
    for number in range(5):
        bench.call("nap", f"c{number}", seconds=1)
    await settle()
    assert bench.started == ["c0", "c1"]
    await advance(1)
    assert bench.started == ["c0", "c1", "c2", "c3"]
    await advance(2)
    assert [bench.told(f"c{number}") for number in range(5)] == [["awake"]] * 5


@in_virtual_time
async def test_waiting_for_a_turn_counts() -> None:
    """A call that waits for its turn longer than its limit is told of, and never runs."""
    bench = Bench(nap, concurrent=1, timeout_s=10)
    bench.call("nap", "c1", seconds=9)
    bench.call("nap", "c2", seconds=9)
    await advance(100)
    assert (bench.told("c1"), bench.told("c2")) == (["awake"], ["nap took longer than 10 s"])


@in_virtual_time
async def test_a_serial_tool_runs_alone() -> None:
    """No two calls of a serial tool run at once, and those that wait for it take no place from others."""
    bench = Bench(alone, nap, concurrent=2)
    bench.call("alone", "c1", seconds=5)
    bench.call("alone", "c2", seconds=5)
    bench.call("nap", "c3", seconds=5)
    await settle()
    assert bench.started == ["c1", "c3"]
    await advance(5)
    assert bench.started == ["c1", "c3", "c2"]


@in_virtual_time
async def test_a_thread_keeps_its_turn_until_it_is_over() -> None:
    """A serial tool whose call was given up does not run again before its thread is over."""
    go_on = threading.Event()

    @tool(serial=True)
    def write() -> str:
        go_on.wait(10)
        return "written"

    bench = Bench(write, timeout_s=10)
    bench.call("write", "c1")
    await advance(10)
    bench.call("write", "c2")
    await settle()
    assert bench.started == ["c1"]
    go_on.set()
    await becomes(lambda: bench.told("c2"))
    assert (bench.started, bench.told("c2")) == (["c1", "c2"], ["written"])


@in_virtual_time
async def test_a_generator_says_how_far_it_got() -> None:
    """What an asynchronous generator yields is progress, and the last of it the output."""

    @tool
    async def search(context: ToolContext) -> AsyncIterator[dict[str, int]]:
        for found in range(3):
            await asyncio.sleep(1)
            yield {"found": found}
        context.report("nearly")

    bench = Bench(search)
    bench.call("search")
    await advance(10)
    progress = [event.output for event in bench.events if isinstance(event, ToolProgressed)]
    assert progress == [{"found": 0}, {"found": 1}, {"found": 2}, "nearly"]
    assert bench.told() == [{"found": 2}]


@in_virtual_time
async def test_a_generator_is_closed_at_once() -> None:
    """A generator whose progress is refused is closed before its call fails, not when it is collected."""
    closed: list[bool] = []

    @tool
    async def mumble() -> AsyncIterator[object]:
        try:
            yield object()
        finally:
            closed.append(True)

    bench = Bench(mumble)
    bench.call("mumble")
    await settle()
    assert closed == [True]
    assert len(bench.told()) == 1


@in_virtual_time
async def test_a_generator_in_a_thread_says_how_far_it_got() -> None:
    """What a plain generator yields in its thread is progress, in order, and the last of it the output."""

    @tool
    def count() -> Iterator[int]:
        yield from range(1, 4)

    @tool
    def nothing() -> Iterator[int]:
        yield from ()

    bench = Bench(count, nothing)
    bench.call("count")
    await becomes(bench.told)
    assert [event.output for event in bench.events if isinstance(event, ToolProgressed)] == [1, 2, 3]
    assert bench.told() == [3]
    bench.call("nothing", "c2")
    await becomes(lambda: any(isinstance(event, ToolReturned) and event.call_id == "c2" for event in bench.events))


@in_virtual_time
async def test_progress_ends_with_its_call() -> None:
    """A generator that goes on after its call was given up is ended, and says nothing more."""
    go_on, closed = threading.Event(), threading.Event()

    @tool
    def endless() -> Iterator[int]:
        try:
            yield 1
            go_on.wait(10)
            yield 2
            yield 3
        finally:
            closed.set()

    bench = Bench(endless)
    bench.call("endless")
    await becomes(lambda: len(bench.events) == 2)
    bench.cancel()
    go_on.set()
    await becomes(closed.is_set)
    await settle()
    assert [event.output for event in bench.events if isinstance(event, ToolProgressed)] == [1]


@in_virtual_time
async def test_a_tool_sees_its_call_and_the_state() -> None:
    """A context has the call's id and the session's state, and a report that is not JSON fails the call."""

    @tool
    async def look(context: ToolContext) -> list[Any]:
        return [context.call_id, context.state.model, context.cancelled]

    @tool
    async def mumble(context: ToolContext) -> None:
        context.report(object())

    bench = Bench(look, mumble)
    bench.call("look", "c7")
    bench.call("mumble", "c8")
    await settle()
    assert bench.told("c7") == [["c7", "bench", False]]
    assert "mumble returned something that is not JSON" in bench.told("c8")[0]


@in_virtual_time
async def test_an_output_may_be_too_long() -> None:
    """An output over the limit is an error that says by how much, and so is progress."""

    @tool
    async def read(size: int) -> str:
        return "x" * size

    @tool
    async def scan() -> AsyncIterator[str]:
        yield "x" * 101

    bench = Bench(read, scan, output_characters=100)
    bench.call("read", "c1", size=100)
    bench.call("read", "c2", size=101)
    bench.call("scan", "c3")
    await settle()
    assert bench.told("c1") == ["x" * 100]
    assert bench.told("c2") == ["read returned 101 characters, and at most 100 can be taken"]
    assert bench.told("c3") == ["scan returned 101 characters, and at most 100 can be taken"]
