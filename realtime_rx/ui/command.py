"""The command that serves a binding's demo: ``python -m realtime_rx_nicegui``, and so on."""

from __future__ import annotations

import argparse
import contextlib
from typing import Protocol

__all__ = ["arguments", "run"]


class Serve(Protocol):
    def __call__(self, *, host: str, port: int, show: bool) -> object:
        """Serve the page until the process is told to stop; ``show`` opens a browser."""
        ...


def arguments(package: str, port: int, argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description="Serve the realtime-rx demo.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=port, help=f"port to listen on (default: {port})")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser.parse_args(argv)


def run(package: str, port: int, serve: Serve) -> None:
    given = arguments(package, port)
    with contextlib.suppress(KeyboardInterrupt):  # how one stops it
        serve(host=given.host, port=given.port, show=not given.no_browser)
