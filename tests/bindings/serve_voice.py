"""The demo page, and what it says of its sound: ``python -m tests.bindings.serve_voice --port 8080``."""

from nicegui import app, binding, ui
from realtime_rx_nicegui import Realtime, level_meter, microphone, realtime_audio, transcript, use_realtime
from realtime_rx_nicegui.demo import build

from realtime_rx import Transcription

from .contract.nicegui_server import run

SOUNDS: dict[str, str] = {}
"""What the latest page says of its sound."""


def listen(rt: Realtime) -> None:
    binding.bind_from(SOUNDS, "now", rt, "sound", lambda sound: f"{sound.state} {sound.microphone} {sound.error}")


@app.get("/sound")
async def sound() -> str:
    return SOUNDS["now"]


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
    run()
