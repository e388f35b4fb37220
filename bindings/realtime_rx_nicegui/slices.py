"""The slices of the state that NiceGUI can bind to."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Generic, TypeVar

from nicegui import binding

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.items import Usage
from realtime_rx.sequences import Ring, Thread
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.store import same

__all__ = ["Slice", "Slices"]

T = TypeVar("T")


class Slice(binding.BindableProperty, Generic[T]):
    """A bindable property that knows its type: a binding to it is pushed, never polled."""

    def __get__(self, owner: Any, _: Any = None) -> T:
        return super().__get__(owner)  # pyright: ignore[reportUnknownMemberType]


class Slices:
    """The state as it was last shown, slice by slice: ``ui.label().bind_text_from(rt, "status")``.

    They are written by the binding alone and follow the session at the screen's rate.
    """

    state = Slice[SessionState]()
    status = Slice[Status]()
    mode = Slice[Mode]()
    messages = Slice[Thread[Message]]()
    events = Slice[Ring[ServerEvent]]()
    error = Slice[RealtimeErrorInfo | None]()
    is_capturing = Slice[bool]()
    is_playing = Slice[bool]()
    is_connected = Slice[bool]()
    usage = Slice[Usage]()
    pending_user_transcript = Slice[str | None]()
    pending_assistant_transcript = Slice[str | None]()

    def __init__(self, state: SessionState) -> None:
        for name, select in SELECT.items():
            setattr(self, name, select(state))

    def show(self, state: SessionState) -> None:
        """Set each slice that is another object than before."""
        before = self.state
        for name, select in SELECT.items():
            value = select(state)
            if not same(value, select(before)):
                setattr(self, name, value)


def is_connected(state: SessionState) -> bool:
    return state.status == "connected"


SELECT: dict[str, Callable[[SessionState], Any]] = {
    **{name: attrgetter(name) for name in ("status", "mode", "messages", "events", "error", "usage")},
    **{name: attrgetter(name) for name in ("is_capturing", "is_playing")},
    **{name: attrgetter(name) for name in ("pending_user_transcript", "pending_assistant_transcript")},
    "is_connected": is_connected,
    "state": lambda state: state,
}
