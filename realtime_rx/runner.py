"""Doing what effects ask for: dialling, sending, hanging up, running tools."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, assert_never

from msgspec import UNSET

from realtime_rx.abc import Dial, Endpoint, Provider, TransportFactory
from realtime_rx.config import SessionConfig
from realtime_rx.connection import Connection
from realtime_rx.effects import (
    CallTool,
    CloseTransport,
    Effect,
    FlushPlayback,
    Notify,
    OpenTransport,
    PlayAudio,
    Send,
)
from realtime_rx.errors import RealtimeErrorInfo, ToolError
from realtime_rx.events import ErrorNoticed, Event, ToolFailed, ToolReturned, UpdateSession
from realtime_rx.reducer.requests import GONE
from realtime_rx.runtime import LoopHost, end
from realtime_rx.sound import Sound
from realtime_rx.state import SessionState
from realtime_rx.tools import Toolbox, as_json

__all__ = ["EffectRunner", "OnToolCall"]

OnToolCall: TypeAlias = Callable[[CallTool], Any]


class Dispatch(Protocol):
    def __call__(self, event: Event, *, only_if: Callable[[SessionState], bool] | None = None) -> None: ...


class EffectRunner:
    """Runs one session's effects on its host's loop. ``run`` may be called from any thread and does not block."""

    def __init__(
        self,
        *,
        host: LoopHost,
        dispatch: Dispatch,
        provider: Provider,
        dial: Dial,
        transport: TransportFactory,
        toolbox: Toolbox,
        on_tool_call: OnToolCall | None,
        clock: Callable[[], float],
        connect_timeout: float,
        sound: Sound | None = None,
    ) -> None:
        self._host = host
        self._dispatch = dispatch
        self._provider = provider
        self._dial = dial
        self._transport = transport
        self._toolbox = toolbox
        self._on_tool_call = on_tool_call
        self._clock = clock
        self._connect_timeout = connect_timeout
        self._sound = sound
        self._tools: set[asyncio.Task[None]] = set()
        self._ending: dict[int, asyncio.Task[None]] = {}
        self.connection: Connection | None = None

    def run(self, effect: Effect) -> None:
        match effect:
            case OpenTransport(number, resume):
                if self._sound is not None:
                    self._sound.attach()
                self.connection = self._new_connection(number, resume)
                self.connection.start()
            case CloseTransport():
                self.hang_up()
            case Send(event):
                if isinstance(event, UpdateSession):
                    self._tell_ignored(event.config)
                if self.connection is not None:
                    self.connection.send(event)
            case CallTool():
                self._host.call(self._spawn_tool, effect)
            case PlayAudio():
                if self._sound is not None:
                    self._sound.play(effect)
            case FlushPlayback():
                if self._sound is not None:
                    self._sound.flush()
            case Notify():
                pass
            case _:
                assert_never(effect)

    def _tell_ignored(self, config: SessionConfig) -> None:
        """A setting that this provider does not have is left out, and said to be."""
        for name in sorted(self._provider.capabilities.ignored_config):
            if getattr(config, name) is not UNSET:
                at = self._clock()
                message = f"{self._provider.id} has no setting {name!r}: it was left out"
                error = RealtimeErrorInfo(message=message, code="unsupported_setting", param=name, at=at)
                self._dispatch(ErrorNoticed(error, at=at))

    def _new_connection(self, number: int, resume: str | None) -> Connection:
        """Its events count only while it is the current connection: a late frame of an old one never happened."""

        def current(state: SessionState) -> bool:
            return state.connection == number and state.status not in GONE

        return Connection(
            number,
            host=self._host,
            dial=self._dialling(resume),
            transport=self._transport,
            greeting_first=self._provider.capabilities.greeting_first,
            codec=self._provider.codec(),
            sink=lambda event: self._dispatch(event, only_if=current),
            clock=self._clock,
            timeout=self._connect_timeout,
        )

    def _dialling(self, resume: str | None) -> Dial:
        """Where to go, with the conversation to go on with where that belongs into the address."""
        parameter = self._provider.capabilities.resume_parameter
        if resume is None or parameter is None:
            return self._dial

        async def dial() -> Endpoint:
            return (await self._dial()).asking(**{parameter: resume})

        return dial

    def hang_up(self, over: Callable[[], None] | None = None) -> None:
        """End the connection and the tools that run now, then call ``over``. What comes after them is left alone."""
        scheduled = self._host.call(self._spawn_end, self.connection, over)
        if not scheduled and over is not None:
            over()

    def _spawn_end(self, connection: Connection | None, over: Callable[[], None] | None) -> None:
        number = connection.number if connection is not None else 0
        task = self._ending.get(number)
        if task is None:
            task = self._ending[number] = self._host.spawn(self._end(connection), name="realtime-rx hang up")
            task.add_done_callback(lambda _: self._ending.pop(number))
        if over is not None:
            task.add_done_callback(lambda _: over())

    async def _end(self, connection: Connection | None) -> None:
        tools = end(frozenset(self._tools))
        if connection is None:
            await tools
        else:
            await asyncio.gather(tools, connection.stop())

    def _spawn_tool(self, effect: CallTool) -> None:
        task = self._host.spawn(self._call_tool(effect), name=f"realtime-rx tool {effect.name}")
        self._tools.add(task)
        task.add_done_callback(self._tools.discard)

    async def _call_tool(self, effect: CallTool) -> None:
        """Exactly one answer for each call; none yet where ``on_tool_call`` gave None."""
        try:
            if effect.name in self._toolbox or self._on_tool_call is None:
                output = await self._toolbox.get(effect.name).run(effect.input)
            else:
                output = self._on_tool_call(effect)
                output = await output if inspect.isawaitable(output) else output
                if output is None:
                    return
                output = as_json(output, effect.name)
        except Exception as error:
            told = error if isinstance(error, ToolError) else ToolError(f"{type(error).__name__}: {error}")
            info = RealtimeErrorInfo.of(told, at=self._clock())
            self._dispatch(ToolFailed(effect.call_id, info, at=self._clock()))
        else:
            self._dispatch(ToolReturned(effect.call_id, output, at=self._clock()))
