"""What sessions of this library keep: makes some, has each read a stream to its end, and prints what that left behind.

`--trace`: what Python allocated, by tracemalloc; otherwise by how much the process has become larger.
"""

import argparse
import asyncio
import gc
import json
import resource
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.peers import harness
from benchmarks.peers.ours import IN_FLIGHT, session_on
from realtime_rx.session import RealtimeSession

GREETING = 2
"""Frames until a session is connected and knows its settings."""


def frames(path: Path, *, idle: bool) -> Iterator[str | bytes]:
    every = harness.timed_blocks(path, harness.Stopwatch(), text=False)
    return islice(every, GREETING) if idle else every


async def hold(path: Path, *, idle: bool) -> RealtimeSession:
    """A session that has read all of it and goes on waiting for more."""
    socket = harness.Socket(frames(path, idle=idle), IN_FLIGHT)
    session = session_on(socket)
    session.connect()
    await socket.over.wait()
    return session


def used(*, traced: bool) -> int:
    """Bytes."""
    gc.collect()
    if traced:
        return tracemalloc.get_traced_memory()[0]
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


async def measure(path: Path, sessions: int, *, idle: bool, traced: bool) -> dict[str, int]:
    """The first session is not counted: imports, caches and the allocator's first pools are everybody's."""
    first = await hold(path, idle=idle)
    if traced:
        tracemalloc.start()
    before = used(traced=traced)
    held = [await hold(path, idle=idle) for _ in range(sessions)]
    after = used(traced=traced)
    state = held[-1].state
    counts = {"messages": len(state.messages), "events": len(state.events)}
    for session in (first, *held):
        await session.aclose()
    return {"bytes": (after - before) // sessions, **counts}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--sessions", type=int, required=True)
    parser.add_argument("--idle", action="store_true")
    parser.add_argument("--trace", action="store_true")
    arguments = parser.parse_args()
    measuring = measure(arguments.stream, arguments.sessions, idle=arguments.idle, traced=arguments.trace)
    sys.stdout.write(f"{json.dumps(asyncio.run(measuring))}\n")


if __name__ == "__main__":
    main()
