"""What went wrong, in words a visitor can do something with."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import panel as pn

from realtime_rx.state import SessionState
from realtime_rx.ui import complaint
from realtime_rx_panel.region import Region

if TYPE_CHECKING:
    from realtime_rx_panel.view import Realtime

__all__ = ["error_alert"]


def error_alert(rt: Realtime) -> Region:
    """The error and what to do about it, for as long as it lasts; a tool that fails says so itself."""
    alert = pn.pane.Alert(alert_type="danger", margin=(0, 10), sizing_mode="stretch_width")
    region = Region(alert, role="alert", sizing_mode="stretch_width")

    def show(html: str) -> None:
        alert.object = html
        region.visible = bool(html)

    rt.watch(words, show)
    return region


def words(state: SessionState) -> str:
    """As one block of HTML, in which an alert's Markdown finds nothing to typeset; empty where nothing is wrong."""
    message, advice = complaint(state.error)
    return f"<div><b>{in_line(message)}</b><br>{in_line(advice)}</div>" if message else ""


def in_line(text: str) -> str:
    return escape(" ".join(text.split()))
