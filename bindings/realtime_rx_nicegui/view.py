"""One page's view of one session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nicegui import binding, core
from nicegui.context import context
from nicegui.functions.refreshable import RefreshableTarget
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable

from realtime_rx.effects import Effect, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.store import same
from realtime_rx.ui import NO_SOUND, Coalescer, Mailbox, PageState, SessionVerbs
from realtime_rx_nicegui.host import refresh
from realtime_rx_nicegui.slices import Slice, Slices
from realtime_rx_nicegui.slots import Bound

__all__ = ["Realtime"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Watch:
    """A selector, what it gave last, and whom to tell when it gives something else."""

    select: Callable[[SessionState], Any]
    callback: Bound
    last: Any

    def look(self, state: SessionState) -> None:
        try:
            value = self.select(state)
        except Exception as error:
            self.callback.report(error)
            return
        if not same(value, self.last):
            self.last = value
            self.callback.fire(value)


@dataclass(slots=True, eq=False)
class Listeners:
    """The callbacks for one kind of one-off events."""

    callbacks: list[Bound] = field(default_factory=list[Bound])

    def tell(self, value: object) -> None:
        self.callbacks = [each for each in self.callbacks if not each.is_gone]
        for callback in self.callbacks:
            callback.fire(value)

    def add(self, callback: Bound) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback) if callback in self.callbacks else None


class Realtime(SessionVerbs, Slices):
    """A session as a NiceGUI page sees it: its verbs, and the slices of its state to bind to.

    Made by ``use_realtime()``. Everything happens on NiceGUI's loop, at most ``max_hz`` times a second, whatever thread
    the session runs on. It holds no state of its own: ``rt.session.state`` is the state this very moment, ``rt.state``
    the one that was shown last.
    """

    session: Slice[RealtimeSession] = Slice()
    """The session that is shown now. Bindable: a reload or ``start_over()`` puts another one here."""

    sound: Slice[PageState] = Slice()
    """What the page says of its sound: whether it is on, whether the microphone is live, and what is wrong."""

    def __init__(self, session: RealtimeSession, *, max_hz: float = 30.0) -> None:
        self.session = session
        self.sound = NO_SOUND
        self.sound_name = ""
        self._watches: list[Watch] = []
        self._on_event = Listeners()
        self._on_error = Listeners()
        self._attached = SerialDisposable()
        self._start_over: Callable[..., None] | None = None
        self._start_sound: Callable[[], None] = nothing
        self._coalescer: Coalescer[SessionState] | None = None
        if core.loop is not None:  # there is none while a script is only being looked through
            self._coalescer = Coalescer(core.loop, self._show, max_hz=max_hz)
        super().__init__(session.state)
        self.attach(session)

    # What the page asks for

    def watch(
        self, selector: Callable[[SessionState], T], callback: Callable[[T], Any], *, immediate: bool = True
    ) -> Callable[[], None]:
        """Call ``callback(value)`` in the current slot with what ``selector`` makes of the state: now, unless
        ``immediate`` is off, and whenever that becomes something else. Gives back what ends it; deleting the element
        ends it too. It may be a coroutine function; what it raises goes to ``ui.on_exception``.
        """
        watch = Watch(selector, Bound(callback), selector(self.state))
        self._watches.append(watch)
        if immediate:
            watch.callback.fire(watch.last)
        return lambda: self._watches.remove(watch) if watch in self._watches else None

    def use(self, selector: Callable[[SessionState], T]) -> T:
        """What ``selector`` makes of the state, inside a ``@ui.refreshable``: it is refreshed when that changes."""
        target = _running_refreshable()
        value = selector(self.state)
        if target.next_index == len(target.locals):  # the first run; each further one finds its watch here
            with target.container:
                self.watch(selector, lambda _: refresh(target), immediate=False)
            target.locals.append(self)
        target.next_index += 1
        return value

    def on_event(self, callback: Callable[[ServerEvent], Any]) -> Callable[[], None]:
        """Call it in the current slot with every server event, one by one. Gives back what ends it."""
        return self._on_event.add(Bound(callback))

    def on_error(self, callback: Callable[[RealtimeErrorInfo], Any]) -> Callable[[], None]:
        """Call it in the current slot with every error, one by one. Gives back what ends it."""
        return self._on_error.add(Bound(callback))

    def start_over(self, source: Any = None, **options: Any) -> None:
        """Close the session and show a new one, made of these options like the first. Not for a shared session."""
        if self._start_over is None:
            raise RuntimeError("this session is shared: only who made it can start over")
        self._start_over(source, **options)

    def start_sound(self) -> None:
        """Have the page play what is said, without its microphone: at once where its visitor has clicked anywhere, else
        with their first click. Nothing happens where the session has no sound here."""
        self._start_sound()

    # What the hook does

    def attach(self, session: RealtimeSession) -> None:
        """Show this session from now on."""
        attached = CompositeDisposable()
        self._attached.disposable = attached
        self.session = session
        if self._coalescer is None or core.loop is None:
            return
        events: Mailbox[ServerEvent] = Mailbox(core.loop, self._on_event.tell)
        errors: Mailbox[RealtimeErrorInfo] = Mailbox(core.loop, self._on_error.tell)

        def happened(event: ServerEvent) -> None:
            if self._on_event.callbacks:
                events.put(event)

        def noticed(effect: Effect) -> None:
            if isinstance(effect, Notify):
                errors.put(effect.error)

        attached.add(Disposable(events.close))
        attached.add(Disposable(errors.close))
        attached.add(session.server_events.subscribe(happened))
        attached.add(session.effects.subscribe(noticed))
        attached.add(session.states.subscribe(self._coalescer.put))
        self._coalescer.flush()

    def can_start_over(self, start_over: Callable[..., None]) -> None:
        self._start_over = start_over

    def can_sound(self, name: str, start: Callable[[], None]) -> None:
        """The page's sound is there under this name."""
        self.sound_name = name
        self._start_sound = start

    def hear_page(self, state: PageState) -> None:
        """What the page says of its sound."""
        self.sound = state

    def dispose(self) -> None:
        """Look at the session no longer. Any number of times, on NiceGUI's loop."""
        self._attached.dispose()
        if self._coalescer is not None:
            self._coalescer.close()
        self._watches.clear()
        self._on_event.callbacks.clear()
        self._on_error.callbacks.clear()
        binding.remove([self])

    def _show(self, state: SessionState) -> None:
        self.show(state)
        self._watches = [watch for watch in self._watches if not watch.callback.is_gone]
        for watch in tuple(self._watches):
            watch.look(state)


def nothing() -> None:
    pass


def _running_refreshable() -> RefreshableTarget:
    """The refreshable function that runs now. NiceGUI remembers the last one that ran, whoever's page it was on."""
    target, slot = RefreshableTarget.current_target, context.slot
    if target is None or target.container not in (slot.parent, *slot.parent.ancestors()):
        raise RuntimeError("rt.use() belongs inside a @ui.refreshable function")
    return target
