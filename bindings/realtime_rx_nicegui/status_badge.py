"""Whether there is a connection, and who has the floor."""

from __future__ import annotations

from nicegui import ui

from realtime_rx.state import SessionState
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
            self._status = ui.label().classes("rt-badge-status")
            self._mode = ui.label().classes("rt-badge-mode")
            rt.watch(what_goes_on, self._show)

    def _show(self, going_on: str) -> None:
        status, mode, words = going_on.split(" ", 2)
        self._status.text = STATUS_WORDS[status]
        self._mode.text = words
        self.props["data-status"], self.props["data-mode"] = status, mode
        self.update()


def what_goes_on(state: SessionState) -> str:
    """As one text: texts are compared by value."""
    return f"{state.status} {state.mode} {activity(state)}"


status_badge = StatusBadge
