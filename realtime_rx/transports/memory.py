"""A byte pipe without a socket: the other end is a test, a fake or a server in this process."""

from __future__ import annotations

import asyncio

from realtime_rx.abc import Endpoint, Frame, Take
from realtime_rx.errors import ConnectError, ConnectionLostError

__all__ = ["MemoryTransport"]


class MemoryTransport:
    """Both ends of a pipe. The session has the near end; whoever plays the provider uses ``receive`` and ``sent``.

    ``refuse`` is raised instead of opening, where given.
    """

    def __init__(self, *, refuse: ConnectError | None = None) -> None:
        self._refuse = refuse
        self._incoming: asyncio.Queue[Frame | ConnectionLostError | None] = asyncio.Queue()
        self._closed = False
        self.endpoint: Endpoint | None = None
        self.sent: asyncio.Queue[Frame] = asyncio.Queue()

    async def open(self, endpoint: Endpoint) -> None:
        if self._refuse is not None:
            raise self._refuse
        self.endpoint = endpoint

    async def send(self, frame: Frame) -> None:
        if self._closed:
            raise ConnectionLostError(1006, "not open")
        self.sent.put_nowait(frame)

    async def deliver(self, take: Take) -> None:
        while (frame := await self._incoming.get()) is not None:
            if isinstance(frame, ConnectionLostError):
                raise frame
            take(frame)

    async def close(self) -> None:
        self._closed = True
        self._incoming.put_nowait(None)

    @property
    def is_closed(self) -> bool:
        return self._closed

    def receive(self, frame: Frame) -> None:
        """Let the near end receive a frame."""
        self._incoming.put_nowait(frame)

    def drop(self, close_code: int = 1006, reason: str = "") -> None:
        """Let the near end find the connection gone, behind the frames that it has not read yet."""
        self._incoming.put_nowait(ConnectionLostError(close_code, reason))
