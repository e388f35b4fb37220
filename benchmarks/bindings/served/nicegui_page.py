"""The page in NiceGUI: ``python -m benchmarks.bindings.served.nicegui_page --port 8080``."""

from typing import Any

from nicegui import Client, app, ui
from realtime_rx_nicegui import realtime_audio, status_badge, transcript, use_realtime

from tests.bindings.contract.nicegui_server import run

from .leftovers import leftovers
from .provider import provider


@app.get("/left")
async def left() -> dict[str, Any]:
    return {**leftovers(), "pages": len(Client.instances)}


@ui.page("/", reconnect_timeout=0.2)
def page() -> None:
    rt = use_realtime(provider(), autoconnect=True, linger=0.2)
    rt.start_sound()
    status_badge(rt)
    transcript(rt).style("height: 500px")
    realtime_audio(rt)


if __name__ == "__main__":
    run()
