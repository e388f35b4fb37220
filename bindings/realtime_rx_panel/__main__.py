"""``python -m realtime_rx_panel``: serve the demo page."""

from realtime_rx.ui.command import run
from realtime_rx_panel.demo import serve

if __name__ == "__main__":
    run("realtime_rx_panel", 5006, serve)
