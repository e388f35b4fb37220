"""One outcome of each call, whatever its tool does; all times are virtual."""

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_rx.effects import CallTool
from realtime_rx.events import (
    ToolApprovalRequested,
    ToolFailed,
)
from realtime_rx.tools import ToolContext, tool

from .support.tool_bench import Bench, nap
from .support.virtual_time import advance, in_virtual_time, settle
from .support.waiting import becomes


@in_virtual_time
async def test_a_tool_that_returns_is_told_once() -> None:
    """A tool that is done in time gives its output, and nothing after that."""
    bench = Bench(nap, timeout_s=10)
    bench.call("nap", seconds=9)
    await advance(8)
    assert bench.told() == []
    await advance(100)
    assert bench.told() == ["awake"]
    assert bench.host.task_count == 0


@in_virtual_time
async def test_a_tool_that_takes_too_long_is_told_once() -> None:
    """After the limit the model is told of it, with a code of its own, and the tool is cancelled."""
    bench = Bench(nap, timeout_s=10)
    bench.call("nap", seconds=11)
    await advance(100)
    assert bench.told() == ["nap took longer than 10 s"]
    (failed,) = (event for event in bench.events if isinstance(event, ToolFailed))
    assert failed.error.code == "tool_timeout"
    assert bench.host.task_count == 0


@in_virtual_time
async def test_a_tools_own_limit_goes_before() -> None:
    """A tool's time limit goes before the session's, and None is no limit."""

    @tool(timeout_s=2)
    async def hasty() -> None:
        await asyncio.sleep(3)

    @tool(timeout_s=None)
    async def patient() -> str:
        await asyncio.sleep(1000)
        return "done"

    bench = Bench(hasty, patient, timeout_s=10)
    bench.call("hasty", "c1")
    bench.call("patient", "c2")
    await advance(2000)
    assert (bench.told("c1"), bench.told("c2")) == (["hasty took longer than 2 s"], ["done"])


@in_virtual_time
async def test_a_tool_that_will_not_be_cancelled_is_told_of_in_time() -> None:
    """A tool that swallows its cancellation and returns later was still told of at the limit, once."""

    @tool
    async def stubborn() -> str:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            await asyncio.sleep(100)
        return "late"

    bench = Bench(stubborn, timeout_s=10)
    bench.call("stubborn")
    await advance(11)
    assert bench.told() == ["stubborn took longer than 10 s"]
    await advance(1000)
    assert bench.told() == ["stubborn took longer than 10 s"]


@in_virtual_time
async def test_what_a_thread_returns_late_is_dropped() -> None:
    """A plain function that hangs is told of at the limit, can see that, and what it returns late is dropped."""
    go_on, over = threading.Event(), threading.Event()
    seen: list[bool] = []

    @tool
    def hang(context: ToolContext) -> str:
        go_on.wait(10)
        seen.append(context.cancelled)
        over.set()
        return "late"

    bench = Bench(hang, timeout_s=10)
    bench.call("hang")
    await advance(10)
    assert bench.told() == ["hang took longer than 10 s"]
    go_on.set()
    await becomes(over.is_set)
    await settle()
    assert (bench.told(), seen) == (["hang took longer than 10 s"], [True])


@pytest.mark.parametrize("error", [SystemExit(1), StopIteration(), LookupError("shelf"), asyncio.CancelledError()])
@pytest.mark.parametrize("is_plain", [True, False], ids=["thread", "loop"])
def test_whatever_a_tool_raises_is_an_output(error: BaseException, is_plain: bool) -> None:
    """Whatever a tool raises, on a thread or on the loop, the model is told of it, and nobody else is hurt."""

    def fails() -> None:
        raise error

    async def fails_too() -> None:
        raise error

    @in_virtual_time
    async def scenario() -> None:
        bench = Bench(tool(name="f")(fails if is_plain else fails_too))
        bench.call("f")
        await becomes(bench.told)
        assert len(bench.told()) == 1
        assert type(error).__name__ in bench.told()[0] or "cancelled" in bench.told()[0]

    scenario()


@in_virtual_time
async def test_a_cancelled_call_has_no_outcome() -> None:
    """A call that is cancelled ends its tool, and says nothing; so does hanging up."""
    bench = Bench(nap)
    bench.call("nap", "c1", seconds=5)
    bench.call("nap", "c2", seconds=5)
    await advance(1)
    bench.cancel("c1")
    bench.cancel("nobody")
    bench.calls.stop()
    await advance(1000)
    assert (bench.told("c1"), bench.told("c2"), bench.host.task_count) == ([], [], 0)


@in_virtual_time
async def test_others_may_take_too_long_as_well() -> None:
    """What on_tool_call does is limited like a tool, and None means that somebody else will answer."""

    async def answer(call: CallTool) -> Any:
        await asyncio.sleep(call.input["seconds"])
        return call.input["output"]

    bench = Bench(on_tool_call=answer, timeout_s=10)
    bench.call("ask", "c1", seconds=1, output="yes")
    bench.call("ask", "c2", seconds=11, output="yes")
    bench.call("ask", "c3", seconds=1, output=None)
    await advance(1000)
    assert (bench.told("c1"), bench.told("c2"), bench.told("c3")) == (["yes"], ["ask took longer than 10 s"], [])


MOVES = st.lists(
    st.tuples(st.sampled_from(("call", "cancel", "approve", "advance")), st.integers(0, 3), st.integers(0, 4)),
    max_size=25,
)


@settings(deadline=None, max_examples=150)
@given(MOVES)
def test_no_interleaving_gives_two_outcomes(moves: list[tuple[str, int, int]]) -> None:
    """However calls, cancellations, approvals and time interleave, each call has one outcome, or none if cancelled."""

    @tool(needs_approval=lambda arguments: arguments["manner"] == 4)
    async def act(manner: int) -> str:
        await asyncio.sleep(manner)
        if manner == 1:
            raise LookupError("no")
        return "yes"

    @in_virtual_time
    async def scenario() -> None:
        bench = Bench(act, timeout_s=2.5, approval_s=5, concurrent=2)
        made: dict[str, int] = {}
        cancelled: set[str] = set()
        approved: set[str] = set()  # once: the reducer takes no second answer
        for move, which, manner in moves:
            call_id = f"c{which}"
            if move == "call" and call_id not in made:
                made[call_id] = manner
                bench.call("act", call_id, manner=manner)
            elif move == "cancel":
                bench.cancel(call_id)
                cancelled.add(call_id)
            elif move == "approve" and is_asked(bench, call_id) and not bench.told(call_id):
                if call_id not in cancelled | approved:
                    approved.add(call_id)
                    bench.call("act", call_id, approved=True, manner=made[call_id])
            else:
                await advance(manner / 2)
        await advance(1000)
        for call_id in made:
            count = len(bench.told(call_id))
            assert count == 1 or (count == 0 and call_id in cancelled)
        assert bench.host.task_count == 0

    scenario()


def is_asked(bench: Bench, call_id: str) -> bool:
    return any(isinstance(event, ToolApprovalRequested) and event.call_id == call_id for event in bench.events)
