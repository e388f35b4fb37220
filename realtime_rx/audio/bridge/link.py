"""One socket of a page, from its ``hello`` to its end. Whatever the page does ends here, with a code and a reason."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from msgspec import Struct

from realtime_rx.audio.bridge.allowance import Allowance
from realtime_rx.audio.bridge.microphone import BridgeMicrophone
from realtime_rx.audio.bridge.protocol import (
    Bye,
    CloseCode,
    Hello,
    Microphone,
    PlayedReport,
    Refusal,
    Renewed,
    ServerMessage,
    Speaker,
    Welcome,
    read_sound,
    read_text,
    sound_frame,
    write_text,
)
from realtime_rx.audio.bridge.sockets import Socket
from realtime_rx.audio.bridge.speaker import BridgeSpeaker
from realtime_rx.credentials import Discreet

__all__ = ["close_quietly", "Link", "Renewal", "UNCHANGED"]

logger = logging.getLogger("realtime_rx")

CLOSE_S = 2.0
MESSAGES_PER_SECOND = 400
"""A page sends some 75: 50 frames and 25 reports."""
SOUND_SPEED = 2.0
"""A page that catches up after a hiccup is faster than real time, for a while."""
BURST_S = 5.0
"""What a page may send at once was saved up in so long."""


def _allowance(rate: float) -> Allowance:
    return Allowance(rate, rate * BURST_S)


class Renewal(Discreet, Struct, frozen=True):
    """The token for a page's next socket, and what is to be done when the page has it."""

    token: str | None = None
    confirm: Callable[[], object] = lambda: None


UNCHANGED = Renewal()
"""The page may come back with the token that it showed."""


async def close_quietly(socket: Socket, code: int, reason: str) -> None:
    """Within a bounded time; a socket that is gone already is closed."""
    try:
        await asyncio.wait_for(socket.close(code, reason), CLOSE_S)
    except Exception as error:
        logger.debug("closing a page's socket: %r", error)


class Link:
    """Runs on the loop of its socket."""

    def __init__(
        self,
        socket: Socket,
        microphone: BridgeMicrophone,
        speaker: BridgeSpeaker,
        clock: Callable[[], float] = time.monotonic,
        renewal: Renewal = UNCHANGED,
    ) -> None:
        self._socket = socket
        self._renewal = renewal
        self._microphone = microphone
        self._speaker = speaker
        self._clock = clock
        self._messages = _allowance(MESSAGES_PER_SECOND)
        self._sound = _allowance(SOUND_SPEED * microphone.format.bytes_per_second)
        self._control: deque[ServerMessage] = deque()
        self._news = asyncio.Event()
        self._end: asyncio.Future[Refusal] = asyncio.get_running_loop().create_future()
        self.said_bye = False

    def send(self, message: ServerMessage | None) -> None:
        """This before any more sound; None: there may be sound to send."""
        if message is not None:
            self._control.append(message)
        self._news.set()

    def end(self, code: int, reason: str) -> None:
        """Close the socket; ``run`` returns."""
        if not self._end.done():
            self._end.set_result(Refusal(code, reason))

    async def run(self, hello: Hello) -> None:
        """Until the socket is gone or closed, for whatever reason. Raises nothing else than cancellation."""
        try:
            self._welcome(hello)
            ending = await self._serve()
        except Refusal as refusal:
            ending = refusal
        if ending is not None:
            logger.debug("closing a page's socket: %s", ending)
            await close_quietly(self._socket, ending.code, ending.reason)

    def _welcome(self, hello: Hello) -> None:
        rates = (self._microphone.format.rate, self._speaker.format.rate)
        if (hello.input_rate, hello.output_rate) != rates:
            raise Refusal(CloseCode.BAD_MESSAGE, f"the rates of microphone and speaker are {rates[0]} and {rates[1]}")
        self._speaker.resume(hello)
        self.send(Welcome(self._speaker.generation, self._microphone.is_wanted, self._renewal.token))

    async def _serve(self) -> Refusal | None:
        reader = self._spawn(self._read(), "reader")
        writer = self._spawn(self._write(), "writer")
        try:
            done, _ = await asyncio.wait({reader, writer, self._end}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            reader.cancel()
            writer.cancel()
            await asyncio.gather(reader, writer, return_exceptions=True)
        if self._end in done:
            return self._end.result()
        error = next((task.exception() for task in (reader, writer) if task in done and task.exception()), None)
        if isinstance(error, Refusal):
            return error
        if error is not None:
            logger.debug("a page's socket failed: %r", error)
        return Refusal(1000, "bye") if self.said_bye else Refusal(1011, "the socket failed")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Apart from whoever serves the socket: a web framework keeps its own things in the context."""
        return asyncio.get_running_loop().create_task(work, name=f"realtime-rx audio {name}", context=Context())

    async def _read(self) -> None:
        while (message := await self._socket.receive()) is not None and not self._end.done():
            self._spend(1, self._messages)
            if isinstance(message, bytes):
                self._spend(len(message), self._sound)
                self._microphone.hear(read_sound(message))
            elif self._obey(message):
                return

    def _spend(self, amount: float, allowance: Allowance) -> None:
        now = self._clock()
        allowance.spend(amount, now)
        if allowance.left(now) < 0:
            raise Refusal(CloseCode.FLOOD, "too much at once")

    def _obey(self, text: str) -> bool:
        """Whether that was the last word."""
        match read_text(text):
            case PlayedReport() as report:
                self._speaker.report(report)
                self._news.set()
            case Microphone() as report:
                self._microphone.report(report)
            case Speaker(state):
                self._speaker.state = state
            case Renewed():
                self._renewal.confirm()
            case Bye():
                self.said_bye = True
            case Hello():
                raise Refusal(CloseCode.BAD_MESSAGE, "a second hello")
        return self.said_bye

    async def _write(self) -> None:
        while True:
            self._news.clear()
            while await self._write_one():
                pass
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._speaker.pause_s(self._clock()))

    async def _write_one(self) -> bool:
        with contextlib.suppress(IndexError):
            await self._socket.send_text(write_text(self._control.popleft()))
            return True
        # Another socket may have taken over a moment ago: what waits is for that one.
        sending = None if self._end.done() else self._speaker.take(self._clock())
        if sending is None:
            return False
        frame = sound_frame(sending.generation, sending.pcm, is_last=sending.is_last)
        await self._socket.send_bytes(frame)
        return True
