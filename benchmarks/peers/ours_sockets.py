"""This library on real sockets: sessions with their defaults and a speaker, so that sound is decoded.

`--seconds`: paced frames, each with the time at which it was sent, or 0 while they only warm up; otherwise one session
and a flood of frames, after a tenth of it on another session, which only warms up.

Before they are paced, garbage is collected once: it is the making of many sessions that sets off a whole collection,
which takes as long as they have objects, and everybody waits for it. How long is told, and so is what the interpreter
collects by itself from then on.
"""

import argparse
import asyncio
import gc
import json
import ssl
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.generator import digest
from benchmarks.peers.ours import KEY, OUTPUT, SilentSpeaker, compact, ignore
from benchmarks.runner import percentile
from realtime_rx.abc import Endpoint
from realtime_rx.events import ServerEvent
from realtime_rx.providers.openai import OpenAI
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import WebSocketTransport

STAMP = len("event_")
PATIENCE_S = 30.0


class Pauses:
    """For how long the collector of garbage has everybody wait, in milliseconds of the wall."""

    def __init__(self) -> None:
        self._since = 0.0
        self._ms: list[float] = []

    def watch(self) -> None:
        gc.callbacks.append(self._told)

    def _told(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._since = time.perf_counter()
        else:
            self._ms.append(1000 * (time.perf_counter() - self._since))

    def taken(self) -> list[float]:
        """Those since it was asked last."""
        taken, self._ms = self._ms, []
        return taken


class Count:
    """Counts what the subscribers are told, and how old it is."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.events = 0
        self.ages_us: list[float] = []
        self.begun, self.over = asyncio.Event(), asyncio.Event()
        self.pauses = Pauses()
        self.pauses_ms: list[float] = []
        self.cpu, self.wall = time.process_time(), time.monotonic()
        self.cpu_s = self.wall_s = 0.0

    def count(self, _: ServerEvent) -> None:
        if not self.events:
            self.pauses.taken()
            self.cpu, self.wall = time.process_time(), time.monotonic()
        self.events += 1
        if self.events == self.expected:
            self.stop()

    def age(self, event: ServerEvent) -> None:
        assert event.event_id is not None
        self.begun.set()
        if sent := int(event.event_id[STAMP:]):
            self.ages_us.append((time.monotonic_ns() - sent) / 1000)
            self.count(event)

    def stop(self) -> None:
        if not self.over.is_set():
            self.cpu_s, self.wall_s = time.process_time() - self.cpu, time.monotonic() - self.wall
            self.pauses_ms = self.pauses.taken()
            self.over.set()


def session_at(url: str, context: ssl.SSLContext | None, see: Callable[[ServerEvent], None]) -> RealtimeSession:
    async def dial() -> Endpoint:
        return Endpoint(url=url, headers={"Authorization": f"Bearer {KEY}"})

    session = RealtimeSession(
        OpenAI(api_key=KEY),
        transport=partial(WebSocketTransport, ssl_context=context),
        dial=dial,
        on_tool_call=lambda call: OUTPUT,
        audio_output=SilentSpeaker(),
        connect_timeout=PATIENCE_S,
    )
    session.states.subscribe(ignore)
    session.server_events.subscribe(see)
    return session


async def flood(arguments: argparse.Namespace, context: ssl.SSLContext | None) -> dict[str, Any]:
    await flooded(arguments.url, arguments.messages // 10, context)
    return await flooded(arguments.url, arguments.messages, context)


async def flooded(url: str, messages: int, context: ssl.SSLContext | None) -> dict[str, Any]:
    count = Count(messages)
    session = session_at(f"{url}/flood?messages={messages}", context, count.count)
    session.connect()
    await asyncio.wait_for(count.over.wait(), PATIENCE_S * 2)
    await session.aclose()
    return result(count) | {"digest": digest(compact(session.state.messages))}


async def pace(arguments: argparse.Namespace, context: ssl.SSLContext | None) -> dict[str, Any]:
    """Where it takes too long, what came until then counts."""
    query = f"sessions={arguments.sessions}&rate={arguments.rate}&lead={arguments.lead}&seconds={arguments.seconds}"
    count = Count(round(arguments.rate * arguments.seconds) * arguments.sessions)
    sessions = [session_at(f"{arguments.url}/paced?{query}", context, count.age) for _ in range(arguments.sessions)]
    for session in sessions:
        session.connect()
    await asyncio.wait_for(count.begun.wait(), PATIENCE_S)
    count.pauses.watch()
    gc.collect()
    whole = count.pauses.taken()
    try:
        await asyncio.wait_for(count.over.wait(), arguments.lead + arguments.seconds * 2 + PATIENCE_S)
    except TimeoutError:
        count.stop()
    await asyncio.gather(*(session.aclose() for session in sessions))
    pauses = {
        "whole_collection_ms": max(whole),
        "pauses_ms": sum(count.pauses_ms),
        "pause_ms": max(count.pauses_ms, default=0.0),
    }
    ages = {name: percentile(count.ages_us, share) for name, share in (("p50_us", 0.5), ("p99_us", 0.99))}
    return result(count) | ages | pauses | {"expected": count.expected}


def result(count: Count) -> dict[str, Any]:
    return {"events": count.events, "cpu_us": count.cpu_s * 1e6, "wall_us": count.wall_s * 1e6}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--ca", type=Path)
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--lead", type=float, default=0.0)
    parser.add_argument("--seconds", type=float)
    arguments = parser.parse_args()
    context = ssl.create_default_context(cafile=arguments.ca) if arguments.ca else None
    measuring = (flood if arguments.seconds is None else pace)(arguments, context)
    sys.stdout.write(f"{json.dumps(on_loop(measuring, uvloop=arguments.uvloop))}\n")


def on_loop(measuring: Any, *, uvloop: bool) -> dict[str, Any]:
    if not uvloop:
        return asyncio.run(measuring)
    import uvloop as faster

    return faster.run(measuring)


if __name__ == "__main__":
    main()
