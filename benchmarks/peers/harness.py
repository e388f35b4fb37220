"""What every Python peer shares: arguments, frames as a socket would deliver them, times, the digest, the result line.

The JavaScript peers do the same in harness.mjs; runner.py reads the line.
"""

import argparse
import gc
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from benchmarks.generator import digest

BLOCK_BYTES = 512 * 1024
TRANSCRIPT_DELTA = '{"type":"response.output_audio_transcript.delta"'


class Feeder(Protocol):
    """A peer that is ready for the first frame."""

    def feed(self, frame: str) -> None:
        """Take the frame all the way into the state before returning."""
        ...

    def messages(self) -> list[dict[str, Any]]:
        """`[{"role": ..., "parts": [["text", text] | ["tool", name, input]]}]`, in the order of the conversation."""
        ...


@dataclass(slots=True)
class Stopwatch:
    """Times of the timed sections, in nanoseconds; `deltas` pairs the index of a transcript delta with its time."""

    events: int = 0
    wall_ns: int = 0
    cpu_ns: int = 0
    deltas: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def last_deltas_us(self) -> list[float]:
        return [ns / 1000 for index, ns in self.deltas if index >= self.events * 0.9]


def blocks(path: Path) -> Iterator[list[str]]:
    """Fresh frames, about 512 kB at a time: read outside the timed section, still warm in the cache like a socket's."""
    rest = b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(BLOCK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            yield [line.decode() for line in lines]


def time_blocks(feed: Callable[[str], None], path: Path, stopwatch: Stopwatch) -> None:
    for frames in blocks(path):
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        for frame in frames:
            feed(frame)
        stopwatch.wall_ns += time.perf_counter_ns() - wall
        stopwatch.cpu_ns += time.thread_time_ns() - cpu
        stopwatch.events += len(frames)


def time_each(feed: Callable[[str], None], path: Path, stopwatch: Stopwatch) -> None:
    clock = time.perf_counter_ns
    for frames in blocks(path):
        for frame in frames:
            start = clock()
            feed(frame)
            elapsed = clock() - start
            if frame.startswith(TRANSCRIPT_DELTA):
                stopwatch.deltas.append((stopwatch.events, elapsed))
            stopwatch.wall_ns += elapsed
            stopwatch.events += 1


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", required=True)
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--warmup", type=Path, required=True)
    parser.add_argument(
        "--each", action="store_true", help="time every frame by itself, for the times of single events"
    )
    return parser.parse_args()


def main(make: Callable[[str], Feeder], *packages: str) -> None:
    """Measure the feeder that `make(mode)` returns and print the result as one line of JSON."""
    arguments = parse_arguments()
    measure = time_each if arguments.each else time_blocks
    measure(make(arguments.mode).feed, arguments.warmup, Stopwatch())
    gc.collect()
    feeder, stopwatch = make(arguments.mode), Stopwatch()
    measure(feeder.feed, arguments.stream, stopwatch)
    result = {
        "versions": [*(f"{name} {version(name)}" for name in packages), f"python {platform.python_version()}"],
        "events": stopwatch.events,
        "wall_us": stopwatch.wall_ns / 1000,
        "cpu_us": stopwatch.cpu_ns / 1000,
        "digest": digest(feeder.messages()),
        "last_deltas_us": stopwatch.last_deltas_us(),
    }
    sys.stdout.write(f"{json.dumps(result)}\n")
