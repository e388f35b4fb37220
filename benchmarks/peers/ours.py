"""This library, on frames as its WebSocket transport delivers them: bytes.

modes: reduce (codec and reducer alone), callbacks (the same and two plain functions told), store (codec and store, one
subscriber to states and one to server events), store-11 (the same with eleven of each), session (the whole of it, with
its defaults and those two subscribers), session-audio (the same, with a speaker that decoded sound is handed to).
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from itertools import groupby
from typing import Any

from benchmarks.peers import harness
from realtime_rx.abc import AudioOutput, Endpoint, PlaybackListener
from realtime_rx.effects import CallTool, Effect
from realtime_rx.events import ConnectRequested, Event, ToolReturned, TransportOpened
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.items import AudioPart, Part, TextPart, ToolPart
from realtime_rx.providers import get_provider
from realtime_rx.providers.openai import OpenAI
from realtime_rx.reducer import reduce
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, SessionState
from realtime_rx.store import Store

OPENING = (ConnectRequested(), TransportOpened(connection=1))
OUTPUT = {"ok": True}
"""Every tool of the benchmark answers at once, with this."""
IN_FLIGHT = 64
"""As many as the AI SDK's session is given at once."""
FURTHER = 10
KEY = "sk-proj-" + "0123456789abcdef" * 8
"""Of nobody, but as long as a real one: frames are searched for it."""


def tool_answers(effects: Iterable[Effect]) -> list[ToolReturned]:
    return [ToolReturned(call_id=e.call_id, output=OUTPUT) for e in effects if isinstance(e, CallTool)]


def ignore(_: object) -> None:
    """A subscriber that costs nothing, so that what is measured is telling it."""


class Reduced:
    """The state is folded by hand; `told` are called with each new state and each event."""

    def __init__(self, *told: Callable[[object], None]) -> None:
        self._codec = get_provider("openai:gpt-realtime").codec()
        self._state = SessionState.initial()
        self._told = told
        for event in OPENING:
            self._apply(event)

    def feed(self, frame: str | bytes) -> None:
        for event in self._codec.decode(frame):
            self._apply(event)
            for tell in self._told:
                tell(event)

    def _apply(self, event: Event) -> None:
        self._state, effects = reduce(self._state, event)
        if effects:
            for answer in tool_answers(effects):
                self._apply(answer)

    @property
    def messages(self) -> Sequence[Message]:
        return self._state.messages


class Stored:
    """The state lives in a store, and somebody watches it, as a session and a UI would have it."""

    def __init__(self, subscribers: int = 1) -> None:
        self._codec = get_provider("openai:gpt-realtime").codec()
        self.store = Store(run_effect=self._answer)
        for _ in range(subscribers):
            self.store.states.subscribe(ignore)
            self.store.server_events.subscribe(ignore)
        for event in OPENING:
            self.store.dispatch(event)

    def feed(self, frame: str | bytes) -> None:
        for event in self._codec.decode(frame):
            self.store.dispatch(event)

    def _answer(self, effect: Effect) -> None:
        for answer in tool_answers((effect,)):
            self.store.dispatch(answer)

    @property
    def messages(self) -> Sequence[Message]:
        return self.store.state.messages


class LoopTransport:
    """A `Transport` that never leaves the process: the frames come from a socket of the harness."""

    def __init__(self, socket: harness.Socket) -> None:
        self.send = socket.send
        self.close = socket.close
        self.deliver = socket.deliver

    async def open(self, endpoint: Endpoint) -> None:
        """There is nowhere to go."""


class SilentSpeaker:
    """An `AudioOutput` that is always through with what it was given when the loop comes to it."""

    format: AudioFormat = PCM16_24K

    def __init__(self) -> None:
        self._samples: dict[tuple[str, int], int] = {}
        self._listener: PlaybackListener | None = None
        self._due = False

    async def open(self, listener: PlaybackListener) -> None:
        self._listener = listener

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        part = (item_id, content_index)
        self._samples[part] = self._samples.get(part, 0) + len(pcm) // 2
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._report, part)

    def _report(self, part: tuple[str, int]) -> None:
        self._due = False
        if self._listener is not None:
            self._listener.on_played(*part, self._samples[part])
            self._listener.on_drained()

    def flush(self) -> None:
        """All of it was heard already."""

    async def close(self) -> None:
        self._listener = None


def session_on(socket: harness.Socket, speaker: AudioOutput | None = None) -> RealtimeSession:
    """A session with its defaults that reads this socket."""
    session = RealtimeSession(
        OpenAI(api_key=KEY),
        transport=lambda: LoopTransport(socket),
        on_tool_call=lambda call: OUTPUT,
        audio_output=speaker,
    )
    session.states.subscribe(ignore)
    session.server_events.subscribe(ignore)
    return session


async def converse(frames: Iterator[bytes], speaker: AudioOutput | None) -> Sequence[Message]:
    socket = harness.Socket(frames, IN_FLIGHT)
    session = session_on(socket, speaker)
    session.connect()
    await socket.over.wait()
    await session.aclose()
    return session.state.messages


def compact(messages: Iterable[Message]) -> harness.Messages:
    """Our messages are items; the AI SDK's, and the digest's, are whole responses."""
    turns = groupby(messages, key=lambda message: (message.role, message.response_id or message.id))
    return [
        {"role": role, "parts": [compact_part(part) for message in items for part in message.parts]}
        for (role, _), items in turns
    ]


def compact_part(part: Part) -> list[Any]:
    match part:
        case TextPart(text=text) | AudioPart(transcript=text):
            return ["text", text]
        case ToolPart(tool_name=name, input=tool_input):
            return ["tool", name, tool_input]
        case _:
            raise TypeError(f"the stream has no {type(part).__name__}")


def fed(make: Callable[[], Reduced | Stored], frames: Iterator[bytes]) -> harness.Messages:
    peer = make()
    for frame in frames:
        peer.feed(frame)
    return compact(peer.messages)


def conversed(make: Callable[[], AudioOutput] | None, frames: Iterator[bytes]) -> harness.Messages:
    return compact(asyncio.run(converse(frames, None if make is None else make())))


MODES: dict[str, harness.Run] = {
    "reduce": partial(fed, Reduced),
    "callbacks": partial(fed, partial(Reduced, ignore, ignore)),
    "store": partial(fed, Stored),
    "store-11": partial(fed, partial(Stored, 1 + FURTHER)),
    "session": partial(conversed, None),
    "session-audio": partial(conversed, SilentSpeaker),
}

if __name__ == "__main__":
    harness.main(MODES, "realtime-rx", *(("pybase64",) if find_spec("pybase64") else ()))
