"""A TCP proxy that is as bad as a network can be: late, narrow, stalling, and now and then it resets."""

import asyncio
import random
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

from .server import listening

CHUNK = 1_460
"""Bytes of a packet, more or less."""


@dataclass
class Toxins:
    """``latency_s`` is one way; ``stalls`` is the share of packets that come ``stall_s`` late, as after a loss.

    ``resets`` are the numbers of bytes that the server may say on the first, second, … connection until it is reset.
    """

    latency_s: float = 0.15
    bits_per_s: float = 1e6
    stalls: float = 0.05
    stall_s: float = 0.2
    resets: list[int] = field(default_factory=list[int])
    address: str = ""
    connections: int = 0
    passed: int = 0


@asynccontextmanager
async def toxic(host: str, port: int, toxins: Toxins, seed: int = 1) -> AsyncIterator[Toxins]:
    chance = random.Random(seed)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        toxins.connections += 1
        budget = toxins.resets.pop(0) if toxins.resets else None
        there, back = await asyncio.open_connection(host, port)
        pipes = [
            asyncio.create_task(pipe(reader, back, toxins, chance, None)),
            asyncio.create_task(pipe(there, writer, toxins, chance, budget)),
        ]
        try:
            await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in pipes:
                task.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            for end in (writer, back):
                end.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                end.transport.abort()

    async with listening(handle) as address:
        toxins.address = address
        yield toxins


async def pipe(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    toxins: Toxins,
    chance: random.Random,
    budget: int | None,
) -> None:
    """Pass on what comes, late and in order, until there is no more or the budget is spent."""
    loop = asyncio.get_running_loop()
    packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(256)

    async def take() -> None:
        free = loop.time()
        while data := await reader.read(CHUNK):
            free = max(free, loop.time()) + len(data) * 8 / toxins.bits_per_s
            free += toxins.stall_s if chance.random() < toxins.stalls else 0.0
            await packets.put((free + toxins.latency_s, data))
        await packets.put((loop.time(), b""))

    taking = asyncio.create_task(take())
    passed = 0
    try:
        with suppress(ConnectionError):
            while budget is None or passed < budget:
                due, data = await packets.get()
                await asyncio.sleep(due - loop.time())
                if not data:
                    return
                writer.write(data)
                await writer.drain()
                passed += len(data)
                toxins.passed += len(data)
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
