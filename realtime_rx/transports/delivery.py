"""How the messages of a WebSocket are handed over: as they are read, without a task in between."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.protocol import Event

from realtime_rx.abc import Frame, Take

__all__ = ["READ", "Socket"]

READ = 64 * 2**10
"""Bytes that are read at a time, at most; of the buffer only what was ever filled takes memory."""
DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class Reader(asyncio.BufferedProtocol):
    """What reads a socket into one buffer, again and again.

    Event loops else make one of 256 KiB for each read, and with TLS for each record, to cut it down to what came.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._data_received = socket.data_received
        self.eof_received = socket.eof_received
        self.connection_lost = socket.connection_lost
        self.pause_writing = socket.pause_writing
        self.resume_writing = socket.resume_writing
        self._buffer = memoryview(bytearray(READ))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        # It is appended to a bytearray at once, to which any buffer is as good as bytes.
        self._data_received(cast(bytes, self._buffer[:nbytes]))


class Socket(ClientConnection):
    """A connection whose messages are taken as they are read, and that a server cannot hold open after saying Close.

    No task is woken for a message: with many sessions that costs more than the message, and has it wait for all that
    came meanwhile. Nothing is read while nobody takes it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._take: Take = self._keep
        self._early: list[Frame] = []
        self._begun = bytearray()
        self._over: asyncio.Future[Exception] = self.loop.create_future()

    async def deliver(self, take: Take) -> None:
        """Hand over each message, as bytes. Raises what ended the connection, or what ``take`` raised."""
        early, self._early = self._early, []
        self._take = take
        try:
            for message in early:
                take(message)
            self.transport.resume_reading()
            raise await self._over
        finally:
            self._take = ignore

    async def close(self, code: int = 1000, reason: str = "") -> None:
        if self._take == self._keep:
            self._take = ignore
            self.transport.resume_reading()  # or its Close would not be read
        await super().close(code, reason)

    def _keep(self, message: Frame) -> None:
        self._early.append(message)
        self.transport.pause_reading()

    def process_event(self, event: Event) -> None:
        if isinstance(event, WebSocketFrame) and event.opcode in DATA:
            self._arrived(event)
        else:
            super().process_event(event)

    def _arrived(self, frame: WebSocketFrame) -> None:
        """What of a message comes in the frames before its last is as large as a message may be, at most."""
        if frame.fin and not self._begun:
            message = bytes(frame.data)
        else:
            self._begun += frame.data
            if not frame.fin:
                return
            message, self._begun = bytes(self._begun), bytearray()
        try:
            self._take(message)
        except Exception as error:
            self._end(error)

    def _end(self, error: Exception) -> None:
        self._take = ignore
        if not self._over.done():
            self._over.set_result(error)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        closed = self.protocol.close_exc
        closed.__cause__ = exc or closed.__cause__
        self._end(closed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        transport.set_protocol(Reader(self))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.protocol.close_expected() and self.close_timeout is not None:
            self.loop.call_later(self.close_timeout, self.transport.abort)


def ignore(_: Frame) -> None:
    """What comes after the end is nobody's."""
