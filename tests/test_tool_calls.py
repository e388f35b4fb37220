"""One outcome of each call, whatever its tool does; all times are virtual."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_rx.effects import CallTool, CancelTool
from realtime_rx.events import (
    LocalEvent,
    ToolApprovalRequested,
    ToolFailed,
    ToolProgressed,
    ToolRejected,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.policies import ToolLimits
from realtime_rx.runtime import LoopHost
from realtime_rx.state import SessionState
from realtime_rx.tool_calls import ToolCalls
from realtime_rx.tools import Tool, Toolbox, ToolContext, tool

from .support.virtual_time import advance, in_virtual_time, settle
from .support.waiting import becomes

OUTCOMES = (ToolReturned, ToolFailed, ToolRejected)


class Bench:
    """The calls of a session that there is nothing else of."""

    def __init__(self, *tools: Tool | Callable[..., Any], on_tool_call: Any = None, **limits: Any) -> None:
        self.events: list[LocalEvent] = []
        self.host = LoopHost()
        self.calls = ToolCalls(
            host=self.host,
            dispatch=self.events.append,
            toolbox=Toolbox(tools, on_tool_call, ToolLimits(**limits)),
            state=lambda: SessionState(model="bench"),
            clock=lambda: 0.0,
        )

    def call(self, name: str, call_id: str = "c1", *, approved: bool = False, **given: Any) -> None:
        self.calls.start(CallTool(call_id, name, given, approved))

    def cancel(self, call_id: str = "c1") -> None:
        self.calls.cancel(CancelTool(call_id))

    def told(self, call_id: str = "c1") -> list[Any]:
        """What came of a call: outputs as they are, failures by their words."""
        return [said(event) for event in self.events if getattr(event, "call_id", None) == call_id and said(event)]

    @property
    def started(self) -> list[str]:
        return [event.call_id for event in self.events if isinstance(event, ToolStarted)]


def said(event: LocalEvent) -> Any:
    match event:
        case ToolReturned(output=output):
            return output
        case ToolFailed(error=error):
            return error.message
        case ToolRejected(reason=reason):
            return reason
        case _:
            return None


@tool
async def nap(seconds: float) -> str:
    """Sleep."""
    await asyncio.sleep(seconds)
    return "awake"


@tool(serial=True)
async def alone(seconds: float) -> str:
    """Sleep alone."""
    await asyncio.sleep(seconds)
    return "alone"


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
    async def test() -> None:
        bench = Bench(tool(name="f")(fails if is_plain else fails_too))
        bench.call("f")
        await becomes(bench.told)
        assert len(bench.told()) == 1
        assert type(error).__name__ in bench.told()[0] or "cancelled" in bench.told()[0]

    test()


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
async def test_approval_is_asked_for_before_anything_runs() -> None:
    """A tool that needs approval does not run, and what asks waits for as long as it takes."""
    ran: list[float] = []

    @tool(needs_approval=True)
    async def refund(amount: float) -> str:
        ran.append(amount)
        return "refunded"

    bench = Bench(refund, timeout_s=10)
    bench.call("refund", amount=5)
    await advance(1000)
    assert ([type(event) for event in bench.events], ran) == ([ToolApprovalRequested], [])
    bench.call("refund", amount=5, approved=True)
    await settle()
    assert (bench.told(), ran) == (["refunded"], [5])


@in_virtual_time
async def test_wrong_arguments_need_no_approval() -> None:
    """Nobody is asked about arguments that the tool would not take."""

    @tool(needs_approval=True)
    async def refund(amount: float) -> None: ...

    bench = Bench(refund)
    bench.call("refund", amount="much")
    await settle()
    assert bench.told() == ["refund: Expected `float`, got `str` - at `$.amount`"]


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "awaitable"])
def test_approval_can_depend_on_the_arguments(is_plain: bool) -> None:
    """A function of the checked arguments, plain or asynchronous, says whether a person is asked."""

    async def later(arguments: Any) -> bool:
        return arguments["amount"] > 100

    @tool(needs_approval=(lambda arguments: arguments["amount"] > 100) if is_plain else later)
    async def refund(amount: float = 50) -> str:
        return "refunded"

    @in_virtual_time
    async def test() -> None:
        bench = Bench(refund)
        bench.call("refund", "c1")
        bench.call("refund", "c2", amount=101)
        await settle()
        assert (bench.told("c1"), bench.told("c2")) == (["refunded"], [])
        assert any(isinstance(event, ToolApprovalRequested) for event in bench.events)

    test()


@in_virtual_time
async def test_a_broken_rule_lets_nothing_run() -> None:
    """A rule of approval that raises is a failure of the call, and the tool does not run."""

    @tool(needs_approval=lambda arguments: arguments["amonut"] > 100)
    async def refund(amount: float) -> str:
        return "refunded"

    bench = Bench(refund)
    bench.call("refund", amount=1)
    await settle()
    assert bench.told() == ["KeyError: 'amonut'"]


@in_virtual_time
async def test_approval_may_come_too_late() -> None:
    """Where approval has a limit, nobody's answer is a refusal; an answer, or the end of the call, stops that clock."""

    @tool(needs_approval=True)
    async def refund() -> str:
        return "refunded"

    bench = Bench(refund, approval_s=30)
    for number in range(3):
        bench.call("refund", f"c{number}")
    await advance(29)
    bench.call("refund", "c1", approved=True)
    bench.cancel("c2")
    await advance(100)
    told = [bench.told(f"c{number}") for number in range(3)]
    assert told == [["nobody answered within 30 s"], ["refunded"], []]


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
    async def test() -> None:
        bench = Bench(act, timeout_s=2.5, approval_s=5, concurrent=2)
        made: dict[str, int] = {}
        cancelled: set[str] = set()
        for move, which, manner in moves:
            call_id = f"c{which}"
            if move == "call" and call_id not in made:
                made[call_id] = manner
                bench.call("act", call_id, manner=manner)
            elif move == "cancel":
                bench.cancel(call_id)
                cancelled.add(call_id)
            elif move == "approve" and is_asked(bench, call_id) and not bench.told(call_id):
                if call_id not in cancelled:
                    bench.call("act", call_id, approved=True, manner=made[call_id])
            else:
                await advance(manner / 2)
        await advance(1000)
        for call_id in made:
            count = len(bench.told(call_id))
            assert count == 1 or (count == 0 and call_id in cancelled)
        assert bench.host.task_count == 0

    test()


def is_asked(bench: Bench, call_id: str) -> bool:
    return any(isinstance(event, ToolApprovalRequested) and event.call_id == call_id for event in bench.events)
