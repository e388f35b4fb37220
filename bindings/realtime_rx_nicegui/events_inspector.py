"""The last server events, as they arrive."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments

from realtime_rx.events import ServerEvent
from realtime_rx.sequences import Ring
from realtime_rx.ui import EventLines
from realtime_rx_nicegui.assets import STATIC, style_page
from realtime_rx_nicegui.view import Realtime

__all__ = ["events_inspector", "EventsInspector"]


class EventsInspector(ui.element, component=STATIC / "events_inspector.js"):
    """The ring of the state: filter by type and words, pause, open an event to see the frame as it was received.

    The browser keeps and filters short lines, of which only the new ones are sent; the list costs the server no
    elements, however fast events come. ``active`` says whether anything is sent at all: turn it off while hidden.
    """

    def __init__(self, rt: Realtime, *, active: bool = True) -> None:
        super().__init__()
        style_page()
        self._lines = EventLines(rt.events)
        self._active = active
        self._ready = False
        self.props["limit"] = rt.events.maxlen
        self.on("ready", self._show_all)
        self.on("expand", self._expand)
        with self:
            rt.watch(lambda state: state.events, self._show, immediate=False)

    @property
    def active(self) -> bool:
        return self._active

    @active.setter
    def active(self, active: bool) -> None:
        was, self._active = self._active, active
        if active and not was and self._ready:
            self._show_all()

    def _show(self, ring: Ring[ServerEvent]) -> None:
        restarted, lines = self._lines.take(ring)
        if self._active and self._ready and (restarted or lines):
            self.run_method("reset" if restarted else "add", lines)

    def _show_all(self) -> None:
        self._ready = True
        if self._active:
            self.run_method("reset", self._lines.all())

    def _expand(self, arguments: GenericEventArguments) -> None:
        first, last = int(arguments.args["first"]), int(arguments.args["last"])
        self.run_method("show", first, self._lines.opened(first, last))


events_inspector = EventsInspector
