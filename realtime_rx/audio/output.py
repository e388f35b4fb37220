"""An ``AudioOutput`` over anything that takes sound and blocks: its own queue, and a thread that plays it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeAlias

from realtime_rx.abc import PlaybackListener
from realtime_rx.audio.levels import Meter
from realtime_rx.audio.playback import Part, PlaybackQueue
from realtime_rx.audio.threads import Device, DeviceThread
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import AudioFormat

__all__ = ["QueuedOutput", "Sink", "SinkFactory"]

BLOCKS_PER_SECOND = 100
"""What was given to a sink cannot be taken back, so it gets little at a time."""


class Sink(Device, Protocol):
    """Takes PCM16 at the pace at which it is heard."""

    @property
    def latency_s(self) -> float:
        """How much sound it holds, after a ``write``, that is not heard yet."""
        ...

    def write(self, pcm: bytes) -> None:
        """Blocks while it is full. Raises :class:`AudioDeviceError` where the device is lost."""
        ...


SinkFactory: TypeAlias = Callable[[], Sink]


class _Playing:
    """An output from its opening to its end."""

    def __init__(self, sink: Sink, form: AudioFormat, meter: Meter, listener: PlaybackListener, name: str) -> None:
        self._sink = sink
        self._meter = meter
        self._listener = listener
        self._block = form.rate // BLOCKS_PER_SECOND
        self._lock = threading.Lock()
        self._queue = PlaybackQueue(form, latency=round(sink.latency_s * form.rate))
        self._is_sounding = False
        self.thread = DeviceThread(sink, self._step, self._lost, name=name)

    def play(self, part: Part, data: bytes) -> None:
        with self._lock:
            self._queue.push(part, data)
            self._is_sounding = True
        self.thread.wake()

    def flush(self) -> None:
        with self._lock:
            self._queue.clear()
        self.thread.wake()

    def _step(self) -> bool:
        with self._lock:
            block = self._next_block()
        if block:
            self._meter.feed(block)
            self._sink.write(block)
        self._tell()
        return bool(block)

    def _next_block(self) -> bytes:
        """Sound, or the silence that pushes the last of it out of the sink."""
        return self._queue.take(self._block) or (
            b"" if self._queue.is_drained else self._queue.take_silence(self._block)
        )

    def _tell(self) -> None:
        """Without the lock: a listener may call ``play`` or wait for somebody who does."""
        with self._lock:
            reports = self._queue.settle()
            is_over = self._is_sounding and self._queue.is_drained
            self._is_sounding = self._is_sounding and not is_over
        for (item_id, content_index), samples in reports:
            self._listener.on_played(item_id, content_index, samples)
        if is_over:
            self._meter.clear()
            self._listener.on_drained()

    def _lost(self, error: AudioDeviceError) -> None:
        self._meter.clear()
        self._listener.on_lost(error)


class QueuedOutput:
    """An ``AudioOutput``. Sound that comes while it is not open is dropped.

    ``meter`` shows what is being heard. It may be opened again after it was closed or lost.
    """

    def __init__(self, make_sink: SinkFactory, form: AudioFormat, *, name: str = "speaker") -> None:
        self._make_sink = make_sink
        self._format = form
        self._name = name
        self._playing: _Playing | None = None
        self.meter = Meter(form.rate)

    @property
    def format(self) -> AudioFormat:
        return self._format

    async def open(self, listener: PlaybackListener) -> None:
        """Take the device; where it is open already, let it go and take it again.

        ``listener`` hears of sound in the order in which it was played. What it is told crosses what it asks for: an
        ``on_drained`` may still be under way when ``play`` is called, and then another one follows.
        """
        await self.close()
        playing = _Playing(self._make_sink(), self._format, self.meter, listener, self._name)
        await playing.thread.start()
        self._playing = playing

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        """Queue sound of ``format``, cut anywhere, behind what is queued."""
        if self._playing is not None and not self._playing.thread.is_stopped:
            self._playing.play(Part(item_id, content_index), pcm)

    def flush(self) -> None:
        """Forget what is queued. What the device holds already is heard, and reported, to its end."""
        if self._playing is not None:
            self._playing.flush()

    async def close(self) -> None:
        """Be silent and let the device go. The listener is told nothing more."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.flush()
            await playing.thread.end()
            self.meter.clear()
