"""``python -m realtime_rx_panel``: serve the demo page."""

from __future__ import annotations

import argparse
import contextlib

from realtime_rx_panel.demo import serve


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m realtime_rx_panel", description="Serve the realtime-rx demo.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=5006, help="port to listen on (default: 5006)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser.parse_args(argv)


if __name__ == "__main__":
    given = arguments()
    with contextlib.suppress(KeyboardInterrupt):  # how one stops it
        serve(host=given.host, port=given.port, show=not given.no_browser)
