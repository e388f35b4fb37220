"""The app in NiceGUI: ``python -m tests.bindings.contract.nicegui_app --port 8080``."""

import argparse
from typing import Any

from nicegui import Client, app, ui
from realtime_rx_nicegui import composer, error_banner, microphone, sessions, status_badge, transcript, use_realtime
from realtime_rx_nicegui.page_audio import BRIDGES

from . import inside


def show(model: str, options: dict[str, Any]) -> None:
    rt = use_realtime(model, linger=inside.LINGER_S, **options)
    status_badge(rt)
    ui.label().bind_text_from(rt, "messages", lambda messages: f"{len(messages)} messages")
    error_banner(rt)
    transcript(rt).style("height: 400px")
    with composer(rt, connect_on_send=True).tools:
        microphone(rt, connect_on_start=True)


@ui.page("/", reconnect_timeout=0.2)
def text() -> None:
    show("local", inside.text())


@ui.page("/voice", reconnect_timeout=0.2)
def voice() -> None:
    show("local", inside.voice())


@ui.page("/refused", reconnect_timeout=0.2)
def refused() -> None:
    show("openai", inside.refused())


@app.get("/counts")
async def counts() -> dict[str, int]:
    return inside.counts(sessions(), bridges=len(BRIDGES), pages=len(Client.instances))


@app.get("/logs")
async def logs() -> list[dict[str, Any]]:
    return inside.logs(sessions())


@app.get("/cut")
async def cut() -> int:
    return inside.cut()


@app.get("/mend")
async def mend() -> bool:
    return inside.mend()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    ui.run(host="127.0.0.1", port=parser.parse_args().port, show=False, reload=False, tailwind=False)
