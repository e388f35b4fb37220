"""The sound of a page: the invisible component that has it, and knows which tab this is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
import param
from bokeh.document import Document
from bokeh.events import Event
from panel.models.esm import DataEvent

from realtime_rx.runtime import LoopHost
from realtime_rx.ui import NO_SOUND, PageSound, PageState, Screen
from realtime_rx.ui.bundle import page_module
from realtime_rx_panel.carrier import Carrier
from realtime_rx_panel.kernel import KernelComm
from realtime_rx_panel.routes import SOCKETS

__all__ = ["PageAudio", "STATIC"]

STATIC = Path(__file__).with_name("static")


class PageAudio(pn.custom.JSComponent):
    """Has the visitor's microphone and speakers, and shows nothing. Nothing is opened before they ask for it."""

    sound: str = param.String(constant=True, doc="The name by which the page's elements find it.")
    target: str = param.String(constant=True, doc="The comm by which a notebook's page reaches its kernel, if any.")
    setup: str = param.String(doc="What the page must know, as JSON; nothing where there is no sound.")
    asked: int = param.Integer(doc="How often the page was asked to start its sound.")

    _esm = page_module() + (STATIC / "page_audio.js").read_text("utf-8")

    def __init__(self, name: str, loop: Screen, host: LoopHost, tell: Callable[[PageState], object]) -> None:
        """``tell`` is told what the page says of its sound. ``loop`` is the document's, ``host`` the session's."""
        self._kernel = kernel_comm(self._heard) if pn.state.curdoc is None else None
        super().__init__(sound=name, target=self._kernel.target if self._kernel else "", visible=False)
        self._loop = loop
        self._tell = tell
        self._find: Callable[[str], object] | None = None
        self._shown: PageSound | None = None
        self._carrier = Carrier(host, loop, self._say)
        self._sockets = f"{pn.state.rel_path or '.'}{SOCKETS}" if pn.state.curdoc is not None else ""

    def show(self, sound: PageSound | None) -> None:
        """Have this sound from now on. Under the document's lock."""
        self._shown = sound
        self._tell(NO_SOUND if sound is None else PageState())
        self.setup = sound.mount(self._sockets, self.start) if sound is not None else ""

    def start(self) -> None:
        """Ask the page to start its sound: now, where the visitor has clicked before, else with their first click. From
        any thread."""
        self._loop.call_soon_threadsafe(self._ask)

    def close(self) -> None:
        """Its session is over. From any thread, any number of times."""
        if self._kernel is not None:
            self._kernel.close()

    def hang_up(self) -> None:
        """Nobody looks at the page. From any thread, any number of times."""
        self._carrier.hang_up()

    def recover(self) -> None:
        """Somebody looks at it again. From any thread."""
        self._carrier.recover()

    def put(self, document: Document, find: Callable[[str], object] | None = None) -> None:
        """Stand beside what the page shows, whatever template it has, once it is loaded. ``find`` is told then, once,
        which tab it is in, by a secret of the tab's."""
        self._find = find
        pn.state.onload(lambda: self._add(document))

    def _add(self, document: Document) -> None:
        root = self._documents[document] = self.get_root(document)
        document.on_session_destroyed(self._server_destroy)  # else Panel keeps it for ever
        document.add_root(root)

    def _ask(self) -> None:
        self.asked += 1

    def _say(self, text: str) -> None:
        if self._kernel is None or not self._kernel.send(text):
            self._send_msg(text)

    def _heard(self, said: Any) -> None:
        if isinstance(said, str):
            self._carrier.hear(said)
        else:
            self._loop.call_soon_threadsafe(self._handle_msg, said)

    def _server_event(self, doc: Document, event: Event) -> None:
        if not self._carries(event):
            super()._server_event(doc, event)

    def _comm_event(self, doc: Document, event: Event) -> None:
        if not self._carries(event):
            super()._comm_event(doc, event)

    def _carries(self, event: Event) -> bool:
        """Takes sound before Panel does, which would say for each frame that the app is busy, and has it heard by
        threads, in no order."""
        match event:
            case DataEvent(data=str() as said):
                self._carrier.hear(said)
                return True
            case _:
                return False

    def _handle_msg(self, data: Any) -> None:
        match data:
            case {"say": said} if self._shown is not None:
                self._tell(self._shown.hear(said))
            case {"tab": str() as tab} if (find := self._find) is not None:
                self._find = None
                find(tab)
            case _:
                pass


def kernel_comm(hear: Callable[[Any], object]) -> KernelComm | None:
    """None where no kernel runs this: in a script."""
    try:
        return KernelComm(hear)
    except ImportError:
        return None
