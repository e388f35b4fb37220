"""Calls that a person has to allow, as they run; all times are virtual."""

import asyncio
from typing import Any

import pytest

from realtime_rx.events import (
    ToolApprovalRequested,
)
from realtime_rx.tools import tool

from .support.tool_bench import Bench
from .support.virtual_time import VirtualTimeLoop, advance, in_virtual_time, settle


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
async def test_a_question_costs_nothing() -> None:
    """While a person is asked no task, no timer and no turn is held for the call."""

    @tool(needs_approval=True)
    async def refund() -> None: ...

    loop = asyncio.get_running_loop()
    bench = Bench(refund, concurrent=1)
    for number in range(3):
        bench.call("refund", f"c{number}")
    await settle()
    assert isinstance(loop, VirtualTimeLoop)
    assert (bench.host.task_count, loop.next_due()) == (0, None)
    bench.call("refund", "c1", approved=True)
    await settle()
    assert bench.started == ["c1"]


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
    async def scenario() -> None:
        bench = Bench(refund)
        bench.call("refund", "c1")
        bench.call("refund", "c2", amount=101)
        await settle()
        assert (bench.told("c1"), bench.told("c2")) == (["refunded"], [])
        assert any(isinstance(event, ToolApprovalRequested) for event in bench.events)

    scenario()


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
