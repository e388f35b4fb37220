"""The session: one store, the running of its effects, connecting and hanging up.

Everything that one can call is synchronous, may be called from any thread and does not block: it dispatches an event,
and what the event does is in the reducer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from msgspec.structs import replace
from reactivex import Observable
from reactivex.disposable import SerialDisposable

from realtime_rx.abc import AudioInput, AudioOutput, Convert, Dial, Provider, Route, TransportFactory
from realtime_rx.backoff import backoff
from realtime_rx.callbacks import Callbacks, attach, run_callback
from realtime_rx.config import SessionConfig
from realtime_rx.effects import Effect
from realtime_rx.errors import ConnectError
from realtime_rx.events import ClientEvent, ConnectRequested, DisconnectRequested, RestartRequested, ServerEvent
from realtime_rx.initial import first_state, prepared
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.reducer import DIALLING
from realtime_rx.reducer.microphone import is_heard
from realtime_rx.reducer.requests import GONE
from realtime_rx.runner import EffectRunner
from realtime_rx.runtime import Completion, LoopHost
from realtime_rx.sound import Sound
from realtime_rx.state import SessionState
from realtime_rx.store import Store
from realtime_rx.tools import OnToolCall, Tool
from realtime_rx.vault import Vault
from realtime_rx.verbs import Verbs
from realtime_rx.visualization import AudioVisualization
from realtime_rx.wire import Wire, WireEvent

__all__ = ["RealtimeSession"]

T = TypeVar("T")

CLOSED = "this session was closed: make a new one"


class RealtimeSession(Verbs):
    """A conversation with a realtime model.

    ``async with RealtimeSession(...) as session`` connects and closes; ``connect()`` and ``disconnect()`` do so by hand
    and may be awaited, waited for (``.wait()``) or left alone.

    ``dial`` says where to go, anew for each connection; by default the provider does, with its own key.
    ``fallbacks`` take over with the conversation when the one before is out of reach. ``reconnect`` says what to do
    when a connection is lost; False: nothing. ``connect_timeout`` in seconds.
    ``on_tool_call`` is asked about calls that are none of ``tools``: what it returns is the output, None means
    that ``add_tool_output()`` will give it later. ``tool_limits`` hold for all of them. ``audio_output`` is opened when
    the session is dialled, ``audio_input`` by ``start_audio_capture()``; both are closed with the session. ``convert``
    is for devices whose format the provider does not speak. ``state`` is where to begin, ``max_events`` how many of the
    provider's events the state keeps: as many as ``state`` does, or 500.

    Raises :class:`ConfigurationError` where the settings do not fit the devices, or lack a secret of ``state``'s.
    """

    _closing: Completion[None] | None = None

    def __init__(
        self,
        provider: Provider,
        *,
        transport: TransportFactory,
        dial: Dial | None = None,
        fallbacks: Iterable[Route] = (),
        session_config: SessionConfig | Mapping[str, Any] | None = None,
        tools: Iterable[Tool | Callable[..., Any]] = (),
        on_tool_call: OnToolCall | None = None,
        tool_limits: ToolLimits | None = None,
        callbacks: Callbacks | None = None,
        audio_input: AudioInput | None = None,
        audio_output: AudioOutput | None = None,
        convert: Convert | None = None,
        state: SessionState | None = None,
        max_events: int | None = None,
        connect_timeout: float = 15.0,
        reconnect: ReconnectPolicy | bool = True,
        watchdogs: Watchdogs | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._host = LoopHost()
        self._wire = Wire(clock)
        vault = Vault()
        self._routes = (Route(provider, dial), *fallbacks)
        basis = prepared(
            self._routes, session_config, tools, on_tool_call, tool_limits, audio_input, audio_output, convert
        )
        first = first_state(state, max_events, basis.config, self._routes, reconnect, watchdogs)
        store = Store(replace(first, config=vault.hidden(first.config)), run_effect=self._run_effect)
        self._sound = Sound(self._host, store, self._send, clock, basis.devices)
        super().__init__(store, clock=clock, send_now=self._send, sound=self._sound, vault=vault)
        self._runner = EffectRunner(
            host=self._host,
            store=store,
            routes=self._routes,
            transport=transport,
            wire=self._wire,
            toolbox=basis.toolbox,
            clock=clock,
            connect_timeout=connect_timeout,
            backoff=backoff(store.state.reconnect),
            sound=self._sound,
            vault=vault,
        )
        attach(store, callbacks or Callbacks(), self._run_callback)

    def __repr__(self) -> str:
        return f"<RealtimeSession {self.provider.id}:{self.provider.model} {self.state.status}>"

    # What there is to see

    @property
    def provider(self) -> Provider:
        """The one that is connected, or will be."""
        return self._routes[self.state.provider].provider

    @property
    def state(self) -> SessionState:
        """The state now: an immutable snapshot."""
        return self._store.state

    @property
    def settings(self) -> SessionConfig:
        """What the provider is asked to be: ``state.config`` with the secrets among its ``provider_options``, for which
        a state has marks."""
        return self._vault.revealed(self.state.config)

    @property
    def states(self) -> Observable[SessionState]:
        """The state now, and every state after it."""
        return self._store.states

    @property
    def server_events(self) -> Observable[ServerEvent]:
        """Every server event, after the state that it led to."""
        return self._store.server_events

    @property
    def effects(self) -> Observable[Effect]:
        """Every effect: what was sent, the sound to be played, the tools called, the errors."""
        return self._store.effects

    @property
    def wire(self) -> Observable[WireEvent]:
        """What crosses the wire, sound and secrets included: for recorders."""
        return self._wire.events

    def select(self, selector: Callable[[SessionState], T]) -> Observable[T]:
        """A slice of the state: now, and whenever it changes."""
        return self._store.select(selector)

    @property
    def audio(self) -> AudioVisualization:
        """Levels, waveforms and spectra of what the microphone hears and the speaker says; the sound itself by taps."""
        return self._sound.visualization

    def on_state_change(self, callback: Callable[[SessionState], object]) -> Callable[[], None]:
        """Call ``callback`` with every new state; gives back what ends that."""
        return self._store.states.skip(1).subscribe(lambda state: self._run_callback(callback, state)).dispose

    @property
    def subscriber_count(self) -> int:
        """How many observers the streams have."""
        return self._store.subscriber_count + self._wire.subscriber_count

    @property
    def task_count(self) -> int:
        """How many tasks run for this session."""
        return self._host.task_count

    # Connecting

    def connect(self) -> Completion[None]:
        """Dial, unless that was done already. Awaiting it raises :class:`RealtimeError` where it fails."""
        completion: Completion[None] = Completion(self._host)
        if self._closing is not None:
            completion.fail(ConnectError(CLOSED))
            return completion
        return self._dialled(ConnectRequested(at=self._clock()), completion)

    def _dialled(
        self, event: ConnectRequested | RestartRequested, completion: Completion[None], *, again: bool = False
    ) -> Completion[None]:
        """Dispatch this; ``completion`` tells what came of the dial. ``again``: the present one does not count."""
        floor: int | None = None

        def at_its_turn(state: SessionState) -> bool:
            nonlocal floor
            floor = state.connection if again or state.status in GONE else state.connection - 1
            if state.status == "connected" and not again:
                completion.resolve(None)
            return True

        def watching(state: SessionState) -> None:
            if floor is not None and state.connection > floor and state.status not in DIALLING:
                self._settle(completion, state)
                watch.dispose()

        self._store.dispatch(event, only_if=at_its_turn)
        watch = SerialDisposable()
        watch.disposable = self._store.states.subscribe(
            watching, on_completed=lambda: completion.fail(ConnectError(CLOSED))
        )
        return completion

    def _settle(self, completion: Completion[None], state: SessionState) -> None:
        connection = self._runner.connection
        failure = connection.failure if connection is not None else None
        if state.status == "connected":
            completion.resolve(None)
        elif state.status == "error" and failure is not None:
            completion.fail(failure)
        else:
            completion.fail(ConnectError("disconnect() was called before the connection was there"))

    def restart(self) -> Completion[None]:
        """A new connection in the place of this one; the conversation stays. Where there is none, it is the first."""
        completion: Completion[None] = Completion(self._host)
        if self._closing is not None:
            completion.fail(ConnectError(CLOSED))
            return completion
        return self._dialled(RestartRequested(at=self._clock()), completion, again=True)

    def disconnect(self) -> Completion[None]:
        """Hang up, at any moment. Awaiting it waits until the socket and every task of the connection are gone."""
        return self._hang_up() if self._closing is None else self._closing

    def _hang_up(self) -> Completion[None]:
        completion: Completion[None] = Completion(self._host)

        def at_its_turn(_: SessionState) -> bool:
            self._runner.hang_up(lambda: completion.resolve(None))
            return True

        self._store.dispatch(DisconnectRequested(at=self._clock()), only_if=at_its_turn)
        return completion

    def aclose(self) -> Completion[None]:
        """Hang up, end every task, complete the streams. The session cannot be used again."""
        if self._closing is None:
            self._closing = Completion(self._host)
            self._hang_up()
            if not self._host.call(self._spawn_close, self._closing):
                self._end_streams()
                self._closing.resolve(None)
        return self._closing

    destroy = aclose

    def _spawn_close(self, completion: Completion[None]) -> None:
        task = self._host.spawn(self._close(), name="realtime-rx close")
        task.add_done_callback(lambda _: completion.resolve(None))

    async def _close(self) -> None:
        await self._hang_up()  # again: another thread's connect() may have been under way when aclose() began
        await self._sound.close()
        await self._host.cancel_all()
        self._end_streams()

    def _end_streams(self) -> None:
        self._store.close()
        self._wire.complete()

    async def __aenter__(self) -> RealtimeSession:
        try:
            await self.connect()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    # Inside

    def _run_effect(self, effect: Effect) -> None:
        self._runner.run(effect)

    def _send(self, event: ClientEvent) -> None:
        """Past the store, for sound: nothing is kept for a connection that is not there."""
        if self._runner.connection is not None and is_heard(self.state):
            self._runner.connection.send(event)

    def _run_callback(self, callback: Callable[..., Any], *args: Any) -> None:
        """On the session's loop, in order; what it raises is logged and goes no further."""
        self._host.call(run_callback, self._host, callback, args)
