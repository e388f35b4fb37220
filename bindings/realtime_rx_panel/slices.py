"""The slices of the state, as parameters and as reactive expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import param

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.items import Usage
from realtime_rx.sequences import Ring, Thread
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.ui import NO_SOUND, SLICES, PageState, Shown

__all__ = ["Expressions", "Slices"]


class Live(param.parameterized.Parameter):
    """A slice of the state. Who reads it has what a verb did before that is shown; who watches it is told then."""

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        if owner is None or (ahead := owner.ahead) is None:
            return super().__get__(owner, kind)
        return owner._shown.read(self.name, ahead)


class LiveFlag(Live, param.parameters.Boolean):
    """One that is true or false."""


def live(doc: str = "", kind: type[Live] = Live) -> Any:
    return kind(constant=True, doc=doc)


class Slices(pn.viewable.Viewer):
    """The state as it was last shown, slice by slice: ``pn.bind(f, rt.param.status)``.

    They are written by the binding alone and follow the session at the screen's rate; only what a verb did can be read
    when it returns.
    """

    state: SessionState = live("The whole.")
    status: Status = live()
    mode: Mode = live()
    messages: Thread[Message] = live()
    events: Ring[ServerEvent] = live()
    error: RealtimeErrorInfo | None = live()
    is_capturing: bool = live(kind=LiveFlag)
    is_playing: bool = live(kind=LiveFlag)
    is_connected: bool = live(kind=LiveFlag)
    usage: Usage = live()
    pending_user_transcript: str | None = live()
    pending_assistant_transcript: str | None = live()
    sound: PageState = param.Parameter(
        NO_SOUND, constant=True, doc="Whether the page's sound is on, its microphone live, and what is wrong."
    )

    _shown: Shown
    """The state that was shown last, and what was read of a later one."""

    @property
    def ahead(self) -> SessionState | None:
        """The state of this moment, where it is to be read and not shown yet."""
        return None

    @property
    def rx(self) -> Expressions:
        """The slices as reactive expressions, ``rt.rx.messages.rx.len()``; called, what one makes of the state:
        ``pn.pane.Str(rt.rx(lambda state: state.latency))``."""
        return Expressions(self)


class Expressions:
    """Makes reactive expressions of what it has."""

    def __init__(self, slices: Slices) -> None:
        self._slices = slices

    def __call__(self, select: Callable[[SessionState], Any] = lambda state: state) -> param.rx:
        """What ``select`` makes of the state, now and whenever it is shown."""
        return param.bind(select, self._slices.param.state).rx()

    def __getattr__(self, name: str) -> param.rx:
        if name not in (names := self._names()):
            raise AttributeError(f"rt.rx has no {name!r}, but {', '.join(names)}", name=name, obj=self)
        return self._slices.param[name].rx()

    def __dir__(self) -> list[str]:
        return self._names()

    def _names(self) -> list[str]:
        return sorted({*SLICES, "sound"})
