"""Panel's own command and FastAPI, each with the page: ``python -m tests.frameworks.panel_binding.hosts --port 8080
fastapi``."""

import argparse
import os
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from panel.io.fastapi import add_application
from realtime_rx_panel.routes import ROUTER

from .hosted import page

HOSTED = Path(__file__).with_name("hosted.py")


SOUND = ("--plugins", "realtime_rx_panel.routes")


def command(port: int, *more: str) -> None:
    here = ("--address", "127.0.0.1", "--port", str(port), "--allow-websocket-origin", f"127.0.0.1:{port}")
    arguments = ("serve", str(HOSTED), *here, *more)
    os.execv(sys.executable, [sys.executable, "-m", "panel", *arguments])


def fastapi(port: int, path: str) -> None:
    app = FastAPI()
    app.include_router(ROUTER)
    add_application(path, app=app)(page)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("host", choices=("command", "prefixed", "soundless", "fastapi", "deeper"))
    arguments = parser.parse_args()
    match arguments.host:
        case "command":
            command(arguments.port, *SOUND)
        case "prefixed":
            command(arguments.port, *SOUND, "--prefix", "apps")
        case "soundless":
            command(arguments.port)
        case "fastapi":
            fastapi(arguments.port, "/panel")
        case "deeper":
            fastapi(arguments.port, "/apps/panel")
