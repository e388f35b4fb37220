"""The last server events, as they arrive."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from realtime_rx.events import ServerEvent
from realtime_rx.sequences import Ring
from realtime_rx.ui import event_detail, newer, pretty
from realtime_rx_nicegui.assets import STATIC, style_page
from realtime_rx_nicegui.view import Realtime

__all__ = ["events_inspector", "EventsInspector"]

MOST_OPENED = 50
"""How many events of one row are shown when it is opened."""


class EventsInspector(ui.element, component=STATIC / "events_inspector.js"):
    """The ring of the state: filter by type and words, pause, open an event to see the frame as it was received.

    The browser keeps and filters short lines, of which only the new ones are sent; the list costs the server no
    elements, however fast events come. ``active`` says whether anything is sent at all: turn it off while hidden.
    """

    def __init__(self, rt: Realtime, *, active: bool = True) -> None:
        super().__init__()
        style_page()
        self._ring: Ring[ServerEvent] = rt.events
        self._rt = rt
        self._total = len(self._ring)
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
        fresh = newer(ring, self._ring[-1] if self._ring else None)
        restarted = len(ring) < len(self._ring) or (bool(self._ring) and len(fresh) == len(ring) < ring.maxlen)
        self._ring = ring
        self._total += len(fresh)
        if not (self._active and self._ready):
            return
        if restarted:
            self._show_all()
        elif fresh:
            self.run_method("add", self._lines(fresh))

    def _show_all(self) -> None:
        self._ready = True
        if self._active:
            self.run_method("reset", self._lines(list(self._ring)))

    def _lines(self, events: list[ServerEvent]) -> list[dict[str, Any]]:
        """One line for each of these last events. The number is where it stands among all that were shown here."""
        first = self._total - len(events)
        return [
            {"number": first + i, "at": event.at, "type": event.type, "detail": event_detail(event)}
            for i, event in enumerate(events)
        ]

    def _expand(self, arguments: GenericEventArguments) -> None:
        first, last = int(arguments.args["first"]), min(int(arguments.args["last"]), self._total - 1)
        oldest = self._total - len(self._ring)
        wanted = [self._ring[n - oldest] for n in range(max(first, oldest, last - MOST_OPENED + 1), last + 1)]
        body = "\n".join(pretty(event.raw) for event in wanted) or "This event has left the ring."
        self.run_method("show", first, body)


events_inspector = EventsInspector
