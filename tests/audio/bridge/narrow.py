"""A narrow link: a proxy that lets through so many bytes a second each way, and holds what has to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

BUFFER = 256 * 1024
"""What a home router holds before it makes the sender wait."""
TICK_S = 0.01


async def squeeze(source: asyncio.StreamReader, sink: asyncio.StreamWriter, bytes_per_second: int) -> None:
    due = asyncio.get_running_loop().time()
    try:
        while data := await source.read(round(bytes_per_second * TICK_S)):
            now = asyncio.get_running_loop().time()
            due = max(due, now) + len(data) / bytes_per_second
            await asyncio.sleep(due - now)
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass  # one side is gone, and the other one is told
    finally:
        sink.close()


@asynccontextmanager
async def narrow(url: str, bits_per_second: int) -> AsyncIterator[str]:
    """The same server behind such a link."""
    there = urlsplit(url)
    links: set[asyncio.Task[None]] = set()

    async def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection(there.hostname, there.port, limit=BUFFER // 2)
        for source, sink in ((reader, down), (up, writer)):
            links.add(asyncio.create_task(squeeze(source, sink, bits_per_second // 8)))

    server = await asyncio.start_server(link, "127.0.0.1", 0, limit=BUFFER // 2)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in links:
            task.cancel()
        await asyncio.gather(*links, return_exceptions=True)
