"""A page's speakers as an ``AudioOutput``."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from typing import Protocol

from realtime_rx.abc import PlaybackListener
from realtime_rx.audio.bridge.outbox import Heard, Outbox, Sending
from realtime_rx.audio.bridge.protocol import Flush, Hello, PlayedReport, ServerMessage, SpeakerState
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import AudioFormat

__all__ = ["BridgeSpeaker", "Ear"]


class Ear(Protocol):
    """Is fed the sound that goes by, and told when it stops; ``realtime_rx.audio.levels.Meter`` is one."""

    def feed(self, pcm: bytes) -> None: ...

    def clear(self) -> None: ...


class BridgeSpeaker:
    """Any thread may ``play`` and ``flush``; the listener is told on the loop that the page's socket is served on.

    Sound that comes while it is not open is dropped.
    """

    def __init__(
        self,
        form: AudioFormat,
        *,
        page: Callable[[], Awaitable[None]],
        send: Callable[[ServerMessage | None], None],
        ear: Ear | None,
    ) -> None:
        """``page`` waits for one; ``send`` brings a message, or the sound that is there, on its way."""
        self._format = form
        self._page = page
        self._send = send
        self._ear = ear
        self._lock = threading.Lock()
        self._outbox = Outbox(form.rate)
        self._listener: PlaybackListener | None = None
        self._is_sounding = False
        self.underruns = 0
        """How often the page ran dry although there was more to come."""
        self.state: SpeakerState = "off"
        """As the page said last. While it is suspended nothing is heard, and what was played waits: its visitor has to
        click first."""

    @property
    def format(self) -> AudioFormat:
        return self._format

    @property
    def meter(self) -> Ear | None:
        return self._ear

    @property
    def generation(self) -> int:
        return self._outbox.generation

    async def open(self, listener: PlaybackListener) -> None:
        """Once a page has started its sound. Raises :class:`AudioDeviceError` where the bridge is closed."""
        await self._page()
        self._listener = listener

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        """Queue PCM16, cut anywhere, behind what is queued."""
        if self._listener is None:
            return
        with self._lock:
            self._outbox.push((item_id, content_index), pcm)
            self._is_sounding = True
        self._send(None)

    def flush(self) -> None:
        """Forget what is queued, here and in the page. What the page's device holds is heard, and reported."""
        with self._lock:
            self._outbox.flush()
            message = Flush(self._outbox.generation)
        self._send(message)

    async def close(self) -> None:
        """Be silent. The listener is told nothing more."""
        self._listener = None
        self.flush()
        self._is_sounding = False

    # For the link to the page, on its loop.

    def resume(self, hello: Hello) -> None:
        """Raises :class:`Refusal`."""
        with self._lock:
            self._outbox.resume(hello)
        self._tell([])

    def take(self, at: float) -> Sending | None:
        with self._lock:
            return self._outbox.take(at)

    def pause_s(self, at: float) -> float | None:
        with self._lock:
            return self._outbox.pause_s(at)

    def report(self, report: PlayedReport) -> None:
        """Raises :class:`Refusal`."""
        self.underruns = max(self.underruns, report.underruns)
        with self._lock:
            heard = self._outbox.report(report)
        self._tell(heard)

    def settle(self, generation: int | None = None) -> None:
        """Wait no longer for what the page says of a flushed generation; by default, see whether all is settled."""
        if generation is not None:
            with self._lock:
                self._outbox.forget(generation)
        self._tell([])

    def lose(self, error: AudioDeviceError | None) -> None:
        with self._lock:
            self._outbox.reset()
            self._is_sounding = False
        self.state = "off"
        listener, self._listener = self._listener, None
        if self._ear is not None:
            self._ear.clear()
        if listener is not None:
            listener.on_lost(error)

    def _tell(self, heard: list[Heard]) -> None:
        """Without the lock: a listener may call ``play``."""
        with self._lock:
            is_over = self._is_sounding and self._outbox.is_drained
            self._is_sounding = self._is_sounding and not is_over
        if self._ear is not None:
            for each in heard:
                self._ear.feed(each.pcm)
            if is_over:
                self._ear.clear()
        listener = self._listener
        if listener is None:
            return
        # Only the latest number of each part: that of a part which comes twice includes the first.
        for (item_id, content_index), samples in {each.part: each.samples for each in heard}.items():
            listener.on_played(item_id, content_index, samples)
        if is_over:
            listener.on_drained()
