"""The store: events in, one state, streams out.

The rules: one private queue; whoever finds nobody reducing reduces until the queue is empty, so events dispatched by a
subscriber or by another thread are reduced in the order in which they came, and never inside one another. A reducer
that raises leaves the state as it was; a subscriber that raises is reported and stays subscribed. Effects come after
the state that they belong to. They are run before anybody is told, so that a slow subscriber delays no sound that is
here already; who observes them is told after the state.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeAlias, TypeVar, cast

from reactivex import Observable
from reactivex import abc as rx
from reactivex.disposable import Disposable

from realtime_rx.effects import Effect
from realtime_rx.events import Event, LocalEvent, ServerEvent
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

__all__ = ["Store"]

T = TypeVar("T")

Reducer: TypeAlias = Callable[[SessionState, Event], tuple[SessionState, tuple[Effect, ...]]]
Guard: TypeAlias = Callable[[SessionState], bool]
Report: TypeAlias = Callable[[BaseException], None]

logger = logging.getLogger("realtime_rx")
NOTHING: Any = object()
PASSING = (KeyboardInterrupt, SystemExit)
"""What ends a process. Anything else goes no further: a cancelled future that is asked for its result raises what is no
``Exception``."""


def log_failure(error: BaseException) -> None:
    logger.error("a subscriber or reducer raised", exc_info=error)


class Channel(Observable[T], Generic[T]):
    """A hot stream whose observers cannot disturb each other."""

    def __init__(self, lock: threading.RLock, report: Report, current: Callable[[], T] | None = None) -> None:
        super().__init__()
        self._emitting = lock
        self._report = report
        self._current = current
        self.observers: tuple[rx.ObserverBase[T], ...] = ()
        self._completed = False

    def _subscribe_core(
        self, observer: rx.ObserverBase[T], scheduler: rx.SchedulerBase | None = None
    ) -> rx.DisposableBase:
        with self._emitting:
            if self._current is not None:
                self._tell(observer, self._current())
            if self._completed:
                observer.on_completed()
                return Disposable()
            self.observers = (*self.observers, observer)
        return Disposable(lambda: self._forget(observer))

    def _forget(self, observer: rx.ObserverBase[T]) -> None:
        with self._emitting:
            self.observers = tuple(each for each in self.observers if each is not observer)

    def emit(self, value: T) -> None:
        for observer in self.observers:
            try:
                observer.on_next(value)
            except PASSING:
                raise
            except BaseException as error:
                self._report(error)

    def _tell(self, observer: rx.ObserverBase[T], value: T) -> None:
        try:
            observer.on_next(value)
        except PASSING:
            raise
        except BaseException as error:
            self._report(error)

    def complete(self) -> None:
        with self._emitting:
            observers, self.observers, self._completed = self.observers, (), True
        for observer in observers:
            try:
                observer.on_completed()
            except PASSING:
                raise
            except BaseException as error:
                self._report(error)


class Store:
    """One session's state and the only way to change it. Every method is thread-safe."""

    def __init__(
        self,
        state: SessionState | None = None,
        *,
        reducer: Reducer = reduce,
        run_effect: Callable[[Effect], None] | None = None,
        report: Report = log_failure,
    ) -> None:
        """``run_effect`` is given each effect before anybody is told; ``report`` each exception that was contained."""
        self._state = state if state is not None else SessionState()
        self._reducer = reducer
        self._run_effect = run_effect
        self._report = report
        self._queue: deque[tuple[Event, Guard | None]] = deque()
        self._reducing = threading.Lock()
        self._closed = False
        emitting = threading.RLock()
        self._emitting = emitting
        self._states: Channel[SessionState] = Channel(emitting, report, lambda: self._state)
        self._server_events: Channel[ServerEvent] = Channel(emitting, report)
        self._local_events: Channel[LocalEvent] = Channel(emitting, report)
        self._effects: Channel[Effect] = Channel(emitting, report)

    @property
    def state(self) -> SessionState:
        """The state now."""
        return self._state

    @property
    def states(self) -> Observable[SessionState]:
        """The state now, and every state after it."""
        return self._states

    @property
    def server_events(self) -> Observable[ServerEvent]:
        """Every server event, after the state that it led to."""
        return self._server_events

    @property
    def local_events(self) -> Observable[LocalEvent]:
        """Every local event, after the state that it led to."""
        return self._local_events

    @property
    def effects(self) -> Observable[Effect]:
        """Every effect, after the state that it belongs to."""
        return self._effects

    @property
    def subscriber_count(self) -> int:
        """How many observers the streams have."""
        return sum(len(channel.observers) for channel in self._channels)

    @property
    def _channels(self) -> tuple[Channel[Any], ...]:
        return (self._states, self._server_events, self._local_events, self._effects)

    def select(self, selector: Callable[[SessionState], T]) -> Observable[T]:
        """What ``selector`` makes of the state: now, and whenever that changes.

        Numbers and texts are compared by value, tuples item by item, all else by identity: a slice that did not change
        is the same object, and comparing a long conversation word by word on each event would cost more than the event.
        """

        def subscribe(observer: rx.ObserverBase[T], scheduler: rx.SchedulerBase | None = None) -> rx.DisposableBase:
            last: Any = NOTHING

            def on_next(state: SessionState) -> None:
                nonlocal last
                value = selector(state)
                if not same(value, last):
                    last = value
                    observer.on_next(value)

            return self._states.subscribe(on_next, observer.on_error, observer.on_completed, scheduler=scheduler)

        return Observable(subscribe)

    def dispatch(self, event: Event, *, only_if: Guard | None = None) -> None:
        """Put an event in. It is reduced before this returns, unless somebody is reducing already: then soon.

        ``only_if`` is asked about the state at the event's turn; where it says no, the event never happened.
        """
        if self._queue or not self._reducing.acquire(False):
            self._queue.append((event, only_if))
        else:
            try:
                self._take(event, only_if)
            finally:
                self._reducing.release()
        # Whoever appends while we hold the lock fails to take it, so look again after letting go.
        while self._queue and self._reducing.acquire(False):
            try:
                while self._queue:
                    self._take(*self._queue.popleft())
            finally:
                self._reducing.release()

    def _take(self, event: Event, only_if: Guard | None) -> None:
        before = self._state
        if self._closed or not (only_if is None or only_if(before)):
            return
        try:
            after, effects = self._reducer(before, event)
        except Exception as error:
            self._report(error)
            return
        with self._emitting:
            self._state = after
            if effects:
                self._perform(effects)
            if after is not before:
                self._states.emit(after)
            if isinstance(event, ServerEvent):
                self._server_events.emit(event)
            else:
                self._local_events.emit(event)
            for effect in effects:
                self._effects.emit(effect)

    def _perform(self, effects: tuple[Effect, ...]) -> None:
        if self._run_effect is None:
            return
        for effect in effects:
            try:
                self._run_effect(effect)
            except PASSING:
                raise
            except BaseException as error:
                self._report(error)

    def close(self) -> None:
        """Complete the streams; what is dispatched from now on is ignored."""
        self._closed = True
        for channel in self._channels:
            channel.complete()


def same(value: object, last: object) -> bool:
    """Whether a selector gave what it gave before. One that makes its tuple anew each time is no change by that."""
    if value is last:
        return True
    if type(value) is not type(last):
        return False
    match value, last:
        case tuple(), tuple():
            items, others = cast(tuple[object, ...], value), cast(tuple[object, ...], last)
            return len(items) == len(others) and all(map(same, items, others))
        case ((str() | int() | float()), _):
            return value == last
        case _:
            return False
