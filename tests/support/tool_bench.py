"""The calls of a session that there is nothing else of."""

import asyncio
from collections.abc import Callable
from typing import Any

from realtime_rx.effects import CallTool, CancelTool
from realtime_rx.events import (
    LocalEvent,
    ToolFailed,
    ToolRejected,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.policies import ToolLimits
from realtime_rx.runtime import LoopHost
from realtime_rx.state import SessionState
from realtime_rx.tool_calls import ToolCalls
from realtime_rx.tools import Tool, Toolbox, tool


class Bench:
    """Tools to call, and what came of it."""

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


class Endless:
    """A tool that waits for ever: ``started`` when it was called, ``ended`` when it was cut short."""

    def __init__(self) -> None:
        self.started, self.ended = asyncio.Event(), asyncio.Event()
        self.tool = tool(self.endless)

    async def endless(self) -> None:
        """Wait for ever."""
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@tool
async def nap(seconds: float) -> str:
    """Sleep."""
    await asyncio.sleep(seconds)
    return "awake"
