"""The page in Panel: ``python -m benchmarks.bindings.served.panel_page --port 8080``."""

from typing import Any

import panel as pn
from realtime_rx_panel import status_badge, use_realtime

from tests.bindings.contract.panel_server import run

from .leftovers import leftovers
from .provider import provider


def left() -> dict[str, Any]:
    pages = [server.get_sessions("/") for server, *_ in pn.state._servers.values()]
    return {**leftovers(), "pages": sum(map(len, pages))}


def page() -> pn.Column:
    rt = use_realtime(provider(), autoconnect=True, linger=0.2)
    rt.start_sound()
    return pn.Column(status_badge(rt), rt.chat(), height=600, sizing_mode="stretch_width")


if __name__ == "__main__":
    run(page, {"/left": left})
