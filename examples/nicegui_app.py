"""A page on which every visitor has a conversation: python examples/nicegui_app.py, then http://localhost:8080."""

import os

from nicegui import ui
from realtime_rx_nicegui import composer, status_badge, transcript, use_realtime


@ui.page("/")
def page() -> None:
    rt = use_realtime("local", instructions="Be brief.")
    status_badge(rt)
    transcript(rt)
    composer(rt, connect_on_send=True)


ui.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8080")), title="realtime-rx", reload=False, show=False)
