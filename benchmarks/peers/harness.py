"""What every Python peer shares: arguments, frames as a socket would deliver them, times, the digest, the result line.

The JavaScript peers do the same in harness.mjs; runner.py reads the line.
"""

import argparse
import asyncio
import gc
import json
import platform
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.generator import digest

BLOCK_BYTES = 512 * 1024
TRANSCRIPT_DELTA = b'{"type":"response.output_audio_transcript.delta"'

Messages: TypeAlias = list[dict[str, Any]]
"""`[{"role": ..., "parts": [["text", text] | ["tool", name, input]]}]`, in the order of the conversation."""

Run: TypeAlias = Callable[[Iterator[Any]], Messages | None]
"""Takes each frame all the way into the state before it asks for the next one; gives the messages, if it keeps such."""


@dataclass(slots=True)
class Stopwatch:
    """Times of the timed sections, in nanoseconds; `deltas` has the index of a transcript delta, its time, the next, …

    Pairs would be objects of their own, and set off collections of garbage that no peer made.
    """

    events: int = 0
    wall_ns: int = 0
    cpu_ns: int = 0
    deltas: list[int] = field(default_factory=list[int])

    def last_deltas_us(self) -> list[float]:
        pairs = zip(self.deltas[::2], self.deltas[1::2], strict=True)
        return [ns / 1000 for index, ns in pairs if index >= self.events * 0.9]


def blocks(path: Path) -> Iterator[list[bytes]]:
    """Fresh frames, about 512 kB at a time: read outside the timed section, still warm in the cache like a socket's."""
    rest = b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(BLOCK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            yield lines


def timed_blocks(path: Path, stopwatch: Stopwatch, *, text: bool) -> Iterator[str | bytes]:
    """The frames; what passes between handing out a block's first and being asked for the next block's is timed."""
    for lines in blocks(path):
        frames = [line.decode() for line in lines] if text else lines
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        yield from frames
        stopwatch.wall_ns += time.perf_counter_ns() - wall
        stopwatch.cpu_ns += time.thread_time_ns() - cpu
        stopwatch.events += len(frames)


class TimedEach:
    """The frames, each timed by itself, from handing it out until the next one is asked for, or until `pause()`."""

    def __init__(self, path: Path, stopwatch: Stopwatch, *, text: bool) -> None:
        self._lines = (line for lines in blocks(path) for line in lines)
        self._stopwatch = stopwatch
        self._text = text
        self._line: bytes | None = None
        self._started = 0

    def __iter__(self) -> Iterator[str | bytes]:
        return self

    def __next__(self) -> str | bytes:
        self.pause()
        line = next(self._lines)
        frame = line.decode() if self._text else line
        self._line, self._started = line, time.perf_counter_ns()
        return frame

    def pause(self) -> None:
        """The frame is in the state, and what comes until the next one is not its work."""
        elapsed, line, watch = time.perf_counter_ns() - self._started, self._line, self._stopwatch
        if line is None:
            return
        if line.startswith(TRANSCRIPT_DELTA):
            watch.deltas += (watch.events, elapsed)
        watch.wall_ns += elapsed
        watch.events += 1
        self._line = None


@dataclass(slots=True)
class Socket:
    """The frames for a session on a socket: now and then there is nothing, and others have a turn.

    `in_flight` frames come between two such moments: what the session makes of them must fit into its queues. Where
    there is only one, the turn belongs to it: it is then that its event is read. After the last frame, `over` is set
    and nothing comes any more, until `close()`.
    """

    frames: Iterator[Any]
    in_flight: int
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aiter__(self) -> AsyncIterator[Any]:
        """For a peer that asks for each message."""
        for number, frame in enumerate(self.frames, 1):
            yield frame
            if not number % self.in_flight:
                await self._turn()
        await self._end()

    async def deliver(self, take: Callable[[Any], None]) -> None:
        """For a peer that is called with each message."""
        for number, frame in enumerate(self.frames, 1):
            take(frame)
            if not number % self.in_flight:
                await self._turn()
        await self._end()

    async def _turn(self) -> None:
        if self.in_flight > 1 and isinstance(self.frames, TimedEach):
            self.frames.pause()
        await asyncio.sleep(0)

    async def _end(self) -> None:
        self.over.set()
        await self._closed.wait()

    async def send(self, message: object) -> None:
        """Nobody listens."""

    async def close(self, *_: object) -> None:
        self._closed.set()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", required=True)
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--warmup", type=Path, required=True)
    parser.add_argument(
        "--each", action="store_true", help="time every frame by itself, for the times of single events"
    )
    return parser.parse_args()


def main(modes: Mapping[str, Run], *packages: str, text: bool = False) -> None:
    """Measure one mode and print the result as one line of JSON. Frames are bytes, or `text`."""
    arguments = parse_arguments()
    run, timed = modes[arguments.mode], TimedEach if arguments.each else timed_blocks
    run(timed(arguments.warmup, Stopwatch(), text=text))
    gc.collect()
    stopwatch = Stopwatch()
    messages = run(timed(arguments.stream, stopwatch, text=text))
    result = {
        "versions": [*(f"{name} {version(name)}" for name in packages), f"python {platform.python_version()}"],
        "events": stopwatch.events,
        "wall_us": stopwatch.wall_ns / 1000,
        "cpu_us": stopwatch.cpu_ns / 1000,
        "digest": None if messages is None else digest(messages),
        "last_deltas_us": stopwatch.last_deltas_us(),
    }
    sys.stdout.write(f"{json.dumps(result)}\n")
