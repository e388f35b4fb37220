"""Whether there is a connection, and who has the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import panel as pn

from realtime_rx.state import SessionState
from realtime_rx.ui import summary

if TYPE_CHECKING:
    from realtime_rx_panel.view import Realtime

__all__ = ["status_badge"]

COLORS = {"connected": "#1a8754", "connecting": "#b7791f", "reconnecting": "#b7791f", "error": "#c53030"}
QUIET = "#718096"


def status_badge(rt: Realtime) -> pn.pane.HTML:
    """A pill with a dot: the status, and the mode while there is something going on."""
    pane = pn.pane.HTML(margin=(6, 10))
    rt.watch(badge, lambda html: pane.param.update(object=html))
    return pane


def badge(state: SessionState) -> str:
    color = COLORS.get(state.status, QUIET)
    dot = f'<span style="width:8px;height:8px;border-radius:50%;background:{color}"></span>'
    style = "display:inline-flex;align-items:center;gap:8px;padding:3px 12px;border:1px solid;border-radius:99px"
    style += ";background:#fff;color:#1a202c"
    return f'<span role="status" class="rt-badge" style="{style};border-color:{color}">{dot}{summary(state)}</span>'
