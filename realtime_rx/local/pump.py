"""Between a socket and an engine: what both adapters have in common."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeAlias

import msgspec

from .engine import Engine
from .gate import Admission
from .protocol import Json

Connect: TypeAlias = Callable[[Admission, Callable[[Json], None]], Engine]
"""Make the engine of one admitted connection; its events go to the callable."""


class Socket(Protocol):
    """An open WebSocket. Neither method raises when the peer is gone."""

    async def send(self, text: str) -> bool:
        """False when the socket is closed."""
        ...

    async def receive(self) -> str | bytes | None:
        """The next frame, or None when the socket is closed."""
        ...


async def converse(socket: Socket, admission: Admission, connect: Connect) -> None:
    """Run one session until its socket closes; nothing of it is left behind."""
    events: asyncio.Queue[Json] = asyncio.Queue()
    engine = connect(admission, events.put_nowait)
    sender = asyncio.create_task(_send(socket, events))
    try:
        engine.open()
        while (frame := await socket.receive()) is not None:
            engine.feed(frame)
    finally:
        sender.cancel()
        await asyncio.gather(engine.aclose(), sender, return_exceptions=True)


async def _send(socket: Socket, events: asyncio.Queue[Json]) -> None:
    while await socket.send(msgspec.json.encode(await events.get()).decode()):
        pass
