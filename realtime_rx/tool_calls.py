"""Running tools: one task for each call, and one outcome of each, whatever the tool does.

The outcome is that of the first to come: the tool returns or raises, or its time is up. A call that was cancelled has
none: whoever cancelled it has settled it. What a tool does later, in a thread or in spite of its cancellation, is
nobody's concern any more, except that it keeps its turn until it is over.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from realtime_rx.effects import CallTool, CancelTool
from realtime_rx.errors import RealtimeErrorInfo, ToolError
from realtime_rx.events import (
    LocalEvent,
    ToolApprovalRequested,
    ToolFailed,
    ToolProgressed,
    ToolRejected,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.runtime import LoopHost, end
from realtime_rx.state import SessionState
from realtime_rx.tool_turns import ToolTurns
from realtime_rx.tools import Result, Tool, Toolbox, ToolContext, limited, result_of

__all__ = ["ToolCalls"]

Dispatch = Callable[[LocalEvent], None]


@dataclass(slots=True, eq=False)
class Call:
    """One call under way; ``timers`` are its own."""

    effect: CallTool
    context: ToolContext
    task: asyncio.Task[None] | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list[asyncio.TimerHandle])

    def leave(self) -> None:
        """Nobody waits for it any more."""
        self.context.cancel()
        self.rest()
        if self.task is not None:
            self.task.cancel()

    def rest(self) -> None:
        for timer in self.timers:
            timer.cancel()


class ToolCalls:
    """The calls of one session. To be used on its loop."""

    def __init__(
        self,
        *,
        host: LoopHost,
        dispatch: Dispatch,
        toolbox: Toolbox,
        state: Callable[[], SessionState],
        clock: Callable[[], float],
    ) -> None:
        self._host = host
        self._dispatch = dispatch
        self._toolbox = toolbox
        self._limits = toolbox.limits
        self._state = state
        self._clock = clock
        self._turns = ToolTurns(toolbox.limits.concurrent)
        self._calls: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, effect: CallTool) -> None:
        """Run it, or ask whether it may be run; what comes of it is dispatched."""
        asked = self._calls.pop(effect.call_id, None)
        if asked is not None:
            asked.rest()
        context = ToolContext(effect.call_id, state=self._state, report=lambda value: self._report(call, value))
        call = self._calls[effect.call_id] = Call(effect, context)
        limit = self._limit(effect.name)
        if limit is not None:
            self._after(limit, call, ToolError(f"{effect.name} took longer than {limit:g} s"), "tool_timeout")
        call.task = self._host.spawn(self._answer(call), name=f"realtime-rx tool {effect.name}")
        self._tasks.add(call.task)
        call.task.add_done_callback(self._tasks.discard)

    def cancel(self, effect: CancelTool) -> None:
        call = self._calls.pop(effect.call_id, None)
        if call is not None:
            call.leave()

    def stop(self) -> tuple[asyncio.Task[None], ...]:
        """End all of them; what this returns is over when they are."""
        for call in self._calls.values():
            call.leave()
        self._calls.clear()
        return (self._host.spawn(end(frozenset(self._tasks)), name="realtime-rx end of tools"),) if self._tasks else ()

    def _limit(self, name: str) -> float | None:
        own = self._toolbox.get(name).timeout_s if name in self._toolbox else UNSET
        return self._limits.timeout_s if own is UNSET else own

    def _after(self, seconds: float, call: Call, error: ToolError, code: str) -> None:
        def too_late() -> None:
            self._forget(call)
            call.leave()
            self._dispatch(self._failure(call, error, code))

        call.timers.append(self._host.loop.call_later(seconds, too_late))

    async def _answer(self, call: Call) -> None:
        """Exactly one outcome of each call; none yet where a person is asked, or ``on_tool_call`` gave None."""
        outcome: LocalEvent | None
        try:
            outcome = await self._outcome(call)
        except asyncio.CancelledError:
            if call.context.cancelled or is_cancelled():
                raise
            outcome = self._failure(call, ToolError(f"{call.effect.name} was cancelled"))
        except (Exception, SystemExit) as error:
            outcome = self._failure(call, error)
        if call.context.cancelled:
            return
        call.rest()
        match outcome:
            case None:
                self._forget(call)
            case ToolApprovalRequested():
                self._wait_for_approval(call)
                self._dispatch(outcome)
            case _:
                self._forget(call)
                self._dispatch(outcome)

    def _wait_for_approval(self, call: Call) -> None:
        seconds = self._limits.approval_s
        if seconds is None:
            self._forget(call)
            return

        def unanswered() -> None:
            self._forget(call)
            said = ToolRejected(call.effect.call_id, f"nobody answered within {seconds:g} s", at=self._clock())
            self._dispatch(said)

        call.timers.append(self._host.loop.call_later(seconds, unanswered))

    async def _outcome(self, call: Call) -> LocalEvent | None:
        effect, box = call.effect, self._toolbox
        if effect.name not in box and box.on_tool_call is not None:
            value = box.on_tool_call(effect)
            value = await value if inspect.isawaitable(value) else value
            return None if value is None else self._returned(call, value)
        tool = box.get(effect.name)
        values = tool.checked(effect.input)
        if not effect.approved and await tool.wants_approval(values):
            return ToolApprovalRequested(effect.call_id, at=self._clock())
        return self._returned(call, await self._run(tool, values, call))

    async def _run(self, tool: Tool, values: Mapping[str, Any], call: Call) -> Any:
        """In its turn, which lasts as long as its thread does, whatever became of the call."""
        threads: list[asyncio.Future[Any]] = []
        taken = await self._turns.take(tool)
        try:
            self._dispatch(ToolStarted(call.effect.call_id, at=self._clock()))
            return await tool.call(values, call.context, threads.append)
        finally:
            if threads and not threads[0].done():
                threads[0].add_done_callback(lambda _: taken.close())
            else:
                taken.close()

    def _report(self, call: Call, value: Any) -> None:
        """From whatever thread the tool runs on."""
        output = self._result(call, value).output
        self._dispatch(ToolProgressed(call.effect.call_id, output, at=self._clock()))

    def _returned(self, call: Call, value: Any) -> ToolReturned:
        result = self._result(call, value)
        return ToolReturned(call.effect.call_id, result.output, result.images, at=self._clock())

    def _result(self, call: Call, value: Any) -> Result:
        return limited(result_of(value, call.effect.name), call.effect.name, self._limits)

    def _failure(self, call: Call, error: BaseException, code: str | None = None) -> ToolFailed:
        told = error if isinstance(error, ToolError) else ToolError(f"{type(error).__name__}: {error}")
        at = self._clock()
        info = RealtimeErrorInfo.of(told, at=at)
        return ToolFailed(call.effect.call_id, info if code is None else replace(info, code=code), at=at)

    def _forget(self, call: Call) -> None:
        if self._calls.get(call.effect.call_id) is call:
            del self._calls[call.effect.call_id]


def is_cancelled() -> bool:
    """Whether somebody cancels the task that runs, rather than what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
