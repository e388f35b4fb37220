"""Whose turn it is to run: realtime_rx.tool_turns."""

import asyncio

from realtime_rx.tool_turns import ToolTurns
from realtime_rx.tools import Tool, tool

from .support.virtual_time import settle


@tool
def shared() -> None:
    """Run beside others."""


@tool(serial=True)
def single() -> None:
    """Run alone."""


async def waiting(turns: ToolTurns, each: Tool) -> asyncio.Task[object]:
    """A task that waits for a turn, as far as it gets."""
    task = asyncio.create_task(turns.take(each))
    await settle()
    return task


async def test_without_a_limit_all_run() -> None:
    """Where nothing is limited every tool has its turn at once."""
    turns = ToolTurns(None)
    assert all([(await waiting(turns, shared)).done() for _ in range(100)])


async def test_who_waits_longest_is_next() -> None:
    """A turn that is over goes to whoever waits longest for it."""
    turns = ToolTurns(1)
    first = await turns.take(shared)
    second, third = await waiting(turns, shared), await waiting(turns, shared)
    first.close()
    await settle()
    assert (second.done(), third.done()) == (True, False)
    third.cancel()


async def test_one_that_gives_up_holds_nothing() -> None:
    """A tool that no longer waits for its turn keeps neither a place nor its own lock."""
    turns = ToolTurns(1)
    first = await turns.take(shared)
    (await waiting(turns, single)).cancel()
    await settle()
    first.close()
    first.close()
    assert (await waiting(turns, single)).done()
