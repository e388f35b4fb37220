"""Pages for the browser tests, and what they say of their sound: ``python -m tests.bindings.serve --port 8080``."""

import asyncio

from nicegui import app, binding, ui
from realtime_rx_nicegui import (
    Realtime,
    composer,
    events_inspector,
    level_meter,
    microphone,
    realtime_audio,
    status_badge,
    transcript,
    use_realtime,
)
from realtime_rx_nicegui.demo import build

from realtime_rx import Transcription

from ..support.frames import CREATED, Frame, text_turn
from ..support.memory import Wire, session_on
from .contract.nicegui_server import run

WORDS = 1_500
HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> '
    "[link](javascript:window.hacked=3) ![picture](https://elsewhere.invalid/?secret) **bold**"
)
BURST = "".join(f"{number} " for number in range(WORDS)).strip()
SOUNDS: dict[str, str] = {}
"""What the latest page says of its sound."""


@ui.page("/hostile", reconnect_timeout=0.2)
def hostile() -> None:
    """A model and a user who mean harm."""
    rt, wire = scripted(max_hz=30)
    wire.say(CREATED, *text_turn(HOSTILE))
    rt.watch(lambda state: state.status == "connected", lambda there: there and say(rt, HOSTILE))


def say(rt: Realtime, text: str) -> None:
    rt.send_text_message(text, respond=False)


@ui.page("/burst", reconnect_timeout=0.2)
def burst() -> None:
    """A thousand deltas a second, for a second and a half."""
    rt, wire = scripted(max_hz=30)
    wire.say(CREATED)
    ui.button("Go", on_click=lambda: pour(wire, text_turn(BURST)))
    ui.label().classes("count").bind_text_from(rt, "messages", lambda messages: f"{len(messages)} messages")


async def pour(wire: Wire, frames: list[Frame]) -> None:
    for start in range(0, len(frames), 10):
        wire.say(*frames[start : start + 10])
        await asyncio.sleep(0.01)


def scripted(*, max_hz: float) -> tuple[Realtime, Wire]:
    """The elements around a session whose provider is this page."""
    wire = Wire()
    rt = use_realtime(lambda: session_on(wire), autoconnect=True, max_hz=max_hz, linger=0.2)
    status_badge(rt)
    transcript(rt).style("height: 300px")
    composer(rt)
    events_inspector(rt).style("height: 300px")
    return rt, wire


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
