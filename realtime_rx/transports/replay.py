"""A byte pipe that plays a recording's received side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import msgspec

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.errors import ConnectionLostError, ProtocolError

__all__ = ["received_frames", "ReplayTransport"]


class Recorded(msgspec.Struct, frozen=True):
    """A line of a recording: a frame that went one way or the other, or another event of the connection's life."""

    kind: str = "message"
    direction: str = "received"
    data: Any = None


_decoder = msgspec.json.Decoder(Recorded)


def received_frames(path: str | Path) -> list[Frame]:
    """The frames that a recording received, in order. Raises :class:`ProtocolError` naming the line that is no record.

    A recording has one JSON object a line: ``{"kind": "message", "direction": "received", "data": {frame}}``.
    """
    frames: list[Frame] = []
    for number, line in enumerate(Path(path).read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            recorded = _decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise ProtocolError(f"{path}, line {number}: {error}") from error
        if recorded.kind == "message" and recorded.direction == "received":
            frames.append(msgspec.json.encode(recorded.data))
    return frames


class ReplayTransport:
    """Plays frames one after the other, then stays open and silent; what is sent is kept in ``sent``."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = tuple(frames)
        self._closed = asyncio.Event()
        self.sent: list[Frame] = []

    @classmethod
    def from_recording(cls, path: str | Path) -> ReplayTransport:
        return cls(received_frames(path))

    async def open(self, endpoint: Endpoint) -> None:
        pass

    async def send(self, frame: Frame) -> None:
        if self._closed.is_set():
            raise ConnectionLostError(1006, "not open")
        self.sent.append(frame)

    async def frames(self) -> AsyncIterator[Frame]:
        for frame in self._frames:
            yield frame
            await asyncio.sleep(0)
        await self._closed.wait()

    async def close(self) -> None:
        self._closed.set()
