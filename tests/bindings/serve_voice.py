"""The demo page, and what was said on it: ``python -m tests.bindings.serve_voice --port 8080``."""

import argparse

from nicegui import app, binding, ui
from realtime_rx_nicegui import Realtime, level_meter, microphone, realtime_audio, sessions, transcript, use_realtime
from realtime_rx_nicegui.demo import build
from realtime_rx_nicegui.page_audio import BRIDGES

from realtime_rx import Transcription

from . import serve
from .logs import follow, heard_by, logs_of

SOUNDS: dict[str, str] = {}
"""What the latest page says of its sound."""


def listen(rt: Realtime) -> None:
    binding.bind_from(SOUNDS, "now", rt, "sound", lambda sound: f"{sound.state} {sound.microphone} {sound.error}")
    follow(rt.session)


@app.get("/logs")
async def logs() -> list[dict[str, object]]:
    return logs_of(sessions())


@app.get("/hearing")
async def hearing() -> list[dict[str, str]]:
    return heard_by(sessions())


@app.get("/sound")
async def sound() -> str:
    return SOUNDS["now"]


@app.get("/voice-counts")
async def counts() -> dict[str, int]:
    return {**await serve.counts(), "bridges": len(BRIDGES)}


@ui.page("/voice", reconnect_timeout=0.2)
def voice() -> None:
    listen(build(linger=2.0))


@ui.page("/verbs", reconnect_timeout=0.2)
def verbs() -> None:
    """The verbs by buttons of one's own, and by nothing at all."""
    rt = use_realtime("local", transcription=Transcription(), autoconnect=True, linger=0.2)
    listen(rt)
    ui.button("Start capture", on_click=rt.start_audio_capture)
    ui.button("Stop capture", on_click=rt.stop_audio_capture)
    ui.label().classes("sound").bind_text_from(rt, "sound", lambda sound: f"{sound.state} {sound.microphone}")
    ui.label().classes("error").bind_text_from(rt, "error", lambda error: error.message if error else "")
    microphone(rt)
    level_meter(rt)
    realtime_audio(rt)
    transcript(rt).style("height: 200px")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    ui.run(host="127.0.0.1", port=parser.parse_args().port, show=False, reload=False, tailwind=False)
