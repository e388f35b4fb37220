"""What crosses a session's wire, as it crosses it: for recorders and other wiretaps, never for the state.

Sound and secrets are in it as they went over the wire. Whoever keeps any of it scrubs it.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable
from typing import Literal, TypeAlias

from msgspec import Struct
from reactivex import Observable

from realtime_rx.abc import Endpoint, Frame, Transport, TransportFactory
from realtime_rx.errors import ConnectionLostError, RealtimeError
from realtime_rx.store import Channel, log_failure

__all__ = ["Wire", "WireEvent"]

Clock: TypeAlias = Callable[[], float]


class WireEvent(Struct, frozen=True, kw_only=True):
    """A connection was opened, could not be, carried a ``frame`` or was closed. Its repr shows no frame.

    ``connection`` counts the dials from 1, ``at`` is in seconds since the epoch, ``endpoint`` is where it was dialled.
    ``error`` says why it failed or who closed it; None where we hung up.
    """

    kind: Literal["opened", "failed", "sent", "received", "closed"]
    connection: int
    at: float
    endpoint: Endpoint
    frame: Frame = b""
    error: RealtimeError | None = None

    def __repr__(self) -> str:
        return f"WireEvent({self.kind!r}, connection={self.connection}, {len(self.frame)} bytes)"


class Wire:
    """The wire of one session, connection after connection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._channel: Channel[WireEvent] = Channel(threading.RLock(), log_failure)
        self._dials = 0

    @property
    def events(self) -> Observable[WireEvent]:
        return self._channel

    @property
    def subscriber_count(self) -> int:
        return self._channel.observer_count

    def tapped(self, factory: TransportFactory) -> TransportFactory:
        """What makes transports as ``factory`` does, and tells what they carry."""

        def make() -> Transport:
            transport = factory()
            self._dials += 1
            return TappedTransport(transport, self._dials, self._clock, self._channel)

        return make

    def complete(self) -> None:
        self._channel.complete()


class TappedTransport:
    """Another transport, as it is, and a report of what it does to whoever listens."""

    def __init__(self, inner: Transport, number: int, clock: Clock, channel: Channel[WireEvent]) -> None:
        self._inner = inner
        self._number = number
        self._clock = clock
        self._channel = channel
        self._endpoint: Endpoint | None = None

    async def open(self, endpoint: Endpoint) -> None:
        try:
            await self._inner.open(endpoint)
        except RealtimeError as error:
            self._tell("failed", endpoint, error=error)
            raise
        self._endpoint = endpoint
        self._tell("opened", endpoint)

    async def send(self, frame: Frame) -> None:
        await self._inner.send(frame)
        if self._endpoint is not None:
            self._tell("sent", self._endpoint, frame)

    async def frames(self) -> AsyncGenerator[Frame]:
        frames = self._inner.frames()
        try:
            async for frame in frames:
                if self._endpoint is not None:
                    self._tell("received", self._endpoint, frame)
                yield frame
        except ConnectionLostError as error:
            self._closed(error)
            raise
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()

    async def close(self) -> None:
        await self._inner.close()
        self._closed(None)

    def _closed(self, error: ConnectionLostError | None) -> None:
        endpoint, self._endpoint = self._endpoint, None
        if endpoint is not None:
            self._tell("closed", endpoint, error=error)

    def _tell(
        self,
        kind: Literal["opened", "failed", "sent", "received", "closed"],
        endpoint: Endpoint,
        frame: Frame = b"",
        error: RealtimeError | None = None,
    ) -> None:
        if self._channel.observer_count:
            at, number = self._clock(), self._number
            self._channel.emit(
                WireEvent(kind=kind, connection=number, at=at, endpoint=endpoint, frame=frame, error=error)
            )
