"""One visitor's view of one session, as a ``Parameterized``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

import panel as pn
import param
from bokeh.document import Document
from reactivex.disposable import Disposable, SerialDisposable

from realtime_rx.runtime import LoopHost
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui import SLICES, Coalescer, Lease, PageState, SessionVerbs, Shown, Watch
from realtime_rx_panel.chat import Chat
from realtime_rx_panel.host import loop_of, reporting
from realtime_rx_panel.microphone import Microphone, microphone, realtime_audio
from realtime_rx_panel.page_audio import PageAudio
from realtime_rx_panel.slices import Slices

__all__ = ["Realtime"]

Undo = Callable[[], None]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Realtime(SessionVerbs, Slices):
    """A session as Panel sees it: its verbs, and the slices of its state as constant parameters.

    Made by ``use_realtime()``. The parameters follow the session under the document's lock, at most ``max_hz`` times
    a second, whatever thread the session runs on; what a verb did can be read when it returns.
    ``rt.session.state`` is the state this very moment.
    """

    def __init__(
        self, session: RealtimeSession, document: Document | None, host: LoopHost, *, max_hz: float, number: int = 0
    ) -> None:
        super().__init__()
        self.param.objects()  # gives this object parameters of its own: else those of the class would be opened
        self._document = document
        self._shown = Shown(session.state)
        self._set({name: select(session.state) for name, select in SLICES.items()})
        loop = loop_of(document, host)
        self.page = PageAudio(f"sound-{number}", loop, host, self._hear)
        self._coalescer = Coalescer(host.loop, self._show, screen=loop, max_hz=max_hz)
        self._attached = SerialDisposable()
        self.session = session

    @property
    def ahead(self) -> SessionState | None:
        coalescer: Coalescer[SessionState] | None = vars(self).get("_coalescer")  # the first thing read is earlier
        return None if coalescer is None else coalescer.ahead

    def catch_up(self) -> None:
        self._coalescer.catch_up()

    def watch(self, select: Callable[[SessionState], Any], callback: Callable[[Any], object]) -> Undo:
        """Call it with what ``select`` makes of the state: now, and whenever that is something else. Gives back what
        ends it."""
        watch = Watch(select, callback, self.state)
        callback(watch.last)
        watcher = self.param.watch(lambda event: watch.look(event.new), "state")
        return partial(self.param.unwatch, watcher)

    def on_state_change(self, callback: Callable[[SessionState], object]) -> Undo:
        """Call it with every state that is shown, under the document's lock. Gives back what ends it."""
        return partial(self.param.unwatch, self.param.watch(lambda event: callback(event.new), "state"))

    def chat(self, **params: Any) -> Chat:
        """The conversation and a box to write in. ``params`` go to its ``ChatFeed``."""
        return Chat(self, **params)

    def microphone(self, **params: Any) -> Microphone:
        """The button to talk by; ``params`` as for :func:`microphone`."""
        return microphone(self, **params)

    def audio(self, **params: Any) -> pn.viewable.Viewable:
        """The button that starts the page's sound, for who types and wants to hear. Where there is no server, as in a
        notebook, it brings the sound along: it is to be shown once."""
        button = realtime_audio(self, **params)
        return button if self._document is not None else pn.Row(button, self.page)

    def start_sound(self) -> None:
        """Have the page play what is said, without its microphone: at once where its visitor has clicked anywhere, else
        with their first click. Nothing happens where the session has no sound here."""
        self.page.start()

    # What the hook does

    def show(self, lease: Lease) -> None:
        """Show this session, with its sound, from now on. Under the document's lock."""
        self.page.show(lease.sound)
        self.attach(lease.session)

    def attach(self, session: RealtimeSession) -> None:
        """Show this session from now on. Under the document's lock."""
        self.session = session
        self._attached.disposable = session.states.subscribe(self._coalescer.put)
        self.page.recover()
        if self._document is not None:  # else this need not be the thread that shows
            self._coalescer.flush()

    def detach(self) -> None:
        """Nobody looks. From any thread."""
        self._attached.disposable = Disposable()
        self.page.hang_up()

    def dispose(self) -> None:
        """Look at the session no longer. From any thread, any number of times."""
        self._attached.dispose()
        self._coalescer.close()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.chat().__panel__()

    def _hear(self, sound: PageState) -> None:
        self._set({"sound": sound})

    def _show(self, state: SessionState) -> None:
        changes, read = self._shown.show(state)
        again = {name: value for name, value in read.items() if name not in changes}
        values = {name: SLICES[name](state) for name in SLICES if name in changes or name in again}
        reporting(self._document, self._set, values, again)

    def _set(self, values: dict[str, Any], read: Mapping[str, Any] = NOTHING) -> None:
        """Watchers run when the parameters are constant again. What was ``read`` in between is what those change from:
        ``param.trigger`` would write what is read at this moment."""
        with param.parameterized.batch_call_watchers(self), opened([self.param[name] for name in values]):
            with param.parameterized.discard_events(self):
                self._write(read)
            self._write(values)

    def _write(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(self, name, value)


@contextmanager
def opened(parameters: Collection[Any]) -> Generator[None]:
    """Have these parameters change: ``param.edit_constant`` opens and closes all that there are, each time."""
    for parameter in parameters:
        parameter.constant = False
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.constant = True
