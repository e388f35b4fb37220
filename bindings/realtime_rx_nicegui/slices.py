"""The slices of the state that NiceGUI can bind to."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from nicegui import binding

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.items import Usage
from realtime_rx.sequences import Ring, Thread
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.ui import SLICES, Shown

__all__ = ["Slice", "Slices"]

T = TypeVar("T")


class Slice(binding.BindableProperty, Generic[T]):
    """A bindable property that knows its type: a binding to it is pushed, never polled."""

    def __get__(self, owner: Any, _: Any = None) -> T:
        return super().__get__(owner)  # pyright: ignore[reportUnknownMemberType]


class StateSlice(Slice[T]):
    """One of the state. Who reads it has what a verb did before that is shown; what is bound to it is told then."""

    def __get__(self, owner: Any, _: Any = None) -> T:
        ahead = owner.ahead
        return super().__get__(owner) if ahead is None else owner._shown.read(self.name, ahead)


class Slices:
    """The state as it was last shown, slice by slice: ``ui.label().bind_text_from(rt, "status")``.

    They are written by the binding alone and follow the session at the screen's rate; only what a verb did can be read
    when it returns.
    """

    state = StateSlice[SessionState]()
    status = StateSlice[Status]()
    mode = StateSlice[Mode]()
    messages = StateSlice[Thread[Message]]()
    events = StateSlice[Ring[ServerEvent]]()
    error = StateSlice[RealtimeErrorInfo | None]()
    is_capturing = StateSlice[bool]()
    is_playing = StateSlice[bool]()
    is_connected = StateSlice[bool]()
    usage = StateSlice[Usage]()
    pending_user_transcript = StateSlice[str | None]()
    pending_assistant_transcript = StateSlice[str | None]()

    def __init__(self, state: SessionState) -> None:
        self._shown = Shown(state)
        for name, select in SLICES.items():
            setattr(self, name, select(state))

    @property
    def ahead(self) -> SessionState | None:
        """The state of this moment, where it is to be read and not shown yet."""
        return None

    def show(self, state: SessionState) -> None:
        """Tell of each slice that is another object than when this was last called, or was read as one since."""
        changes, read = self._shown.show(state)
        for name, value in read.items():
            setattr(self, name, value)  # lest what it is now passes for no change
        for name in SLICES:
            if name in changes or name in read:
                setattr(self, name, SLICES[name](state))
