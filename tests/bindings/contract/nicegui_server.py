"""NiceGUI's server of whatever pages there are."""

import argparse

from nicegui import ui


def run() -> None:
    """Serve them on the port of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    ui.run(host="127.0.0.1", port=parser.parse_args().port, show=False, reload=False, tailwind=False)
