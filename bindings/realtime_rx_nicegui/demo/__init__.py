"""The demo: ``python -m realtime_rx_nicegui``."""

from __future__ import annotations

from nicegui import ui

from realtime_rx_nicegui import host as nicegui
from realtime_rx_nicegui.assets import STATIC
from realtime_rx_nicegui.demo.page import demo_page

__all__ = ["serve"]


def serve(*, host: str, port: int, show: bool) -> None:
    """Serve the page until the process is told to stop."""
    ui.page("/", title="realtime-rx", dark=None, reconnect_timeout=10.0)(demo_page)
    nicegui.serve(host=host, port=port, show=show, title="realtime-rx", favicon=STATIC / "mark.svg")
