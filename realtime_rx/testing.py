"""A test kit: conversations without a provider, a network or a clock.

Unit-test what a conversation does by reducing events that were recorded, or by playing a script to a real session::

    state = reduce_recording("tests/data/order.jsonl")
    assert state.messages[-1].text == "Two pizzas are on their way."

    async with scripted_session([{"type": "session.created", "session": {}}, Sent("response.create"), ...]) as session:
        session.send_text_message("Two pizzas, please")
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw, Struct

from realtime_rx.abc import Endpoint, Frame, Provider, Take
from realtime_rx.errors import ConnectionLostError
from realtime_rx.events import Event, ServerEvent
from realtime_rx.providers import get_provider
from realtime_rx.reducer import reduce
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.transports.replay import received_frames

__all__ = [
    "FakeClock",
    "record_events",
    "reduce_events",
    "reduce_recording",
    "save_recording",
    "Script",
    "scripted_session",
    "ScriptedTransport",
    "Sent",
]

NOWHERE = Endpoint(url="ws://script")


class FakeClock:
    """A clock that stands still until it is told to go on: pass it as a session's ``clock``."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Sent(Struct, frozen=True):
    """In a script: go on when the session has sent an event of this type, in the provider's words."""

    type: str


Script: TypeAlias = Iterable[Mapping[str, Any] | Frame | Sent | ConnectionLostError]
"""What a server does, in order: frames to say, events to wait for, and at last, maybe, how it goes away."""


class ScriptedTransport:
    """Plays a server's part, then stays open and silent. What the session said is in ``sent``, decoded."""

    def __init__(self, script: Script) -> None:
        self._script = tuple(script)
        self._closed = asyncio.Event()
        self._news = asyncio.Event()
        self.sent: list[dict[str, Any]] = []

    async def open(self, endpoint: Endpoint) -> None:
        """Nothing to dial."""

    async def send(self, frame: Frame) -> None:
        if self._closed.is_set():
            raise ConnectionLostError(1006, "not open")
        self.sent.append(msgspec.json.decode(frame))
        self._news.set()

    async def deliver(self, take: Take) -> None:
        heard = 0
        for step in self._script:
            match step:
                case Sent(kind):
                    heard = await self._heard(kind, heard)
                case ConnectionLostError():
                    raise step
                case str() | bytes():
                    take(step)
                case _:
                    take(msgspec.json.encode(step))
            await asyncio.sleep(0)
        await self._closed.wait()

    async def close(self) -> None:
        self._closed.set()

    async def _heard(self, kind: str, start: int) -> int:
        """How many events had been sent when the one that the script waits for was."""
        while True:
            for index in range(start, len(self.sent)):
                if self.sent[index].get("type") == kind:
                    return index + 1
            self._news.clear()
            await self._news.wait()


def scripted_session(
    script: Script | ScriptedTransport, *, provider: str | Provider = "openai", **options: Any
) -> RealtimeSession:
    """A session whose server plays the script. ``options`` are those of :class:`RealtimeSession`.

    The script is in the words of ``provider``, OpenAI's by default. Pass a :class:`ScriptedTransport` to read what was
    sent. A script that ends with the connection ends the session, unless ``reconnect`` is given. A second ``connect()``
    plays the script again, to a transport of its own where a plain script was given.
    """
    steps = script if isinstance(script, ScriptedTransport) else tuple(script)
    make = (lambda: steps) if isinstance(steps, ScriptedTransport) else (lambda: ScriptedTransport(steps))
    options.setdefault("reconnect", False)
    return RealtimeSession(get_provider(provider), transport=make, dial=nowhere, **options)


async def nowhere() -> Endpoint:
    return NOWHERE


def record_events(session: RealtimeSession) -> list[ServerEvent]:
    """A list that every server event of the session from now on is added to."""
    events: list[ServerEvent] = []
    session.server_events.subscribe(events.append)
    return events


def reduce_events(events: Iterable[Event], state: SessionState | None = None) -> SessionState:
    """The state that these events lead to, from ``state`` or from the beginning."""
    reached = state if state is not None else SessionState.initial()
    for event in events:
        reached, _ = reduce(reached, event)
    return reached


def reduce_recording(path: str | Path, provider: str | Provider = "openai") -> SessionState:
    """The state that a recording's received frames lead to, in the words of ``provider``.

    Raises :class:`ProtocolError` naming the line that is no record, or what is wrong with a frame.
    """
    codec = get_provider(provider).codec()
    return reduce_events(event for frame in received_frames(path) for event in codec.decode(frame))


def save_recording(path: str | Path, events: Iterable[ServerEvent]) -> None:
    """Write recorded events as a recording: their frames, a JSON object a line, without the sound."""
    frames: list[Raw] = []
    for event in events:
        if not frames or event.frame is not frames[-1]:  # one frame can be several events
            frames.append(event.frame)
    lines = (msgspec.json.encode({"kind": "message", "direction": "received", "data": frame}) for frame in frames)
    Path(path).write_bytes(b"".join(line + b"\n" for line in lines))
