"""The demo page, and what was said on it: ``python -m tests.bindings.serve_voice --port 8080``."""

import argparse
import base64
import weakref
from dataclasses import asdict, dataclass, field

from nicegui import app, binding, ui
from realtime_rx_nicegui import Realtime, level_meter, microphone, realtime_audio, sessions, transcript, use_realtime
from realtime_rx_nicegui.demo import build
from realtime_rx_nicegui.page_audio import BRIDGES

from realtime_rx import RealtimeSession, ServerEvent, Transcription
from realtime_rx.effects import Effect, PlayAudio, Send
from realtime_rx.events import SpeechStarted, TruncateItem

from . import serve

LATEST = 9_600
"""Bytes of 200 ms."""


@dataclass
class Log:
    """What a session did: times in seconds since the epoch, sound as base64 of PCM16."""

    speech_started: list[float] = field(default_factory=list)
    truncated: list[tuple[str, int]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    heard: str = ""
    """The latest of the microphone."""

    def event(self, event: ServerEvent) -> None:
        if isinstance(event, SpeechStarted):
            self.speech_started.append(event.at)

    def effect(self, effect: Effect) -> None:
        match effect:
            case PlayAudio():
                self.said[effect.item_id] = joined(self.said.get(effect.item_id, ""), base64.b64decode(effect.audio))
            case Send(TruncateItem() as event):
                self.truncated.append((event.item_id, event.audio_end_ms))
            case _:
                pass

    def microphone(self, pcm: bytes, _rate: int) -> None:
        self.heard = base64.b64encode((base64.b64decode(self.heard) + pcm)[-LATEST:]).decode()


def joined(sound: str, more: bytes) -> str:
    return base64.b64encode(base64.b64decode(sound) + more).decode()


SOUNDS: dict[str, str] = {}
"""What the latest page says of its sound."""
LOGS: "weakref.WeakKeyDictionary[RealtimeSession, Log]" = weakref.WeakKeyDictionary()


def listen(rt: Realtime) -> None:
    binding.bind_from(SOUNDS, "now", rt, "sound", lambda sound: f"{sound.state} {sound.microphone} {sound.error}")
    log = LOGS[rt.session] = Log()
    rt.session.server_events.subscribe(log.event)
    rt.session.effects.subscribe(log.effect)
    rt.session.audio.on_input_audio(log.microphone)


@app.get("/logs")
async def logs() -> list[dict[str, object]]:
    """Of each session that somebody has said something to."""
    return [
        {**asdict(LOGS[session]), "messages": [(m.id, m.role, m.text, m.interrupted) for m in session.state.messages]}
        for session in sessions()
        if session in LOGS and session.state.messages
    ]


@app.get("/hearing")
async def hearing() -> list[dict[str, str]]:
    """The latest of each visitor's microphone, of those that are heard."""
    return [{"heard": LOGS[session].heard} for session in sessions() if session in LOGS and session.state.is_capturing]


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
