"""Plain callbacks over a store, for those who do not want streams."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from realtime_rx.effects import Effect, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    GoAway,
    InputTranscriptionCompleted,
    InputTranscriptionFailed,
    Interrupted,
    ItemAdded,
    ItemDone,
    OutputItemDone,
    ResponseDone,
    ServerEvent,
)
from realtime_rx.items import Usage
from realtime_rx.runtime import LoopHost
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.store import PASSING, Store, log_failure

__all__ = ["attach", "Callbacks", "run_callback"]

Run = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """What to call, and with what. Each may be a coroutine function. One that raises disturbs nobody else.

    ``on_message`` is called once for each message, when it is complete.
    """

    on_event: Callable[[ServerEvent], Any] | None = None
    on_error: Callable[[RealtimeErrorInfo], Any] | None = None
    on_status_change: Callable[[Status], Any] | None = None
    on_mode_change: Callable[[Mode], Any] | None = None
    on_message: Callable[[Message], Any] | None = None
    on_connect: Callable[[], Any] | None = None
    on_disconnect: Callable[[], Any] | None = None
    on_interrupted: Callable[[], Any] | None = None
    on_usage: Callable[[Usage], Any] | None = None
    on_go_away: Callable[[GoAway], Any] | None = None


def attach(store: Store, callbacks: Callbacks, run: Run) -> None:
    """Have ``run(callback, *args)`` called whenever a callback is due. Lives as long as the store."""
    if callbacks.on_error is not None:
        _on_error(store, callbacks.on_error, run)
    if callbacks.on_event is not None:
        on_event = callbacks.on_event
        store.server_events.subscribe(lambda event: run(on_event, event))
    if callbacks.on_mode_change is not None:
        on_mode = callbacks.on_mode_change
        store.select(lambda state: state.mode).skip(1).subscribe(lambda mode: run(on_mode, mode))
    if callbacks.on_usage is not None:
        on_usage = callbacks.on_usage
        store.select(lambda state: state.usage).skip(1).subscribe(lambda usage: run(on_usage, usage))
    _on_status(store, callbacks, run)
    _on_moments(store, callbacks, run)


def run_callback(host: LoopHost, callback: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Call this, on the loop, where its coroutine is run if it is one. What it raises is logged."""

    async def finish(result: Any) -> None:
        try:
            await result
        except Exception as error:
            log_failure(error)

    try:
        result = callback(*args)
    except PASSING:
        raise
    except BaseException as error:
        log_failure(error)
        return
    if inspect.isawaitable(result):
        host.spawn(finish(result), name="realtime-rx callback")


def _on_error(store: Store, on_error: Callable[[RealtimeErrorInfo], Any], run: Run) -> None:
    def told(effect: Effect) -> None:
        if isinstance(effect, Notify):
            run(on_error, effect.error)

    store.effects.subscribe(told)


def _on_status(store: Store, callbacks: Callbacks, run: Run) -> None:
    if callbacks.on_status_change is None and callbacks.on_connect is None and callbacks.on_disconnect is None:
        return
    was: Status = store.state.status

    def changed(status: Status) -> None:
        nonlocal was
        before, was = was, status
        if callbacks.on_status_change is not None:
            run(callbacks.on_status_change, status)
        if status == "connected" and callbacks.on_connect is not None:
            run(callbacks.on_connect)
        if before == "connected" and callbacks.on_disconnect is not None:
            run(callbacks.on_disconnect)

    store.select(lambda state: state.status).skip(1).subscribe(changed)


def _on_moments(store: Store, callbacks: Callbacks, run: Run) -> None:
    if callbacks.on_message is None and callbacks.on_interrupted is None and callbacks.on_go_away is None:
        return
    told: deque[str] = deque(maxlen=64)

    def happened(event: ServerEvent) -> None:
        if callbacks.on_interrupted is not None and _is_interruption(event):
            run(callbacks.on_interrupted)
        if callbacks.on_go_away is not None and isinstance(event, GoAway):
            run(callbacks.on_go_away, event)
        if callbacks.on_message is not None:
            for message in _completed(store.state, event):
                if message.id not in told:
                    told.append(message.id)
                    run(callbacks.on_message, message)

    store.server_events.subscribe(happened)


def _is_interruption(event: ServerEvent) -> bool:
    return isinstance(event, Interrupted) or (isinstance(event, ResponseDone) and event.status == "cancelled")


def _completed(state: SessionState, event: ServerEvent) -> list[Message]:
    """The messages that this event may have completed, where it did."""
    match event:
        case ItemAdded() | ItemDone() | OutputItemDone():
            ids = [event.item.id]
        case InputTranscriptionCompleted() | InputTranscriptionFailed():
            ids = [event.item_id]
        case ResponseDone():
            ids = [item.id for item in event.items]
        case _:
            return []
    found = [message for each in ids if (message := state.messages.get(each)) is not None]
    return [message for message in found if message.status != "in_progress" and not _is_open(message)]


def _is_open(message: Message) -> bool:
    return any(getattr(part, "state", "done") in ("streaming", "input-streaming") for part in message.parts)
