"""An ``AudioInput`` over anything that gives sound and blocks: a thread that reads, and a queue to the loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Protocol, TypeAlias

from realtime_rx.audio.echo import EchoGate
from realtime_rx.audio.levels import Meter
from realtime_rx.audio.pcm import encode
from realtime_rx.audio.threads import Device, DeviceThread
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import AudioFormat

__all__ = ["QueuedInput", "Source", "SourceFactory"]

BACKLOG = 250
"""Chunks that may wait, 5 s of 20 ms: what is older than that is of no use in a conversation."""


class Source(Device, Protocol):
    """Gives PCM16 at the pace at which it is heard."""

    def read(self) -> bytes:
        """The next few tens of milliseconds; blocks. Raises :class:`AudioDeviceError` where the device is lost."""
        ...


SourceFactory: TypeAlias = Callable[[], Source]


class _Backlog:
    """From one thread to one loop: the latest chunks, then how it ended."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[bytes | AudioDeviceError | None] = asyncio.Queue()

    def post(self, item: bytes | AudioDeviceError | None) -> bool:
        """From any thread. False where the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(self._put, item)
        except RuntimeError:
            return False
        return True

    def _put(self, item: bytes | AudioDeviceError | None) -> None:
        if self._queue.qsize() >= BACKLOG:
            self._queue.get_nowait()
        self._queue.put_nowait(item)

    async def chunks(self) -> AsyncGenerator[bytes]:
        while (item := await self._queue.get()) is not None:
            if isinstance(item, AudioDeviceError):
                raise item
            yield item


class QueuedInput:
    """An ``AudioInput``: each ``chunks()`` opens the device for itself, and lets it go when it is left.

    ``meter`` shows what is heard, after the echo gate.
    """

    def __init__(
        self, make_source: SourceFactory, form: AudioFormat, *, gate: EchoGate | None = None, name: str = "microphone"
    ) -> None:
        self._make_source = make_source
        self._format = form
        self._gate = gate
        self._name = name
        self._open: set[tuple[DeviceThread, _Backlog]] = set()
        self.meter = Meter(form.rate)

    @property
    def format(self) -> AudioFormat:
        return self._format

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Sound of ``format`` in chunks of 20 ms, until ``close()``.

        Who leaves early closes the iterator (``contextlib.aclosing``), or the device stays taken. Raises
        :class:`AudioDeviceError` where the device is missing, refused or lost.
        """
        source, backlog = self._make_source(), _Backlog()

        def read() -> bool:
            chunk = self._heard(source.read())
            if not backlog.post(chunk):
                thread.stop()
            return True

        thread = DeviceThread(source, read, backlog.post, name=self._name)
        await thread.start()
        self._open.add((thread, backlog))
        try:
            async for chunk in backlog.chunks():
                yield chunk
        finally:
            self._open.discard((thread, backlog))
            await thread.end()
            self.meter.clear()

    def _heard(self, pcm: bytes) -> bytes:
        if self._gate is not None:
            pcm = self._gate.admit(pcm, time.monotonic())
        self.meter.feed(pcm)
        return encode(pcm, self._format)

    async def close(self) -> None:
        """End every ``chunks()``; returns when the device is closed."""
        for thread, backlog in tuple(self._open):
            thread.stop()
            backlog.post(None)
            await thread.end()
