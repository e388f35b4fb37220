"""What sessions did, for a test to compare with what a page shows and sounds like: in whatever framework."""

import base64
import weakref
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from realtime_rx import RealtimeSession, ServerEvent
from realtime_rx.effects import Effect, PlayAudio, Send
from realtime_rx.events import SpeechStarted, TruncateItem

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


LOGS: "weakref.WeakKeyDictionary[RealtimeSession, Log]" = weakref.WeakKeyDictionary()


def follow(session: RealtimeSession) -> None:
    log = LOGS[session] = Log()
    session.server_events.subscribe(log.event)
    session.effects.subscribe(log.effect)
    session.audio.on_input_audio(log.microphone)


def logs_of(sessions: Iterable[RealtimeSession]) -> list[dict[str, object]]:
    """Of each session that somebody has said something to."""
    return [
        {**asdict(LOGS[session]), "messages": [(m.id, m.role, m.text, m.interrupted) for m in session.state.messages]}
        for session in sessions
        if session in LOGS and session.state.messages
    ]


def heard_by(sessions: Iterable[RealtimeSession]) -> list[dict[str, str]]:
    """The latest of each visitor's microphone, of those that are heard."""
    return [{"heard": LOGS[session].heard} for session in sessions if session in LOGS and session.state.is_capturing]
