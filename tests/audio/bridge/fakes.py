"""A socket without a network, and a visitor on it."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

from realtime_rx.audio.bridge import AudioBridge, Bridges
from tests.support.waiting import becomes


def sound(pcm: bytes) -> bytes:
    return b"\1\0\0\0\0\0\0\0" + pcm


class FakeSocket:
    """A page's end of a socket as well: ``say`` and ``heard``. It ends when it is closed, or by ``None``."""

    def __init__(self, *said: object) -> None:
        self._said: asyncio.Queue[object] = asyncio.Queue()
        self.messages: list[dict[str, object]] = []
        self.sound: list[tuple[int, bytes, bool]] = []
        self.closed: tuple[int, str] | None = None
        self.is_stuck = False
        for each in said:
            self.say(each)

    def say(self, message: object) -> None:
        self._said.put_nowait(json.dumps(message) if isinstance(message, dict) else message)

    async def receive(self) -> str | bytes | None:
        message = await self._said.get()
        if isinstance(message, Exception):
            raise message
        assert message is None or isinstance(message, str | bytes)
        return message

    async def send_text(self, text: str) -> None:
        self.messages.append(json.loads(text))

    async def send_bytes(self, data: bytes) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        self.sound.append((int.from_bytes(data[4:8], "little"), data[8:], bool(data[1])))

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)
        if self.is_stuck:
            raise ConnectionResetError("gone")

    @property
    def samples(self) -> int:
        return sum(len(pcm) // 2 for _, pcm, _ in self.sound)


def hello(token: str, **more: object) -> dict[str, object]:
    return {"type": "hello", "token": token, "input_rate": 24_000, "output_rate": 24_000, **more}


class Visit:
    """A bridge, its token, and the tasks that serve its sockets."""

    def __init__(self) -> None:
        self.bridges = Bridges(allows=lambda origin: origin != "http://evil.test", hello_s=0.01)
        self.bridge = AudioBridge(open_s=0.02, linger_s=0.01)
        self.token = self.bridges.add(self.bridge)
        self.tasks: list[asyncio.Task[None]] = []

    def serve(self, *said: object, origin: str | None = None) -> FakeSocket:
        socket = FakeSocket(*said)
        self.tasks.append(asyncio.create_task(self.bridges.serve(socket, origin)))
        return socket

    async def connect(self, **more: object) -> FakeSocket:
        socket = self.serve(hello(self.token, **more))
        await becomes(lambda: socket.messages)
        return socket


async def listen(visit: Visit, heard: list[bytes]) -> None:
    async with aclosing(visit.bridge.microphone.chunks()) as chunks:
        async for chunk in chunks:
            heard.append(chunk)
