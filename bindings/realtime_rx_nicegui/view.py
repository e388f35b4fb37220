"""One page's view of one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Unpack, cast

from nicegui import binding, core
from nicegui.context import context
from nicegui.functions.refreshable import RefreshableTarget

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import ServerEvent
from realtime_rx.options import Options, known
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui import NO_SOUND, Lease, Listeners, Onlooker, PageState, SessionVerbs, Source, Tenant, Watch
from realtime_rx_nicegui.host import refresh
from realtime_rx_nicegui.page_audio import PageAudio
from realtime_rx_nicegui.slices import Slice, Slices
from realtime_rx_nicegui.slots import Bound

__all__ = ["Realtime"]

T = TypeVar("T")


class Realtime(SessionVerbs, Slices):
    """A session as a NiceGUI page sees it: its verbs, and the slices of its state to bind to.

    Made by ``use_realtime()``. Everything happens on NiceGUI's loop, at most ``max_hz`` times a second, whatever thread
    the session runs on. It holds no state of its own: ``rt.session.state`` is the state this very moment, ``rt.state``
    the one that was shown last, or that there was when a verb returned.
    """

    session: Slice[RealtimeSession] = Slice()
    """The session that is shown now. Bindable: a reload or ``start_over()`` puts another one here."""

    sound: Slice[PageState] = Slice()
    """What the page says of its sound: whether it is on, whether the microphone is live, and what is wrong."""

    def __init__(self, session: RealtimeSession, *, max_hz: float = 30.0) -> None:
        self.session = session
        self.sound = NO_SOUND
        self._on_state, self._on_event, self._on_error = Listeners(), Listeners(), Listeners()
        self._page: PageAudio | None = None
        self._tenant: Tenant | None = None
        self._onlooker: Onlooker | None = None
        if core.loop is not None:  # there is none while a script is only being looked through
            self._onlooker = Onlooker(
                core.loop, self._show, events=self._on_event, errors=self._on_error, max_hz=max_hz
            )
        super().__init__(session.state)
        self._attach(session)

    @property
    def ahead(self) -> SessionState | None:
        return None if self._onlooker is None else self._onlooker.ahead

    def catch_up(self) -> None:
        if self._onlooker is not None:
            self._onlooker.catch_up()

    @property
    def sound_name(self) -> str:
        """What the page's sound is called, for its elements; nothing where there is none."""
        return self._page.name if self._page is not None else ""

    # What the page asks for

    def watch(
        self, selector: Callable[[SessionState], T], callback: Callable[[T], Any], *, immediate: bool = True
    ) -> Callable[[], None]:
        """Call ``callback(value)`` in the current slot with what ``selector`` makes of the state: now, unless
        ``immediate`` is off, and whenever that becomes something else. Gives back what ends it; deleting the element
        ends it too. It may be a coroutine function; what it raises goes to ``ui.on_exception``.
        """
        watch = Watch(selector, callback, self.state)
        if immediate:
            Bound(callback).fire(watch.last)
        return self._on_state.add(Bound(watch.look))

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

    def on_state_change(self, callback: Callable[[SessionState], Any]) -> Callable[[], None]:
        """Call it in the current slot with every state that is shown. Gives back what ends it."""
        return self._on_state.add(Bound(callback))

    def on_event(self, callback: Callable[[ServerEvent], Any]) -> Callable[[], None]:
        """Call it in the current slot with every server event, one by one. Gives back what ends it."""
        return self._on_event.add(Bound(callback))

    def on_error(self, callback: Callable[[RealtimeErrorInfo], Any]) -> Callable[[], None]:
        """Call it in the current slot with every error, one by one. Gives back what ends it."""
        return self._on_error.add(Bound(callback))

    def start_over(self, source: Source = None, **options: Unpack[Options]) -> None:
        """Close the session and show a new one, made of these options like the first. Not for a shared session."""
        if self._tenant is None:
            raise RuntimeError("this session is shared: only who made it can start over")
        self.take(self._tenant.begin(source, known(cast(Mapping[str, Any], options))))

    def start_sound(self) -> None:
        """Have the page play what is said, without its microphone: at once where its visitor has clicked anywhere, else
        with their first click. Nothing happens where the session has no sound here."""
        if self._page is not None:
            self._page.start()

    # What the hook does

    def belong_to(self, tenant: Tenant, page: PageAudio) -> None:
        """What it shows is this tenant's, and sounds on this page."""
        self._tenant, self._page = tenant, page

    def take(self, lease: Lease) -> None:
        """Show this session, with its sound, from now on."""
        self._attach(lease.session)
        if self._page is not None:
            self._page.show(lease.sound)

    def hear(self, page: PageState) -> None:
        """What the page says of its sound."""
        self.sound = page

    def dispose(self) -> None:
        """Look at the session no longer. Any number of times, on NiceGUI's loop."""
        if self._onlooker is not None:
            self._onlooker.close()
        for listeners in (self._on_state, self._on_event, self._on_error):
            listeners.clear()
        binding.remove([self])

    def _attach(self, session: RealtimeSession) -> None:
        self.session = session
        if self._onlooker is not None:
            self._onlooker.look_at(session)

    def _show(self, state: SessionState) -> None:
        self.show(state)
        self._on_state.tell(state)


def _running_refreshable() -> RefreshableTarget:
    """The refreshable function that runs now. NiceGUI remembers the last one that ran, whoever's page it was on."""
    target, slot = RefreshableTarget.current_target, context.slot
    if target is None or target.container not in (slot.parent, *slot.parent.ancestors()):
        raise RuntimeError("rt.use() belongs inside a @ui.refreshable function")
    return target
