"""What crosses a session's wire, as it crosses it: for recorders and other wiretaps, never for the state.

Sound and secrets are in it as they went over the wire. Whoever keeps any of it scrubs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct
from reactivex import Observable

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.credentials import Discreet
from realtime_rx.errors import RealtimeError
from realtime_rx.store import Channel, log_failure

__all__ = ["Line", "Wire", "WireEvent"]

Clock: TypeAlias = Callable[[], float]


class WireEvent(Discreet, Struct, frozen=True, kw_only=True):
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
        return len(self._channel.observers)

    def line(self) -> Line:
        """For the next connection."""
        self._dials += 1
        return Line(self._dials, self._clock, self._channel)

    def complete(self) -> None:
        self._channel.complete()


class Line:
    """One connection's part of the wire, which reports what its transport does to whoever listens."""

    def __init__(self, number: int, clock: Clock, channel: Channel[WireEvent]) -> None:
        self._number = number
        self._clock = clock
        self._channel = channel
        self._endpoint: Endpoint | None = None

    def opened(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tell("opened", endpoint)

    def failed(self, endpoint: Endpoint, error: RealtimeError) -> None:
        self._tell("failed", endpoint, error=error)

    def sent(self, frame: Frame) -> None:
        self._carried("sent", frame)

    def received(self, frame: Frame) -> None:
        if self._channel.observers:
            self._carried("received", frame)

    def _carried(self, kind: Literal["sent", "received"], frame: Frame) -> None:
        if self._endpoint is not None:
            self._tell(kind, self._endpoint, frame)

    def closed(self, error: RealtimeError | None = None) -> None:
        """Once; ``error``: who else hung up, or why it broke."""
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
        if self._channel.observers:
            at, number = self._clock(), self._number
            self._channel.emit(
                WireEvent(kind=kind, connection=number, at=at, endpoint=endpoint, frame=frame, error=error)
            )
