"""The slices of the state that NiceGUI can bind to."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from nicegui import binding

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.items import Usage
from realtime_rx.sequences import Ring, Thread
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.ui import SLICES, changed

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
        for name, select in SLICES.items():
            setattr(self, name, select(state))

    def show(self, state: SessionState) -> None:
        """Set each slice that is another object than before."""
        for name, value in tuple(changed(self.state, state)):
            setattr(self, name, value)
