"""Whether there is a connection, and who has the floor."""

from __future__ import annotations

from nicegui import ui

from realtime_rx.ui import STATUS_WORDS, activity
from realtime_rx_nicegui.assets import style_page
from realtime_rx_nicegui.view import Realtime

__all__ = ["status_badge", "StatusBadge"]


class StatusBadge(ui.element):
    """A pill with a dot: the status, and the mode or the attempt while there is something going on."""

    def __init__(self, rt: Realtime) -> None:
        super().__init__("div")
        style_page()
        self.classes("rt-badge").props["role"] = "status"
        with self:
            ui.element("span").classes("rt-dot")
            ui.label().classes("rt-badge-status").bind_text_from(rt, "status", STATUS_WORDS.get)
            ui.label().classes("rt-badge-mode").bind_text_from(rt, "state", activity)
            rt.watch(lambda state: (state.status, state.mode), self._mark)

    def _mark(self, going_on: tuple[str, str]) -> None:
        self.props["data-status"], self.props["data-mode"] = going_on
        self.update()


status_badge = StatusBadge
