"""Doing what effects ask for: dialling, sending, hanging up, running tools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, assert_never

from msgspec import UNSET

from realtime_rx.abc import Dial, Endpoint, Route, TransportFactory
from realtime_rx.backoff import Backoff
from realtime_rx.config import SessionConfig
from realtime_rx.connection import Connection
from realtime_rx.effects import (
    CallTool,
    CancelTool,
    CloseTransport,
    Effect,
    EndAudio,
    FlushPlayback,
    Notify,
    OpenTransport,
    PlayAudio,
    Send,
    StartTimer,
)
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ClientEvent, ErrorNoticed, LocalEvent, ServerEvent, UpdateSession
from realtime_rx.reducer.requests import GONE
from realtime_rx.runtime import LoopHost
from realtime_rx.sound import Sound
from realtime_rx.state import SessionState
from realtime_rx.store import Store
from realtime_rx.timers import Timers
from realtime_rx.tool_calls import ToolCalls
from realtime_rx.tools import Toolbox
from realtime_rx.vault import Vault
from realtime_rx.wire import Wire

__all__ = ["EffectRunner"]


class EffectRunner:
    """Runs one session's effects on its host's loop. ``run`` may be called from any thread and does not block."""

    def __init__(
        self,
        *,
        host: LoopHost,
        store: Store,
        routes: Sequence[Route],
        transport: TransportFactory,
        wire: Wire,
        toolbox: Toolbox,
        clock: Callable[[], float],
        connect_timeout: float,
        backoff: Backoff,
        sound: Sound,
        vault: Vault,
    ) -> None:
        self._host = host
        self._dispatch = store.dispatch
        self._routes = routes
        self._route = routes[0]
        self._transport = transport
        self._wire = wire
        self._clock = clock
        self._connect_timeout = connect_timeout
        self._sound = sound
        self._vault = vault
        self._backoff = backoff
        self._timers = Timers(host, store.dispatch, clock)
        self._tools = ToolCalls(
            host=host, dispatch=store.dispatch, toolbox=toolbox, state=lambda: store.state, clock=clock
        )
        self._ending: dict[int, asyncio.Task[None]] = {}
        self._set_up = False
        self.connection: Connection | None = None

    def run(self, effect: Effect) -> None:
        match effect:
            case PlayAudio() | EndAudio() | FlushPlayback():  # by far the most frequent
                self._sound.run(effect)
            case OpenTransport():
                self._sound.attach()
                self._replace_connection(effect)
            case CloseTransport():
                self.hang_up()
            case Send(event):
                self._send(event)
            case CallTool():
                self._host.call(self._tools.start, effect)
            case CancelTool():
                self._host.call(self._tools.cancel, effect)
            case StartTimer():
                self._host.call(self._timers.start, effect)
            case Notify():
                pass
            case _:
                assert_never(effect)

    def _send(self, event: ClientEvent) -> None:
        if isinstance(event, UpdateSession):
            self._tell_ignored(event.config)
            self._set_up = True
        if self.connection is not None:
            self.connection.send(self._vault.revealed(event))

    def _tell_ignored(self, config: SessionConfig) -> None:
        """A setting that this provider does not have, or does not change under way, is left out, and said to be."""
        provider = self._route.provider
        for name in sorted(provider.capabilities.ignored_config):
            if setting(config, name) is not UNSET:
                self._tell("unsupported_setting", name, f"{provider.id} has no setting {name!r}: it was left out")
        if self._set_up and not provider.capabilities.session_update:
            for name in (name for name in config.__struct_fields__ if setting(config, name) not in (UNSET, {})):
                told = f"{provider.id} takes no new {name!r} under way: it holds from the next connection (restart())"
                self._tell("fixed_setting", name, told)

    def _tell(self, code: str, param: str, message: str) -> None:
        at = self._clock()
        self._dispatch(ErrorNoticed(RealtimeErrorInfo(message=message, code=code, param=param, at=at), at=at))

    def _replace_connection(self, effect: OpenTransport) -> None:
        before, self._route, self._set_up = self.connection, self._routes[effect.provider], False
        if before is not None:
            self._host.call(self._spawn_end, before)
        self.connection = self._new_connection(effect)
        self.connection.start()

    def _new_connection(self, effect: OpenTransport) -> Connection:
        """Its events count only while it is the current connection: a late frame of an old one never happened."""
        number, provider = effect.connection, self._route.provider

        def is_current(state: SessionState) -> bool:
            return state.connection == number and state.status not in GONE

        def sink(event: ServerEvent | LocalEvent) -> None:
            self._dispatch(event, only_if=is_current)

        return Connection(
            number,
            host=self._host,
            dial=self._dialling(effect.resume),
            transport=self._transport,
            line=self._wire.line,
            greeting_first=provider.capabilities.greeting_first,
            codec=provider.codec(),
            sink=sink,
            clock=self._clock,
            timeout=self._connect_timeout,
            delay=self._backoff(effect.attempt),
            told=self._vault.written,
        )

    def _dialling(self, resume: str | None) -> Dial:
        """Where to go, with the conversation to go on with where that belongs into the address.

        A session is in one place: it is gone on with when the connections that are being hung up have let go of it.
        """
        route, parameter = self._route, self._route.provider.capabilities.resume_parameter

        async def dial() -> Endpoint:
            if resume is not None and self._ending:
                await asyncio.wait(tuple(self._ending.values()))
            endpoint = await route.dial() if route.dial is not None else route.provider.endpoint()
            return endpoint if resume is None or parameter is None else endpoint.asking(**{parameter: resume})

        return dial

    def hang_up(self, over: Callable[[], None] | None = None) -> None:
        """End the connection and the tools that run now, then call ``over``. What comes after them is left alone."""
        scheduled = self._host.call(self._spawn_hang_up, self.connection, over)
        if not scheduled and over is not None:
            over()

    def _spawn_hang_up(self, connection: Connection | None, over: Callable[[], None] | None) -> None:
        self._timers.stop()
        if connection is not None:
            self._spawn_end(connection)
        ending = (*self._ending.values(), *self._tools.stop())
        task = self._host.spawn(all_over(ending), name="realtime-rx hang up")
        if over is not None:
            task.add_done_callback(lambda _: over())

    def _spawn_end(self, connection: Connection) -> None:
        """Hang up one connection, once."""
        number = connection.number
        if number not in self._ending:
            task = self._ending[number] = self._host.spawn(connection.stop(), name=f"realtime-rx end {number}")
            task.add_done_callback(lambda _: self._ending.pop(number))


async def all_over(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait for all of them, whatever becomes of each."""
    await asyncio.gather(*tasks, return_exceptions=True)


def setting(config: SessionConfig, name: str) -> Any:
    """What a config says of a setting; a dot leads into another one. ``UNSET``: nothing."""
    value: Any = config
    for each in name.split("."):
        value = getattr(value, each, UNSET)
    return value
