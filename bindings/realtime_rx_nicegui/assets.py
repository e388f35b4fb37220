"""The style sheet that the elements share, added once to each page that uses one of them."""

from __future__ import annotations

import weakref
from pathlib import Path

from nicegui import Client, ui
from nicegui.context import context

from realtime_rx.ui import STATIC as UI

__all__ = ["STATIC", "style_page"]

STATIC = Path(__file__).parent / "static"

_styled: weakref.WeakSet[Client] = weakref.WeakSet()


def style_page() -> None:
    """Colours are CSS variables (``--rt-accent``, …), so a page restyles the elements by setting those."""
    client = context.client
    if client not in _styled:
        _styled.add(client)
        ui.add_css(STATIC / "elements.css")
        ui.add_css(UI / "elements.css")
