"""One connection's life: dial, open, send in order, receive, hang up. A new dial is a new connection.

Nothing of an old connection reaches a new one: each has its own transport, codec and queue, and what it reports counts
only while its number is the state's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from realtime_rx.abc import Codec, Dial, Transport
from realtime_rx.errors import (
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    ProtocolError,
    RealtimeError,
    RealtimeErrorInfo,
)
from realtime_rx.events import ClientEvent, ConnectFailed, FrameRejected, ServerEvent, TransportClosed, TransportOpened
from realtime_rx.events.base import LocalEvent
from realtime_rx.runtime import LoopHost

__all__ = ["Connection"]

Clock = Callable[[], float]
Sink = Callable[[ServerEvent | LocalEvent], None]

EXCERPT = 200


class Connection:
    """Runs on the host's loop; may be made, and ``send`` called, on any thread."""

    def __init__(
        self,
        number: int,
        *,
        host: LoopHost,
        dial: Dial,
        transport: Transport,
        codec: Codec,
        sink: Sink,
        clock: Clock,
        timeout: float,
    ) -> None:
        """``timeout`` seconds for dialling, and as many again for the first frame to come."""
        self.number = number
        self.failure: RealtimeError | None = None
        self._dial = dial
        self._transport = transport
        self._codec = codec
        self._sink = sink
        self._clock = clock
        self._timeout = timeout
        self._host = host
        self._queue: deque[ClientEvent] = deque()
        self._waiting = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def send(self, event: ClientEvent) -> None:
        """Queue an event behind those that wait. They go out in order as soon as the connection is open."""
        self._queue.append(event)
        if self._host.is_here():
            self._waiting.set()
        else:
            self._host.call(self._waiting.set)

    def start(self) -> None:
        """Begin, on the host's loop."""
        self._task = self._host.spawn(self._run(), name=f"realtime-rx connection {self.number}")

    async def stop(self) -> None:
        """Hang up and wait until everything of this connection is over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        """From the dial to the end, which is reported; cancelling it hangs up without a report."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._transport.open(await self._dial())
            self._sink(TransportOpened(self.number, at=self._clock()))
            await self._converse()
        except TimeoutError:
            late = ConnectTimeoutError(f"nothing answered within {self._timeout:g} s")
            self._report(ConnectFailed, late)
        except ConnectionLostError as lost:
            self._report(TransportClosed, lost)
        except RealtimeError as error:
            self._report(ConnectFailed, error)
        except Exception as error:
            self._report(ConnectFailed, ConnectError(f"{type(error).__name__}: {error}"), cause=error)
        finally:
            await asyncio.shield(self._transport.close())

    async def _converse(self) -> None:
        sender = asyncio.create_task(self._send_all(), name=f"realtime-rx sender {self.number}")
        receiver = asyncio.create_task(self._receive_all(), name=f"realtime-rx receiver {self.number}")
        try:
            await asyncio.wait((sender, receiver), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sender, receiver):
                task.cancel()
            await asyncio.gather(sender, receiver, return_exceptions=True)
        for task in (receiver, sender):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        raise ConnectionLostError(1006, "the connection ended without a word")

    async def _send_all(self) -> None:
        while True:
            while self._queue:
                for frame in self._codec.encode(self._queue.popleft()):
                    await self._transport.send(frame)
            self._waiting.clear()
            if not self._queue:
                await self._waiting.wait()

    async def _receive_all(self) -> None:
        frames = self._transport.frames()
        try:
            async with asyncio.timeout(self._timeout):
                first = await anext(frames)
            self._receive(first)
            async for frame in frames:
                self._receive(frame)
        except StopAsyncIteration:
            return
        finally:
            closing = getattr(frames, "aclose", None)
            if closing is not None:
                with contextlib.suppress(RuntimeError):
                    await closing()

    def _receive(self, frame: str | bytes) -> None:
        at = self._clock()
        try:
            events = self._codec.decode(frame, at=at)
        except ProtocolError as error:
            events = (FrameRejected(str(error), repr(frame[:EXCERPT]), at=at),)
        for event in events:
            self._sink(event)

    def _report(
        self,
        kind: type[ConnectFailed] | type[TransportClosed],
        error: RealtimeError,
        cause: BaseException | None = None,
    ) -> None:
        error.__cause__ = cause or error.__cause__
        self.failure = error
        at = self._clock()
        self._sink(kind(self.number, RealtimeErrorInfo.of(error, fatal=True, at=at), at=at))
