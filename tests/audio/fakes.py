"""A listener that remembers, and devices without a driver."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable

from realtime_rx.errors import AudioDeviceError

PATIENCE = 30.0
"""Seconds until something that should have happened counts as failed."""

SILENCE = bytes(960)


class Listener:
    """A ``PlaybackListener``."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self.played: list[tuple[str, int, int]] = []
        self.drained = 0
        self.lost: list[AudioDeviceError | None] = []

    def on_played(self, item_id: str, content_index: int, samples: int) -> None:
        with self._news:
            self.played.append((item_id, content_index, samples))
            self._news.notify_all()

    def on_drained(self) -> None:
        with self._news:
            self.drained += 1
            self._news.notify_all()

    def on_lost(self, error: AudioDeviceError | None) -> None:
        with self._news:
            self.lost.append(error)
            self._news.notify_all()

    @property
    def heard(self) -> dict[tuple[str, int], int]:
        """How many samples of each part."""
        return {(item_id, index): samples for item_id, index, samples in self.played}

    async def until(self, happened: Callable[[Listener], bool], patience: float = PATIENCE) -> None:
        def wait() -> bool:
            with self._news:
                return self._news.wait_for(lambda: happened(self), patience)

        assert await asyncio.to_thread(wait), f"played {self.heard}, drained {self.drained}, lost {self.lost}"


class FakeSink:
    """Holds ``latency_s`` of sound, and takes each block when it is allowed to."""

    def __init__(self, *, latency_s: float = 0.0, allowed: int = 1_000_000) -> None:
        self.latency_s = latency_s
        self.allowed = threading.Semaphore(allowed)
        self.written = b""
        self.error: Exception | None = None
        self.is_open = False
        self.opened = 0

    def open(self) -> None:
        self.is_open = True
        self.opened += 1

    def write(self, pcm: bytes) -> None:
        self.allowed.acquire()
        if self.error is not None:
            raise self.error
        self.written += pcm

    def close(self) -> None:
        self.is_open = False


class FakeSource:
    """Gives the chunks that are said to it, then silence; an error is raised."""

    def __init__(self) -> None:
        self.sound: queue.Queue[bytes | Exception] = queue.Queue()
        self.is_open = False
        self.closed = threading.Event()

    def open(self) -> None:
        self.is_open = True

    def read(self) -> bytes:
        try:
            chunk = self.sound.get(timeout=0.005)
        except queue.Empty:
            return SILENCE
        if isinstance(chunk, Exception):
            raise chunk
        return chunk

    def close(self) -> None:
        self.is_open = False
        self.closed.set()
