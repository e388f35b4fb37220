"""One connection's life: dial, open, send in order, receive, hang up. A new dial is a new connection.

Nothing of an old connection reaches a new one: each has its own transport, codec and queue, and what it reports counts
only while its number is the state's. What ends it is reported once; the caller need not know whose task noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from realtime_rx.abc import Codec, Dial, Endpoint, Frame, Transport, TransportFactory
from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.credentials import Veil
from realtime_rx.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    ProtocolError,
    RealtimeError,
    RealtimeErrorInfo,
)
from realtime_rx.events import (
    ClientEvent,
    ConnectFailed,
    CreateResponse,
    ErrorNoticed,
    FrameRejected,
    ServerEvent,
    ToolsOffered,
    TransportClosed,
    TransportOpened,
    UpdateSession,
)
from realtime_rx.events.base import LocalEvent
from realtime_rx.outbox import Outbox
from realtime_rx.reducer import NO_GREETING
from realtime_rx.runtime import LoopHost
from realtime_rx.wire import Line

__all__ = ["Connection"]

Clock = Callable[[], float]
Sink = Callable[[ServerEvent | LocalEvent], None]

EXCERPT = 200
ABNORMAL = 1006
CANCELLED = "the session's task was cancelled"
LAST_WORDS = 1.0
"""Seconds for reading what a server said before it hung up."""
HANG_UP = 10.0
"""Seconds for a transport's close(), which promises to be quicker."""


class Connection:
    """Runs on the host's loop; may be made, and ``send`` called, on any thread."""

    def __init__(
        self,
        number: int,
        *,
        host: LoopHost,
        dial: Dial,
        transport: TransportFactory,
        line: Callable[[], Line],
        codec: Codec,
        sink: Sink,
        clock: Clock,
        timeout: float,
        greeting_first: bool = False,
        delay: float = 0.0,
        told: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        """``delay`` seconds before the dial; ``timeout`` seconds for dialling, and as many again for the server's
        greeting, before which nothing but the first event is sent where ``greeting_first``. ``told`` gives the secrets
        that the server may echo."""
        self.number = number
        self.failure: RealtimeError | None = None
        self._dial = dial
        self._transport = transport
        self._new_line = line
        self._codec = codec
        self._sink = sink
        self._clock = clock
        self._timeout = timeout
        self._delay = delay
        self._host = host
        self._outbox = Outbox()
        self._waiting = asyncio.Event()
        self._greeted = asyncio.Event()
        self._patience: asyncio.Timeout | None = None
        self._greeting_first = greeting_first
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._told = told
        self._shown: tuple[str, ...] = ()
        self._veil = Veil()
        self._tools: tuple[ToolDefinition, ...] | None = None

    def send(self, event: ClientEvent) -> None:
        """Queue an event behind those that wait. They go out in order as soon as the connection is open.

        Where the socket cannot keep up, sound that waits too long is dropped, the oldest first, and nothing else is.
        """
        if self._outbox.push(event):
            behind = "the connection does not keep up with the sound: the oldest of it is dropped"
            at = self._clock()
            self._sink(ErrorNoticed(RealtimeErrorInfo(message=behind, code="audio_dropped", at=at), at=at))
        if self._host.is_here():
            self._waiting.set()
        else:
            self._host.call(self._waiting.set)

    def start(self) -> None:
        """Begin, soon. Where the loop is closed that is reported as a failure to connect."""
        if not self._host.call(self._begin):
            gone = ConnectError("the event loop that this session was made on is closed")
            self._report(ConnectFailed, gone, final=True)

    def _begin(self) -> None:
        self._task = self._host.spawn(self._run(), name=f"realtime-rx connection {self.number}")

    async def stop(self) -> None:
        """Hang up and wait until everything of this connection is over. Any number of callers may."""
        if self._task is None:
            return
        if not self._stopping:  # a second cancellation would cut the hanging up short
            self._stopping = True
            self._task.cancel()
        await asyncio.wait((self._task,))

    async def _run(self) -> None:
        """From the dial to the end, which is reported; after ``stop()`` that report comes too late to count."""
        try:
            if self._delay > 0:
                await asyncio.sleep(self._delay)
            transport, line = self._transport(), self._new_line()
        except asyncio.CancelledError:
            self._report(ConnectFailed, ConnectError(CANCELLED), final=True)
            raise
        except Exception as error:
            self._report(ConnectFailed, ConnectError(f"no transport: {type(error).__name__}: {error}"), cause=error)
            return
        try:
            async with asyncio.timeout(self._timeout):
                await opened(transport, await self._endpoint(), line)
            self._sink(TransportOpened(self.number, at=self._clock()))
            await self._converse(transport, line)
        except TimeoutError:
            late = ConnectTimeoutError(f"nothing answered within {self._timeout:g} s")
            self._report(ConnectFailed, late)
        except ConnectionLostError as lost:
            line.closed(lost)
            self._report(TransportClosed, lost)
        except RealtimeError as error:
            self._report(ConnectFailed, error)
        except Exception as error:
            self._report(ConnectFailed, ConnectError(f"{type(error).__name__}: {error}"), cause=error)
        except asyncio.CancelledError:
            self._report(TransportClosed, ConnectionLostError(ABNORMAL, CANCELLED), final=True)
            raise
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HANG_UP):
                    await transport.close()
            line.closed()

    async def _endpoint(self) -> Endpoint:
        """Where to dial; the tools to be offered there are told before anything is sent."""
        endpoint = await self._dial()
        self._shown = endpoint.secrets
        self._veil = Veil(self._shown, self._told())
        if endpoint.tools is not None:
            self._tools = endpoint.tools
            self._sink(ToolsOffered(endpoint.tools, at=self._clock()))
        return endpoint

    def _offering(self, event: ClientEvent) -> ClientEvent:
        """The settings that go out first were asked for before it was known which tools to offer."""
        if self._tools is None or not isinstance(event, UpdateSession):
            return event
        tools, self._tools = self._tools, None
        return replace(event, config=event.config.merged(SessionConfig(tools=tools)))

    async def _converse(self, transport: Transport, line: Line) -> None:
        sender = asyncio.create_task(self._send_all(transport, line), name=f"realtime-rx sender {self.number}")
        receiver = asyncio.create_task(self._receive_all(transport, line), name=f"realtime-rx receiver {self.number}")
        try:
            await asyncio.wait((sender, receiver), return_when=asyncio.FIRST_COMPLETED)
            if not receiver.done() and isinstance(sender.exception(), ConnectionLostError):
                await asyncio.wait((receiver,), timeout=LAST_WORDS)
        finally:
            for task in (sender, receiver):
                task.cancel()
            await asyncio.gather(sender, receiver, return_exceptions=True)
        for task in (receiver, sender):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        raise ConnectionLostError(ABNORMAL, "the connection ended without a word")

    async def _send_all(self, transport: Transport, line: Line) -> None:
        while True:
            while (event := self._outbox.pop()) is not None:
                for frame in self._encoded(self._offering(event)):
                    await transport.send(frame)
                    line.sent(frame)
                if self._greeting_first:
                    await self._greeted.wait()
            self._waiting.clear()
            if not self._outbox:
                await self._waiting.wait()

    def _encoded(self, event: ClientEvent) -> tuple[str | bytes, ...]:
        """The event's frames; what cannot be said is told, and does not end the conversation."""
        if isinstance(event, UpdateSession | CreateResponse):  # with secrets that are new, maybe
            self._veil = Veil(self._shown, self._told())
        try:
            return tuple(self._codec.encode(event))
        except Exception as error:
            told = ConfigurationError(f"{event.type} cannot be sent: {type(error).__name__}: {error}")
            at = self._clock()
            self._sink(ErrorNoticed(RealtimeErrorInfo.of(told, at=at), at=at))
            return ()

    async def _receive_all(self, transport: Transport, line: Line) -> None:
        async with asyncio.timeout(self._timeout) as self._patience:
            await transport.deliver(partial(self._receive, line))

    def _receive(self, line: Line, frame: Frame) -> None:
        """Report what a frame says."""
        line.received(frame)
        at = self._clock()
        frame = self._veil(frame.encode(errors="replace") if isinstance(frame, str) else frame)
        events: Sequence[ServerEvent | LocalEvent]
        try:
            events = self._codec.decode(frame, at=at)
        except ProtocolError as error:
            events = (FrameRejected(str(error), repr(frame[:EXCERPT]), at=at),)
        for event in events:
            self._sink(event)
        if self._patience is not None and greets(events):
            self._let_in(self._patience)

    def _let_in(self, patience: asyncio.Timeout) -> None:
        """The server has greeted: from now on it may be silent."""
        if not patience.expired():
            self._patience = None
            self._greeted.set()
            patience.reschedule(None)

    def _report(
        self,
        kind: type[ConnectFailed] | type[TransportClosed],
        error: RealtimeError,
        cause: BaseException | None = None,
        *,
        final: bool = False,
    ) -> None:
        error.__cause__ = cause or error.__cause__
        self.failure = error
        at = self._clock()
        self._sink(kind(self.number, RealtimeErrorInfo.of(error, fatal=True, at=at), final, at=at))


async def opened(transport: Transport, endpoint: Endpoint, line: Line) -> None:
    try:
        await transport.open(endpoint)
    except RealtimeError as error:
        line.failed(endpoint, error)
        raise
    line.opened(endpoint)


def greets(events: Sequence[ServerEvent | LocalEvent]) -> bool:
    """Whether a server said more than that something is wrong."""
    return any(not isinstance(event, NO_GREETING) for event in events)
