"""A page's sound, from its first socket to its last."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError

from realtime_rx.audio.bridge.link import UNCHANGED, Link, Renewal
from realtime_rx.audio.bridge.microphone import BridgeMicrophone
from realtime_rx.audio.bridge.protocol import CloseCode, Flush, Hello, ServerMessage
from realtime_rx.audio.bridge.sockets import Socket
from realtime_rx.audio.bridge.speaker import BridgeSpeaker, Ear
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_24K, AudioFormat

__all__ = ["AudioBridge"]

CLOSED = "the bridge is closed"
SETTLE_S = 2.0
"""How long a page may take to say what was heard of what it was told to flush."""


class AudioBridge:
    """One visitor's ``microphone`` and ``speaker``: an ``AudioInput`` and an ``AudioOutput``.

    Both live as long as the bridge does, through as many sockets as it takes. A session may close and open them again;
    ``close()`` is the end of all. The speaker waits for a page as long as it takes, and one that leaves is no error:
    a visitor who only reads has none.
    """

    def __init__(
        self,
        input_format: AudioFormat = PCM16_24K,
        output_format: AudioFormat = PCM16_24K,
        *,
        open_s: float = 10.0,
        linger_s: float = 15.0,
        heard: Ear | None = None,
        spoken: Ear | None = None,
        summon: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Both formats are PCM16. ``open_s``: how long the microphone waits for a page before there is none, which
        ``summon`` is called for. ``linger_s``: how long one may be away before it is lost. ``heard`` and ``spoken`` are
        fed what goes by, as it is heard."""
        if {input_format.encoding, output_format.encoding} != {"pcm16"}:
            raise ValueError("a page speaks PCM16")
        self._linger_s = linger_s
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link: Link | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._settling: set[asyncio.TimerHandle] = set()
        self._arrival: Future[None] = Future()
        self._is_closed = False
        self.microphone = BridgeMicrophone(
            input_format, has_page=lambda: self.is_started, open_s=open_s, summon=summon, send=self._send, ear=heard
        )
        self.speaker = BridgeSpeaker(output_format, page=self._page, send=self._send, ear=spoken)

    @property
    def is_connected(self) -> bool:
        """A page is there, now."""
        return self._link is not None

    @property
    def is_started(self) -> bool:
        """A page has started its sound; it is there, or away for a moment."""
        return self._arrival.done()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    async def serve(self, socket: Socket, hello: Hello, renewal: Renewal = UNCHANGED) -> None:
        """Serve a page that has shown its token, until its socket is gone. A socket that is there is replaced."""
        if self._link is not None:
            self._link.end(CloseCode.REPLACED, "another socket of this page took over")
        link = Link(socket, self.microphone, self.speaker, self._clock, renewal)
        self._loop, self._link = asyncio.get_running_loop(), link
        self._stay()
        if self._is_closed:
            link.end(CloseCode.GONE, CLOSED)
        elif not self._arrival.done():
            self._arrival.set_result(None)
        try:
            await link.run(hello)
        finally:
            if self._link is link:
                self._link = None
                self._leave(link.said_bye)

    def close(self) -> None:
        """Hang up, from any thread, any number of times. Who listens or plays is told that the page is gone."""
        self._is_closed = True
        if self._loop is None or not self._on_loop(self._dispose):
            self._lose(CLOSED)

    def _dispose(self) -> None:
        self._stay()
        for timer in self._settling:
            timer.cancel()
        self._settling.clear()
        self._lose(CLOSED)
        if self._link is not None:
            self._link.end(CloseCode.GONE, CLOSED)

    async def _page(self) -> None:
        """Raises :class:`AudioDeviceError` where there will be none any more."""
        if not self._is_closed:
            await asyncio.shield(asyncio.wrap_future(self._arrival))  # shielded: others wait for the same page
        if self._is_closed:
            raise AudioDeviceError(CLOSED)

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _leave(self, for_good: bool) -> None:
        assert self._loop is not None
        if for_good:
            self._lose("the page has stopped its sound")
        elif not self._is_closed:
            self._leaving = self._loop.call_later(self._linger_s, self._lose, "the page is gone")

    def _lose(self, why: str) -> None:
        arrival, self._arrival = self._arrival, Future()
        error = AudioDeviceError(why)
        if self._is_closed:
            with contextlib.suppress(InvalidStateError):
                arrival.set_result(None)  # who waits for a page is told that none will come
            self.microphone.end(error)
            self.speaker.lose(error)
        else:
            self.microphone.lose(error)
            self.speaker.lose(None)

    def _send(self, message: ServerMessage | None) -> None:
        """From any thread."""
        if self._loop is None or not self._on_loop(self._send_here, message):
            self.speaker.settle()

    def _send_here(self, message: ServerMessage | None) -> None:
        if self._link is not None:
            self._link.send(message)
        if isinstance(message, Flush):
            self._settle_later(message.generation - 1)
            self.speaker.settle()

    def _settle_later(self, generation: int) -> None:
        assert self._loop is not None

        def settle() -> None:
            self._settling.discard(timer)
            self.speaker.settle(generation)

        timer = self._loop.call_later(SETTLE_S, settle)
        self._settling.add(timer)

    def _on_loop(self, work: Callable[..., None], *arguments: object) -> bool:
        """False where the loop is closed: its server is gone."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(work, *arguments)
        except RuntimeError:
            return False
        return True
