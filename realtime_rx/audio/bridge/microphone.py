"""A page's microphone as an ``AudioInput``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from realtime_rx.audio.bridge.protocol import Capture, Microphone, MicrophoneState, ServerMessage
from realtime_rx.audio.bridge.speaker import Ear
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import AudioFormat

__all__ = ["BridgeMicrophone"]

BACKLOG = 250
"""Frames that may wait, 5 s of 20 ms: what is older is of no use in a conversation."""

WHAT_TO_DO: dict[MicrophoneState, str] = {
    "insecure-context": "a page has a microphone only on https:// or localhost",
    "denied": "the visitor or their browser denied the microphone",
    "no-device": "the visitor has no such microphone",
    "in-use": "the visitor's microphone is in use by another program",
    "unsupported": "the visitor's browser cannot record sound",
    "lost": "the visitor's microphone was disconnected",
}


class _Listening:
    """From the loop of the page's socket to the loop of who listens."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[bytes | AudioDeviceError | None] = asyncio.Queue()

    def post(self, item: bytes | AudioDeviceError | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: bytes | AudioDeviceError | None) -> None:
        if self._queue.qsize() >= BACKLOG:
            self._queue.get_nowait()
        self._queue.put_nowait(item)

    async def chunks(self) -> AsyncGenerator[bytes]:
        while (item := await self._queue.get()) is not None:
            if isinstance(item, AudioDeviceError):
                raise item
            yield item


class BridgeMicrophone:
    """The page is asked for sound while somebody iterates ``chunks()``; a muted one sends silence.

    Where there is no page, one is summoned, and has ``open_s`` seconds to come.
    """

    def __init__(
        self,
        form: AudioFormat,
        *,
        has_page: Callable[[], bool],
        open_s: float,
        summon: Callable[[], object],
        send: Callable[[ServerMessage], None],
        ear: Ear | None,
    ) -> None:
        """``summon`` calls for a page where there is none."""
        self._format = form
        self._has_page = has_page
        self._open_s = open_s
        self._summon = summon
        self._send = send
        self._ear = ear
        self._listening: frozenset[_Listening] = frozenset()
        self._end: AudioDeviceError | None = None
        self.state: MicrophoneState = "off"
        """As the page said last."""

    @property
    def format(self) -> AudioFormat:
        return self._format

    @property
    def meter(self) -> Ear | None:
        return self._ear

    @property
    def is_wanted(self) -> bool:
        return bool(self._listening)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Until ``close()``. Raises :class:`AudioDeviceError` where there is no page, or its microphone is missing,
        refused or lost. Who leaves early closes the iterator."""
        if self._end is not None:
            raise self._end
        listening = _Listening()
        late = asyncio.get_running_loop().call_later(self._open_s, self._expect, listening)
        self._want(self._listening | {listening})
        try:
            if not self._has_page():
                self._summon()
            async for chunk in listening.chunks():
                yield chunk
        finally:
            late.cancel()
            self._want(self._listening - {listening})

    def _expect(self, listening: _Listening) -> None:
        if not self._has_page():
            listening.post(AudioDeviceError("no page has started its sound"))

    async def close(self) -> None:
        """End every ``chunks()``."""
        self._post(None)

    # For the link to the page, on its loop.

    def hear(self, pcm: bytes) -> None:
        if self._listening:
            if self._ear is not None:
                self._ear.feed(pcm)
            self._post(pcm)

    def report(self, report: Microphone) -> None:
        self.state = report.state
        if report.state in WHAT_TO_DO:
            detail = f" ({report.message[:200]})" if report.message else ""
            self.lose(AudioDeviceError(WHAT_TO_DO[report.state] + detail))

    def lose(self, error: AudioDeviceError) -> None:
        self._post(error)

    def end(self, error: AudioDeviceError) -> None:
        """There will be no page any more."""
        self._end = error
        self.lose(error)

    def _post(self, item: bytes | AudioDeviceError | None) -> None:
        for listening in self._listening:
            listening.post(item)

    def _want(self, listening: frozenset[_Listening]) -> None:
        was, self._listening = self.is_wanted, listening
        if was != self.is_wanted:
            self._send(Capture(self.is_wanted))
            if self._ear is not None and was:
                self._ear.clear()
