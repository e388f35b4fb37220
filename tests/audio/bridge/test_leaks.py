"""Real sockets that come and go, and what is left of them."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import tracemalloc
from pathlib import Path

from aiohttp import ClientSession, ClientWebSocketResponse

from realtime_rx.audio.bridge import AudioBridge, Bridges
from tests.audio.bridge.fakes import hello, sound
from tests.audio.bridge.servers import aiohttp_server
from tests.support.waiting import becomes

VISITS = 50
GROWTH = 90_000
"""Bytes that 50 visits may leave behind: a frame of sound of each would be more."""


async def leave(client: ClientWebSocketResponse, how: int) -> None:
    """With a goodbye, with a close, or, as when a network is gone, without a word."""
    if how == 0:
        await client.send_json({"type": "bye"})
    if how < 2:
        await client.close()
    else:
        transport = client.get_extra_info("socket") and client._writer.transport
        assert transport is not None
        transport.abort()


async def visit(bridges: Bridges, session: ClientSession, url: str, how: int) -> None:
    bridge = AudioBridge(linger_s=60)
    client = await session.ws_connect(url)
    await client.send_json(hello(bridges.add(bridge)))
    await client.receive_json()
    await client.send_bytes(sound(bytes(960)))
    bridge.speaker.play("a", 0, bytes(96_000))
    bridge.speaker.flush()
    await leave(client, how)
    await becomes(lambda: not bridge.is_connected)
    bridges.remove(bridge)
    await asyncio.sleep(0)  # a bridge is disposed of on its loop, a moment later


def timers() -> int:
    """Those of this library that are still to come."""
    scheduled = getattr(asyncio.get_running_loop(), "_scheduled")  # noqa: B009 - asyncio tells nobody
    return sum("realtime_rx" in repr(timer) for timer in scheduled if not timer.cancelled())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if os.path.isdir("/proc/self/fd") else 0


async def test_fifty_visits_leave_nothing() -> None:
    """After 50 pages, a third of them torn off, no task, thread, file, timer, token or sound of theirs is left."""
    bridges = Bridges()
    async with aiohttp_server(bridges) as url, ClientSession() as session:
        for how in range(3):
            await visit(bridges, session, url, how)
        gc.collect()
        before = (open_files(), threading.active_count(), len(asyncio.all_tasks()))
        tracemalloc.start()
        for number in range(VISITS):
            await visit(bridges, session, url, number % 3)
        await becomes(lambda: (open_files(), threading.active_count(), len(asyncio.all_tasks())) == before)
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (timers(), len(bridges)) == (0, 0)
        assert grown < GROWTH
