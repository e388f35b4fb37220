"""A caller who has one conversation to its end, whatever becomes of the connections."""

import asyncio
from contextlib import suppress
from typing import Any

from realtime_rx.abc import PlaybackListener
from realtime_rx.config import SessionConfig
from realtime_rx.errors import RealtimeError
from realtime_rx.formats import PCM16_24K
from realtime_rx.items import ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, SessionState

from ..support.server import Caller, serving, session_at
from ..support.waiting import until
from .scripted import COUNTING, LONG_ENOUGH, SPOKEN, Plan, Provider

QUICK = ReconnectPolicy(first_delay_s=0.001, max_delay_s=0.01, attempts=50, steady_s=0.0)
IMPATIENT: dict[str, Any] = {"ping_interval": 0.5, "ping_timeout": 0.5, "max_frame": 2**18, "connect_timeout": 1.0}
FINAL = ("close_1002", "close_1003", "close_1007", "close_1008", "close_4000")
FINALLY = (
    ("user", "Hello"),
    ("assistant", "Hi there."),
    ("user", "What time is it?"),
    ("tool", "clock"),
    ("assistant", "It is noon."),
    ("user", "Count."),
    ("user", "Stop."),
    ("assistant", "All right."),
)
"""What is there in the end; beside it only what was cut short."""


class Speaker:
    """An `AudioOutput` that has been heard to the half of what it was given, until it is told to be silent."""

    format = PCM16_24K

    def __init__(self) -> None:
        self._listener: PlaybackListener | None = None
        self._given: dict[tuple[str, int], int] = {}

    async def open(self, listener: PlaybackListener) -> None:
        self._listener = listener

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        key = (item_id, content_index)
        self._given[key] = self._given.get(key, 0) + len(pcm) // 2
        self._soon("on_played", *key, self._given[key] // 2)

    def flush(self) -> None:
        self._soon("on_drained")

    def _soon(self, name: str, *args: Any) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().call_soon(getattr(self._listener, name), *args)

    async def close(self) -> None:
        self._listener = None


class Clock:
    """A tool that counts how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def clock(self, zone: str) -> str:
        """What time it is.

        Args:
            zone: where
        """
        self.calls += 1
        return f"noon in {zone}"


def told(state: SessionState) -> list[tuple[str, str]]:
    """The messages but those that were cut short."""
    return [entry for message in state.messages for entry in entries(message)]


def entries(message: Message) -> list[tuple[str, str]]:
    calls = [("tool", p.tool_name) for p in message.parts if isinstance(p, ToolPart) and not p.is_failed]
    if calls:
        return calls
    is_whole = message.text and message.status == "completed" and not message.interrupted
    return [(message.role, message.text)] if is_whole else []


def has_heard(state: SessionState, text: str) -> bool:
    return any(message.role == "user" and message.text == text for message in state.messages)


def is_answered(state: SessionState, answer: str) -> bool:
    last = told(state)[-1:]
    return last == [("assistant", answer)] and state.mode == "idle" and state.status == "connected"


async def on(session: RealtimeSession, reached: Any) -> SessionState:
    """Until then, or until the session ends; one that did not get in is dialled anew, as a user would."""
    state = await until(session, lambda s: reached(s) or s.status == "error")
    if state.status == "error" and state.error is not None and state.error.code not in FINAL:
        with suppress(RealtimeError):  # struck again
            await session.connect()
        return await on(session, reached)
    return state


async def speak(session: RealtimeSession, sound: int, reached: Any) -> SessionState:
    """Say it, and say it again on each connection that took the place of one that had not understood it."""
    while True:
        number = session.state.connection
        for _ in range(2):
            session.send_audio(bytes([sound]) * (LONG_ENOUGH // 2))
        state = await on(session, lambda s, n=number: reached(s) or (s.connection != n and s.status == "connected"))
        if reached(state) or state.status == "error":
            return state
        if has_heard(state, SPOKEN[sound]):
            return await on(session, reached)


async def talk(session: RealtimeSession) -> SessionState:
    """The whole conversation; gives the state in which it ended."""
    session.connect()
    state = await on(session, lambda s: s.status == "connected")
    for text, answer in (("Hello", "Hi there."), ("What time is it?", "It is noon.")):
        if state.status == "error":
            return state
        session.send_text_message(text)
        state = await on(session, lambda s, answer=answer: is_answered(s, answer))
    if state.status != "error":
        state = await speak(session, 1, lambda s: s.messages[-1].text == COUNTING and s.is_playing)
    if state.status != "error":
        state = await speak(session, 2, lambda s: is_answered(s, "All right."))
    return state


async def conversation(plan: Plan) -> tuple[SessionState, Clock]:
    """One conversation with the provider under this plan; nothing of it is left."""
    clock = Clock()
    gone = 0

    async def part(caller: Caller) -> None:
        nonlocal gone
        try:
            await Provider(caller, plan).converse()
        finally:
            gone += 1

    async with serving(part, ping_interval=None) as server:
        session = session_at(
            server.base_url,
            reconnect=QUICK,
            tools=[clock.clock],
            audio_output=Speaker(),
            session_config=SessionConfig(instructions="Be brief."),
            **IMPATIENT,
        )
        try:
            state = await asyncio.wait_for(talk(session), 30)
        finally:
            await session.aclose()
        assert (session.task_count, session.subscriber_count) == (0, 0)
    assert gone == len(server.callers), "a socket is still there"
    return state, clock
