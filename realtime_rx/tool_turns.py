"""Whose turn it is to run, among the tools of one session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

from realtime_rx.tools import Tool

__all__ = ["ToolTurns"]


class ToolTurns:
    """So many tools at once, and serial ones never twice; who waits longest is next."""

    def __init__(self, concurrent: int | None) -> None:
        self._places = asyncio.Semaphore(concurrent) if concurrent is not None else None
        self._serial: dict[str, asyncio.Lock] = {}

    async def take(self, tool: Tool) -> ExitStack:
        """Wait for this tool's turn. It lasts until what this returns is closed, on the same loop."""
        with ExitStack() as taken:
            for each in self._needed(tool):
                await each.acquire()
                taken.callback(each.release)
            return taken.pop_all()

    def _needed(self, tool: Tool) -> Iterator[asyncio.Lock | asyncio.Semaphore]:
        """A tool that waits for itself takes no place from others."""
        if tool.serial:
            yield self._serial.setdefault(tool.name, asyncio.Lock())
        if self._places is not None:
            yield self._places
