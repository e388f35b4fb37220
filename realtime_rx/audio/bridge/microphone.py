"""A page's microphone as an ``AudioInput``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

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

    async def chunks(self) -> AsyncIterator[bytes]:
        while (item := await self._queue.get()) is not None:
            if isinstance(item, AudioDeviceError):
                raise item
            yield item


class BridgeMicrophone:
    """The page is asked for sound while somebody iterates ``chunks()``; a muted one sends silence."""

    def __init__(
        self,
        form: AudioFormat,
        *,
        page: Callable[[], Awaitable[None]],
        send: Callable[[ServerMessage], None],
        ear: Ear | None,
    ) -> None:
        self._format = form
        self._page = page
        self._send = send
        self._ear = ear
        self._listening: frozenset[_Listening] = frozenset()
        self.state: MicrophoneState = "off"
        """As the page said last."""

    @property
    def format(self) -> AudioFormat:
        return self._format

    @property
    def is_wanted(self) -> bool:
        return bool(self._listening)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Until ``close()``. Raises :class:`AudioDeviceError` where there is no page, or its microphone is missing,
        refused or lost. Who leaves early closes the iterator."""
        await self._page()
        listening = _Listening()
        self._want(self._listening | {listening})
        try:
            async for chunk in listening.chunks():
                yield chunk
        finally:
            self._want(self._listening - {listening})

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

    def _post(self, item: bytes | AudioDeviceError | None) -> None:
        for listening in self._listening:
            listening.post(item)

    def _want(self, listening: frozenset[_Listening]) -> None:
        was, self._listening = self.is_wanted, listening
        if was != self.is_wanted:
            self._send(Capture(self.is_wanted))
            if self._ear is not None and was:
                self._ear.clear()
