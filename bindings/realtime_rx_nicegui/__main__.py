"""``python -m realtime_rx_nicegui``: serve the demo page."""

from realtime_rx.ui.command import run
from realtime_rx_nicegui.demo import serve

if __name__ == "__main__":
    run("realtime_rx_nicegui", 8080, serve)
