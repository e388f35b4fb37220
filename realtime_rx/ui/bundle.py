"""The modules of a page's sound as one text, for a framework that sends its modules through no route of a server."""

from __future__ import annotations

from functools import cache

import msgspec

from realtime_rx.audio.bridge import STATIC as BRIDGE
from realtime_rx.ui.page_sound import STATIC as UI

__all__ = ["page_module"]

LOADER = UI / "whole.js"


@cache
def page_module() -> str:
    """The text of a module that imports nothing and has no address. What comes behind it finds ``page``, a promise of
    what ``ui/elements.js`` exports."""
    files = [path for folder in (UI, BRIDGE) for path in sorted(folder.glob("*.js")) if path != LOADER]
    sources = {f"{path.parent.parent.name}/{path.name}": path.read_text("utf-8") for path in files}
    return f"const SOURCES = {msgspec.json.encode(sources).decode()};\n{LOADER.read_text('utf-8')}"
