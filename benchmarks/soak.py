"""`python -m benchmarks.soak`: many sessions in one process, for a while, on connections that are dropped at random.

Each session asks sums of the embedded provider, which runs in a process of its own, behind a proxy that resets every
connection after some while. In the end every question must be there once, and behind it its answer once. Printed are
what a session costs in memory and the process in CPU, for each tenth of the time. Flat is what they should be, but for
the messages of the conversations, which grow.
"""

import argparse
import asyncio
import gc
import os
import random
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.environments import tell
from realtime_rx import ReconnectPolicy, SessionState, WebSocketTransport
from realtime_rx.providers import Local
from realtime_rx.session import RealtimeSession

PATIENCE_S = 60.0
POLICY = ReconnectPolicy(first_delay_s=0.05, max_delay_s=1.0, attempts=1_000, lifetime=1_000_000, replay_turns=3)


@dataclass(frozen=True)
class Sample:
    """The process at one moment."""

    at: float
    cpu_s: float
    rss_kib: int
    turns: int


@dataclass
class Soak:
    """What is going on."""

    sessions: int
    seconds: float
    drop_s: float
    turns: int = 0
    drops: int = 0
    reconnects: int = 0
    lost: list[str] = field(default_factory=list[str])
    samples: list[Sample] = field(default_factory=list[Sample])


def sample(soak: Soak) -> None:
    gc.collect()
    used = resource.getrusage(resource.RUSAGE_SELF)
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if sys.platform == "linux" else 0
    rss = pages * resource.getpagesize() // 1024 or used.ru_maxrss
    soak.samples.append(Sample(time.monotonic(), used.ru_utime + used.ru_stime, rss, soak.turns))


@asynccontextmanager
async def provider() -> AsyncIterator[str]:
    """The embedded provider in a process of its own; gives its address."""
    command = (sys.executable, "-m", "realtime_rx.local", "--port", "0", "--no-speech")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            words = line.decode().split()
            if words[:2] == ["Listening", "on"]:
                yield words[2]
                return
        raise SystemExit("the embedded provider did not start")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def dropping(url: str, soak: Soak) -> AsyncIterator[str]:
    """The same address behind a proxy that resets each connection after ``drop_s`` seconds on average."""
    where, handlers = urlsplit(url), set[asyncio.Task[None]]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handlers.add(task)
        there, back = await asyncio.open_connection(where.hostname, where.port)
        pipes = [asyncio.create_task(pipe(*ends)) for ends in ((reader, back), (there, writer))]
        try:
            lifetime = random.expovariate(1 / soak.drop_s)
            _, going_on = await asyncio.wait(pipes, timeout=lifetime, return_when=asyncio.FIRST_COMPLETED)
            soak.drops += len(going_on) == len(pipes)
        except asyncio.CancelledError:
            return
        finally:
            handlers.discard(task)
            for each in pipes:
                each.cancel()
            for end in (writer, back):
                end.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=1_000)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"{where.scheme}://{host}:{port}{where.path}"
    finally:
        server.close()
        for task in tuple(handlers):
            task.cancel()


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return


async def until(session: RealtimeSession, reached: str) -> bool:
    """Whether the last message becomes this answer, whole, within a while."""
    over = asyncio.Event()

    def look(state: SessionState) -> None:
        last = state.messages[-1] if state.messages else None
        if last is not None and (last.role, last.text, last.status) == ("assistant", reached, "completed"):
            over.set()

    watch = session.states.subscribe(look)
    try:
        await asyncio.wait_for(over.wait(), PATIENCE_S)
    except TimeoutError:
        return False
    finally:
        watch.dispose()
    return True


async def converse(url: str, soak: Soak, end: float) -> None:
    """One session: sums, until it is time."""
    asked: list[tuple[str, str]] = []
    settings = {"output_modalities": ("text",)}
    session = RealtimeSession(
        Local(base_url=url), transport=WebSocketTransport, session_config=settings, reconnect=POLICY, max_events=50
    )
    while session.state.status != "connected":
        await asyncio.wait((asyncio.ensure_future(session.connect()),))
    while time.monotonic() < end:
        a, b = random.randrange(100), random.randrange(100)
        asked.append((f"What is {a} plus {b}?", f"{a} + {b} is {a + b}."))
        session.send_text_message(asked[-1][0])
        if not await until(session, asked[-1][1]):
            soak.lost.append(f"no answer to {asked[-1]}: {session.state.status}, {session.state.error}")
            break
        soak.turns += 1
        await asyncio.sleep(random.uniform(0.5, 1.5))
    had = [message.text for message in session.state.messages if message.status == "completed"]
    if had != [text for turn in asked for text in turn] and not soak.lost:
        soak.lost.append(f"said {len(asked)} questions, and there are {len(had)} messages")
    soak.reconnects += session.state.reconnects
    await session.aclose()


async def watch(soak: Soak, start: float) -> None:
    for tenth in range(1, 11):
        await asyncio.sleep(start + tenth * soak.seconds / 10 - time.monotonic())
        sample(soak)


async def run(soak: Soak) -> None:
    async with provider() as url, dropping(url, soak) as behind:
        sample(soak)
        start = time.monotonic()
        talking = [converse(behind, soak, start + soak.seconds) for _ in range(soak.sessions)]
        await asyncio.gather(watch(soak, start), *talking)


def report(soak: Soak) -> str:
    """What it cost, tenth by tenth, and what was lost."""
    empty, *samples = soak.samples
    rows = ["   time  turns  CPU of a core  memory for each session"]
    for before, now in zip(soak.samples, samples, strict=False):
        busy = (now.cpu_s - before.cpu_s) / (now.at - before.at)
        each = (now.rss_kib - empty.rss_kib) / soak.sessions
        rows.append(f"{now.at - empty.at:5.0f} s  {now.turns:5}  {busy:13.0%}  {each:18.0f} KiB")
    told = f"{soak.sessions} sessions, {soak.turns} turns, {soak.drops} drops, {soak.reconnects} reconnections"
    growth = f"each turn of a session keeps {kib_per_turn(soak):.1f} KiB: its messages, which are never forgotten"
    return "\n".join([*rows, told, growth, f"lost: {len(soak.lost)}", *soak.lost[:10]])


def kib_per_turn(soak: Soak) -> float:
    """How much memory a turn left behind in the second half of the time, when the rings of events are full."""
    middle, last = soak.samples[len(soak.samples) // 2], soak.samples[-1]
    return (last.rss_kib - middle.rss_kib) / max(1, last.turns - middle.turns)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--sessions", type=int, default=200, help="how many at once (default 200)")
    parser.add_argument("--seconds", type=float, default=120.0, help="for how long (default 120)")
    parser.add_argument("--drop", type=float, default=20.0, help="seconds that a connection lives on average")
    arguments = parser.parse_args()
    soak = Soak(arguments.sessions, arguments.seconds, arguments.drop)
    tell(f"{soak.sessions} sessions for {soak.seconds:.0f} s on process {os.getpid()}")
    asyncio.run(run(soak))
    print(report(soak))
    raise SystemExit(bool(soak.lost))


if __name__ == "__main__":
    main()
