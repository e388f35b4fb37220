"""What the apps have in common: their sessions' options, and what they tell a test of their insides."""

import base64
import gc
import json
import os
import threading
import time
import weakref
from array import array
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from realtime_rx import RealtimeSession, TurnDetection
from realtime_rx.abc import Endpoint, Frame, Take
from realtime_rx.errors import ConnectError
from realtime_rx.transports import WebSocketTransport
from realtime_rx.ui.choices import options

LINGER_S = 5.0
"""A reload may take this long where much else runs."""
RATE = 24_000
LOUD = 1_000
"""What is louder is no silence, of 32,767."""
TEXT = {"output_modalities": ("text",)}
REFUSING = "CONTRACT_REFUSING"
"""The environment's name for the address of a provider that refuses every key."""


@dataclass
class Log:
    """What went over one connection: times in seconds since the epoch, sound as base64 of PCM16."""

    session_id: str = ""
    began: float = field(default_factory=time.time)
    speech_started: list[float] = field(default_factory=list[float])
    truncated: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    said: dict[str, str] = field(default_factory=dict[str, str])
    loud: int = 0
    """The peak of what came last from the microphone, of 32,767."""
    chunks: int = 0
    """How often something came from it."""
    louds: int = 0
    """How often that was loud."""
    pause_s: float = 0.0
    """How much has come from it since it was loud."""

    def came(self, event: dict[str, Any]) -> None:
        match event:
            case {"type": "session.created", "session": {"id": session_id}}:
                self.session_id = session_id
            case {"type": "input_audio_buffer.speech_started"}:
                self.speech_started.append(time.time())
            case {"type": "response.output_audio.delta", "item_id": item_id, "delta": sound}:
                self.said[item_id] = joined(self.said.get(item_id, ""), sound)
            case _:
                pass

    def went(self, event: dict[str, Any]) -> None:
        match event:
            case {"type": "conversation.item.truncate", "item_id": item_id, "audio_end_ms": heard_ms}:
                self.truncated.append((item_id, heard_ms))
            case {"type": "input_audio_buffer.append", "audio": sound}:
                self._heard(array("h", base64.b64decode(sound)))
            case _:
                pass

    def _heard(self, samples: "array[int]") -> None:
        self.loud = max(max(samples, default=0), -min(samples, default=0))
        self.chunks += 1
        self.louds += self.loud > LOUD
        self.pause_s = 0.0 if self.loud > LOUD else self.pause_s + len(samples) / RATE


def joined(sound: str, more: str) -> str:
    return base64.b64encode(base64.b64decode(sound) + base64.b64decode(more)).decode()


class Tap(WebSocketTransport):
    """A connection that is listened to, and that can be cut."""

    is_cut: ClassVar[bool] = False
    all: ClassVar["weakref.WeakSet[Tap]"] = weakref.WeakSet()

    async def open(self, endpoint: Endpoint) -> None:
        if Tap.is_cut:
            raise ConnectError("the line is cut")
        await super().open(endpoint)
        self.log = Log()
        Tap.all.add(self)

    async def send(self, frame: Frame) -> None:
        self.log.went(json.loads(frame))
        await super().send(frame)

    async def deliver(self, take: Take) -> None:
        def heard(frame: Frame) -> None:
            self.log.came(json.loads(frame))
            take(frame)

        await super().deliver(heard)

    def cut(self) -> None:
        if self._socket is not None:
            self._socket.transport.abort()


@dataclass(frozen=True)
class Page:
    """What one of the app's pages has: a conversation, and whether its button is held to talk."""

    name: str
    model: str
    options: dict[str, Any]
    is_held: bool = False


def pages() -> dict[str, Page]:
    """By their paths: one that writes, one that speaks, one whose visitors say when they are done, and one that nobody
    lets in."""
    known = {**options(), "transport": Tap}
    refused = {"api_key": "sk-wrong", "base_url": os.environ[REFUSING]}
    held = {**known, "turn_detection": TurnDetection.disabled()}
    return {
        "/": Page("Text", "local", {**known, **TEXT}),
        "/voice": Page("Voice", "local", {**known, "output_modalities": ("audio",)}),
        "/held": Page("Held", "local", {**held, **TEXT}, is_held=True),
        "/refused": Page("Refused", "openai", {**refused, **TEXT}),
    }


Tell = Callable[[], Any]

known: "weakref.WeakSet[RealtimeSession]" = weakref.WeakSet()
"""Every session that was ever looked at and is still in memory."""


def is_ours(thread: str) -> bool:
    """Whether the library has a thread of that name for its sessions: the embedded provider's stays."""
    return thread.startswith("realtime-rx") and thread != "realtime-rx-local"


def counts(sessions: Iterable[RealtimeSession], **more: int) -> dict[str, int]:
    """What there is of all visitors together. ``alive`` are the sessions that somebody still holds."""
    living = tuple(sessions)
    known.update(living)
    gc.collect()
    return {
        "sessions": len(living),
        "alive": len(known),
        "tasks": sum(session.task_count for session in known),
        "subscribers": sum(session.subscriber_count for session in known),
        "threads": sum(is_ours(thread.name) for thread in threading.enumerate()),
        **more,
    }


def logs(sessions: Iterable[RealtimeSession]) -> list[dict[str, Any]]:
    """Of each session that somebody has said something to, or was heard by."""
    by_id = {tap.log.session_id: tap.log for tap in tuple(Tap.all)}
    return [
        {**asdict(log), "messages": [(m.id, m.role, m.text, m.interrupted) for m in state.messages]}
        for state in (session.state for session in sessions)
        if (log := by_id.get(state.session_id)) and (state.messages or log.chunks)
    ]


def cut() -> int:
    """Cut every line, and let nobody dial. Gives how many there were."""
    Tap.is_cut = True
    lines = tuple(Tap.all)
    for tap in lines:
        tap.cut()
    return len(lines)


def mend() -> bool:
    """Let them dial again."""
    Tap.is_cut = False
    return True


def told(sessions: Callable[[], Iterable[RealtimeSession]], more: Callable[[], dict[str, int]]) -> dict[str, Tell]:
    """What a test may ask of an app, by paths. ``more`` are counts of what only this framework has."""
    return {
        "/counts": lambda: counts(sessions(), **more()),
        "/logs": lambda: logs(sessions()),
        "/cut": cut,
        "/mend": mend,
    }
