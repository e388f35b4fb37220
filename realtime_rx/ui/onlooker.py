"""Looking at a session from a page: at its states at the screen's rate, at one-off events one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from realtime_rx.effects import Effect, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.store import same
from realtime_rx.ui.coalescer import Coalescer, Loop, Mailbox
from realtime_rx.ui.slices import SLICES, changed

__all__ = ["Callback", "Listeners", "Onlooker", "Shown", "Watch"]

T = TypeVar("T")


class Shown:
    """The state that was shown last, and what was read of a later one: who bound something to that has to hear when it
    is over, also where it is again as it was shown."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._read: dict[str, Any] = {}

    def read(self, name: str, ahead: SessionState) -> Any:
        """This slice of a state that is not shown yet. From any thread."""
        value = SLICES[name](ahead)
        if not same(value, SLICES[name](self._state)):
            self._read[name] = value
        return value

    def show(self, state: SessionState) -> tuple[dict[str, Any], dict[str, Any]]:
        """The slices that are other objects than when this was last called; and all that were read since then as
        something else than was shown, with what was read last."""
        before, self._state = self._state, state
        read, self._read = self._read, {}
        return dict(changed(before, state)), {name: read[name] for name in SLICES if name in read}


class Watch(Generic[T]):
    """Tells what a selector makes of a state, whenever that is something else than it was."""

    def __init__(self, select: Callable[[SessionState], T], tell: Callable[[T], Any], state: SessionState) -> None:
        self._select = select
        self._tell = tell
        self.last = select(state)

    def look(self, state: SessionState) -> Any:
        """What telling it gave back; None where there was nothing to tell."""
        value = self._select(state)
        if same(value, self.last):
            return None
        self.last = value
        return self._tell(value)


class Callback(Protocol):
    """A page's function, as its framework calls it."""

    @property
    def is_gone(self) -> bool:
        """Whether what it belongs to is no longer on the page."""
        ...

    def fire(self, *args: Any) -> None:
        """Call it. Nothing is raised here."""
        ...


class Listeners:
    """The callbacks for one kind of news; who is gone is forgotten."""

    def __init__(self) -> None:
        self._callbacks: list[Callback] = []

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def add(self, callback: Callback) -> Callable[[], None]:
        """Gives back what ends it, any number of times."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback) if callback in self._callbacks else None

    def tell(self, news: object) -> None:
        self._callbacks = [each for each in self._callbacks if not each.is_gone]
        for callback in tuple(self._callbacks):
            callback.fire(news)

    def clear(self) -> None:
        self._callbacks.clear()


class Onlooker:
    """Brings what happens in a session to a loop: its states to ``show``, the latest at most ``max_hz`` times a second;
    its server events and errors, each of them in order, to whoever listens. To be used on the loop."""

    def __init__(
        self, loop: Loop, show: Callable[[SessionState], object], *, events: Listeners, errors: Listeners, max_hz: float
    ) -> None:
        self._loop = loop
        self._events = events
        self._errors = errors
        self._states = Coalescer(loop, show, max_hz=max_hz)
        self._attached = SerialDisposable()

    def look_at(self, session: RealtimeSession) -> None:
        """From now on at this one, and at the one before no longer."""
        attached = CompositeDisposable()
        self._attached.disposable = attached  # first, lest the one before is heard after this one
        events: Mailbox[ServerEvent] = Mailbox(self._loop, self._events.tell)
        errors: Mailbox[RealtimeErrorInfo] = Mailbox(self._loop, self._errors.tell)

        def happened(event: ServerEvent) -> None:
            if self._events:
                events.put(event)

        def noticed(effect: Effect) -> None:
            if isinstance(effect, Notify):
                errors.put(effect.error)

        attached.add(Disposable(events.close))
        attached.add(Disposable(errors.close))
        attached.add(session.server_events.subscribe(happened))
        attached.add(session.effects.subscribe(noticed))
        attached.add(session.states.subscribe(self._states.put))
        self._states.flush()

    def catch_up(self) -> None:
        """Whoever reads shall have the state as it is now, though it is shown later. From any thread."""
        self._states.catch_up()

    @property
    def ahead(self) -> SessionState | None:
        """The state now, where one that is to be read is not shown yet."""
        return self._states.ahead

    def close(self) -> None:
        """Look at nothing any more. Any number of times."""
        self._attached.dispose()
        self._states.close()
