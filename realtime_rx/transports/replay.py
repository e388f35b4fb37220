"""Byte pipes that play a recording, and find where a session departs from it.

``use_realtime(transport=Replay("talk.jsonl"))`` hears what the recorded session heard and does what was done to it. No
key is needed, and nobody is dialled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from msgspec.structs import replace

from realtime_rx.abc import Endpoint, Frame, Take
from realtime_rx.errors import ConnectError, ConnectionLostError, DivergenceError
from realtime_rx.events import LocalEvent
from realtime_rx.recordings.elision import elided
from realtime_rx.recordings.lines import Closed, Did, Failed, Line, Message, Meta, Opened, read_lines
from realtime_rx.transports.comparing import Comparison, decoded

__all__ = ["received_frames", "Replay", "ReplayTransport"]

Sleep: TypeAlias = Callable[[float], Awaitable[Any]]

PATIENCE = 5.0
"""Seconds in which a strict replay's session has to say what was recorded."""


def received_frames(path: str | Path) -> list[Frame]:
    """The frames that a recording received, in order. Raises :class:`ProtocolError` naming the line that is no record.

    A recording has one JSON object a line: ``{"kind": "message", "direction": "received", "data": {frame}}``.
    """
    return [line.frame for line in read_lines(path) if isinstance(line, Message) and line.direction != "sent"]


class Replay:
    """A recording as a transport factory: each dial plays the next connection that was recorded.

    ``speed`` is how fast: 1 as it was, 2 twice as fast, None without waiting. Whatever the speed, ``clock`` gives the
    time of the line that is being played: as a session's ``clock`` it makes every time stamp what it was.
    ``deeds``: what was typed and done, and what tools returned, is done again; else that is up to the caller.
    ``strict``: the session must say what the recorded one said, in its order, each before what was heard next; where it
    does not, it ends with a :class:`DivergenceError` that shows the difference, and ``divergence`` is that.

    Raises :class:`ProtocolError` naming the line that is no record.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        speed: float | None = None,
        strict: bool = False,
        deeds: bool = True,
        patience: float = PATIENCE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.path = Path(path)
        self.lines: tuple[Line, ...] = tuple(read_lines(path))
        self.meta: Meta = next((line for line in self.lines if isinstance(line, Meta)), Meta())
        self.deeds = deeds
        self.played = 0
        self.finished = asyncio.Event()
        self.divergence: DivergenceError | None = None
        self.on_deed: Callable[[LocalEvent], None] | None = None
        self.transports: list[ReplayTransport] = []
        self._speed = speed
        self._sleep = sleep
        self._strict = strict
        self._patience = patience
        self._now = next((line.at for line in self.lines if line.at is not None), 0.0)
        self._connections = sorted({line.connection for line in self.lines if isinstance(line, DIALLED)})
        if not self._connections:
            self.finished.set()

    def __repr__(self) -> str:
        return f"<Replay {str(self.path)!r} {self.played}/{len(self.lines)}>"

    def __call__(self) -> ReplayTransport:
        number = len(self.transports)
        known = number < len(self._connections)
        lines: list[Line] = self._lines_of(self._connections[number]) if known else [NO_MORE]
        last = lines[-1]
        if number + 1 < len(self._connections) and isinstance(last, Closed) and last.code is None:
            lines[-1] = replace(last, code=GOING_AWAY, reason="the recording goes on with another connection")
        comparison = Comparison(self._patience) if self._strict else None
        self.transports.append(ReplayTransport(lines, comparison=comparison, before=self._turn, after=self._done))
        return self.transports[-1]

    def _lines_of(self, connection: int) -> list[Line]:
        return [line for line in self.lines if line.connection == connection]

    @property
    def model(self) -> str | None:
        """What was talked to, as in ``"openai:gpt-realtime"``; None where the recording does not say."""
        name = self.meta.provider
        return f"{name}:{self.meta.model}" if name and self.meta.model else name

    def clock(self) -> float:
        """The time, in seconds since the epoch, of the line that is being played."""
        return self._now

    async def _turn(self, line: Line) -> None:
        """Wait until it is a line's time."""
        if line.at is not None:
            if self._speed is not None and line.at > self._now:
                await self._sleep((line.at - self._now) / self._speed)
            self._now = max(self._now, line.at)
        if isinstance(line, Did) and self.on_deed is not None:
            self.on_deed(line.event)

    def _done(self, line: Line | None, error: DivergenceError | None) -> None:
        self.divergence = self.divergence or error
        if line is not None:
            self.played += 1
        elif error is not None or len(self.transports) == len(self._connections):
            self.finished.set()


DIALLED = (Opened, Failed, Message, Closed)
GOING_AWAY = 1001
NO_MORE = Failed(reason="the recording has no further connection")

Turn: TypeAlias = Callable[[Line], Awaitable[None]]
Done: TypeAlias = Callable[[Line | None, DivergenceError | None], None]


async def at_once(_: Line) -> None:
    await asyncio.sleep(0)


def nothing(_line: Line | None, _error: DivergenceError | None) -> None:
    pass


class ReplayTransport:
    """Plays one connection, then stays open and silent; what is sent is kept in ``sent``.

    It is made of frames, or of the lines of a recording. ``before`` is awaited before each line is played; ``after`` is
    told of each that was, and at last, with None, of the end.
    """

    def __init__(
        self,
        lines: Iterable[Line | Frame],
        *,
        comparison: Comparison | None = None,
        before: Turn = at_once,
        after: Done = nothing,
    ) -> None:
        self._lines = tuple(lines)
        self._comparison = comparison
        self._before = before
        self._after = after
        self._closed = asyncio.Event()
        self.sent: list[Frame] = []

    @classmethod
    def from_recording(cls, path: str | Path) -> ReplayTransport:
        return cls(received_frames(path))

    async def open(self, endpoint: Endpoint) -> None:
        """Nobody is dialled. Raises :class:`ConnectError` where the recorded dial failed."""
        failed = next((line for line in self._lines if isinstance(line, Failed)), None)
        if failed is not None:
            self._after(None, None)
            raise ConnectError(failed.reason)

    async def send(self, frame: Frame) -> None:
        if self._closed.is_set():
            raise ConnectionLostError(1006, "not open")
        self.sent.append(frame)
        if self._comparison is not None and (said := words(frame)) is not None:
            self._comparison.tell(said)

    async def deliver(self, take: Take) -> None:
        for line in self._lines:
            if isinstance(line, str | bytes):
                take(line)
                await asyncio.sleep(0)
                continue
            await self._before(line)
            match line:
                case Message(direction="sent"):
                    await self._compare(line)
                case Message():
                    take(line.frame)
                case Closed(code=int(code)):
                    self._over(line)
                    raise ConnectionLostError(code, line.reason)
                case _:
                    pass
            self._after(line, None)
        self._after(None, None)
        await self._closed.wait()

    async def close(self) -> None:
        self._closed.set()

    async def _compare(self, line: Message) -> None:
        """Wait for this to be sent, where that matters."""
        try:
            if self._comparison is not None and (said := words(line.frame)) is not None:
                await self._comparison.expect(said)
        except DivergenceError as error:
            self._after(None, error)
            raise

    def _over(self, line: Line) -> None:
        self._after(line, None)
        self._after(None, None)


def words(frame: Frame) -> Any:
    """What a frame says; None where that is sound, which nobody sends again."""
    said, sizes = elided(decoded(frame))
    return None if sizes or isinstance(said, bytes) else said
