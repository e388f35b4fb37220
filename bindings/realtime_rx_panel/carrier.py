"""The page's socket where the server has no route for one: its messages go by Panel's own channel.

A page without a socket sends and is sent JSON as one string each, which Bokeh copies as it is: a :class:`Carried`, or a
list of them to the page. Sound is base64 in it: Bokeh takes bytes too, as two more messages for each, which cost more
than a third more characters.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct

from realtime_rx.runtime import LoopHost
from realtime_rx.ui import Screen
from realtime_rx_panel.routes import BRIDGES

__all__ = ["Carrier"]

MOST_TEXT = 16 * 1024
"""A frame of sound at its longest is 13,000 characters."""
AHEAD = 256
"""Messages of a page, or for it, that may wait: five seconds of sound."""
TELL_BYTES = 8 * 1024
"""A page is told how much was taken whenever it was so much, to know what waits: 170 ms at 24 kHz."""
GONE = 1006
"""A page comes back after it."""


class Carried(Struct, frozen=True, omit_defaults=True):
    """One message of one socket: it opens it; text or sound; how many bytes of sound were taken; or its end."""

    socket: str
    open: bool = False
    text: str | None = None
    sound: bytes | None = None
    taken: int = 0
    code: int | None = None
    reason: str = ""


_decoder = msgspec.json.Decoder(Carried)


class Carrier:
    """A page's way to its bridge. It has one socket at a time: another one takes over."""

    def __init__(self, host: LoopHost, loop: Screen, send: Callable[[str], object]) -> None:
        """``send`` is called on ``loop``, the document's; all else is on the session's."""
        self._host = host
        self._loop = loop
        self._send = send
        self._socket: CarriedSocket | None = None
        self._lost = ""
        self._waiting: deque[Carried] = deque()
        self._is_due = False
        self._sent = asyncio.Event()

    def hear(self, text: str) -> None:
        """What the page says. From any thread, in order."""
        self._host.call(self._hear, text)

    def hang_up(self) -> None:
        """Nobody is there any more. From any thread, any number of times."""
        self._host.call(self._drop)

    def recover(self) -> None:
        """Somebody is there again: have them open another socket. From any thread."""
        self._host.call(self._recover)

    async def put(self, message: Carried) -> None:
        """For the page, soon. Waits where much waits before it; raises ``RuntimeError`` where its document is gone."""
        while len(self._waiting) >= AHEAD:
            self._sent.clear()
            await self._sent.wait()
        self._put(message)

    def _put(self, message: Carried) -> None:
        self._waiting.append(message)
        if not self._is_due:
            self._is_due = True  # before it is asked for: a thread may flush at once
            self._loop.call_soon_threadsafe(self._flush)

    def _flush(self) -> None:
        """On the document's loop."""
        self._is_due = False
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if len(batch) >= AHEAD:
            self._host.call(self._sent.set)
        self._send(msgspec.json.encode(batch).decode())

    def _hear(self, text: str) -> None:
        socket = self._socket
        if (said := read(text)) is None:
            if socket is not None:
                socket.hear(text[:MOST_TEXT] if len(text) > MOST_TEXT else "")  # the link says what is wrong with it
        elif said.open:
            self._open(said.socket)
        elif socket is not None and socket.name == said.socket:
            socket.hear(said.text if said.sound is None else said.sound)
        elif said.code is None:
            self._put(Carried(said.socket, code=GONE))

    def _open(self, name: str) -> None:
        self._drop()
        self._socket = CarriedSocket(name, self.put)
        self._host.spawn(self._serve(self._socket), name="realtime-rx carried socket")

    async def _serve(self, socket: CarriedSocket) -> None:
        try:
            await BRIDGES.serve(socket)
        finally:
            if self._socket is socket:
                self._socket = None

    def _drop(self) -> None:
        if self._socket is not None:
            self._lost = self._socket.name
            self._socket.leave()
            self._socket = None

    def _recover(self) -> None:
        if self._lost and self._socket is None:
            self._put(Carried(self._lost, code=GONE))
        self._lost = ""


class CarriedSocket:
    """The :class:`~realtime_rx.audio.bridge.Socket` of a page that has none."""

    def __init__(self, name: str, put: Callable[[Carried], Awaitable[None]]) -> None:
        self.name = name
        self._put = put
        self._inbox: asyncio.Queue[str | bytes | None] = asyncio.Queue(AHEAD)
        self._taken = 0
        self._has_left = False

    def leave(self) -> None:
        """Nobody is told anything any more: what Bokeh sends to a page that comes back, before its own, ends that."""
        self._has_left = True
        self.hear(None)

    def hear(self, message: str | bytes | None) -> None:
        """What the page says; None: it is gone, as one is that says more than can wait."""
        if self._inbox.full():
            self._inbox.get_nowait()
            message = None
        self._inbox.put_nowait(message)

    async def receive(self) -> str | bytes | None:
        message = await self._inbox.get()
        if isinstance(message, bytes):
            self._taken += len(message)
            if self._taken >= TELL_BYTES:
                taken, self._taken = self._taken, 0
                await self._tell(Carried(self.name, taken=taken))
        return message

    async def send_text(self, text: str) -> None:
        await self._tell(Carried(self.name, text=text))

    async def send_bytes(self, data: bytes) -> None:
        await self._tell(Carried(self.name, sound=data))

    async def close(self, code: int, reason: str) -> None:
        await self._tell(Carried(self.name, code=code, reason=reason))

    async def _tell(self, message: Carried) -> None:
        if not self._has_left:
            await self._put(message)


def read(text: str) -> Carried | None:
    """None for what no page says."""
    try:
        return _decoder.decode(text) if len(text) <= MOST_TEXT else None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
