"""The command ``realtime-rx``: record conversations, play them, look into them. Needs the extra ``cli``."""

from __future__ import annotations

import importlib.util
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command with this process's arguments."""
    missing = [name for name in ("click", "rich") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f'realtime-rx needs {" and ".join(missing)}: pip install "realtime-rx[cli]"')
    from realtime_rx.cli.commands import realtime_rx  # what it imports is an extra

    realtime_rx(prog_name="realtime-rx")
