"""`python -m benchmarks.traffic`: a WebSocket server that sends the frames of a stream, in a process of its own.

It speaks as much of RFC 6455 as that takes, and sends frames that were made before, so that it is never what is slow.
`/flood?messages=N` sends the first N as fast as they are taken. `/paced?sessions=N&rate=R&lead=L&seconds=S` waits until
there are N such connections, then begins with one after the other within L seconds, so that each is at a moment of its
own of the conversation, and goes on for S seconds: R frames a second to each, all of them spread evenly, with the time
at which each was sent in its event_id (nanoseconds of the monotonic clock, which all processes of a machine share; 0
before the last one has begun). What clients say is read and forgotten; the connection stays open until the client ends
it.
"""

import argparse
import asyncio
import base64
import hashlib
import ssl
import struct
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

__all__ = ["EVENT_ID", "framed", "serve", "stamped"]

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
EVENT_ID = b'"event_id":"event_'
DIGITS = 21
TEXT = 0x81
CHUNK = 64
"""Frames between two looks at whether the client keeps up."""
TICK_S = 0.002
"""The loop's own timers are late by that much, and all frames that are due meanwhile would leave at once."""


def framed(payload: bytes) -> bytes:
    """A text message as one unmasked frame."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", TEXT, size) + payload
    if size < 2**16:
        return struct.pack("!BBH", TEXT, 126, size) + payload
    return struct.pack("!BBQ", TEXT, 127, size) + payload


def stamped(payload: bytes, now_ns: int) -> bytes:
    """The same with the time as its event_id, which is as long."""
    start = payload.index(EVENT_ID) + len(EVENT_ID)
    return b"%b%0*d%b" % (payload[:start], DIGITS, now_ns, payload[start + DIGITS :])


class Traffic:
    """The frames of one stream, for everybody who connects."""

    def __init__(self, payloads: Sequence[bytes]) -> None:
        self._payloads = payloads
        self._frames = [framed(payload) for payload in payloads]
        self._waiting: list[asyncio.StreamWriter] = []

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sending = None
        try:
            path = await handshake(reader, writer)
            sending = self._begin(path, writer)
            while await reader.read(2**16):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            if sending is not None:
                sending.cancel()
            if writer in self._waiting:
                self._waiting.remove(writer)
            writer.transport.abort()

    def _begin(self, path: str, writer: asyncio.StreamWriter) -> "asyncio.Task[None] | None":
        query = {name: float(values[0]) for name, values in parse_qs(urlsplit(path).query).items()}
        if path.startswith("/flood"):
            return asyncio.create_task(self._flood(writer, round(query["messages"])))
        self._waiting.append(writer)
        if len(self._waiting) < query["sessions"]:
            return None
        writers, self._waiting = tuple(self._waiting), []
        rate = query["rate"]
        return asyncio.create_task(
            self._pace(writers, rate, round(query["lead"] * rate), round(query["seconds"] * rate))
        )

    async def _flood(self, writer: asyncio.StreamWriter, messages: int) -> None:
        for start in range(0, messages, CHUNK):
            writer.write(b"".join(self._frames[start : min(start + CHUNK, messages)]))
            await writer.drain()

    async def _pace(self, writers: Sequence[asyncio.StreamWriter], rate: float, lead: int, frames: int) -> None:
        """Each writer in its turn; one that falls behind is not waited for, its buffer grows."""
        gap, start = 1 / (rate * len(writers)), time.monotonic()
        for number in range((lead + frames) * len(writers)):
            turn, which = divmod(number, len(writers))
            if not number % CHUNK:
                await asyncio.sleep(0)
            own = turn - which * lead // len(writers)
            if own < 0:
                continue
            await nearly(due := start + number * gap)
            sleep_until(due)
            payload = self._payloads[own % len(self._payloads)]
            writers[which].write(framed(stamped(payload, time.monotonic_ns() if turn >= lead else 0)))


async def nearly(due: float) -> None:
    """Wait as long as the loop's timers are good for."""
    if (early := due - time.monotonic()) > TICK_S:
        await asyncio.sleep(early - TICK_S)


def sleep_until(due: float) -> None:
    if (early := due - time.monotonic()) > 0:
        time.sleep(early)


async def handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Answer it; the path that was asked for."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = request.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    accept = base64.b64encode(hashlib.sha1(headers["sec-websocket-key"].encode() + GUID).digest())
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    writer.write(b"%bSec-WebSocket-Accept: %b\r\n\r\n" % (upgrade, accept))
    return first.split()[1]


def secure(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def serve(payloads: Iterable[bytes], context: ssl.SSLContext | None) -> asyncio.Server:
    """On a free port of this machine."""
    traffic = Traffic(tuple(payloads))
    return await asyncio.start_server(traffic.handle, "127.0.0.1", 0, ssl=context, backlog=1024)


async def run(payloads: Sequence[bytes], certificates: Sequence[Path]) -> None:
    make = partial(serve, payloads)
    servers = [await make(None), *([await make(secure(*certificates))] if certificates else [])]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.traffic", description=__doc__)
    parser.add_argument("--stream", type=Path, required=True)
    parser.add_argument("--tls", type=Path, nargs=2, metavar=("CERTIFICATE", "KEY"), default=())
    arguments = parser.parse_args()
    asyncio.run(run(arguments.stream.read_bytes().splitlines(), arguments.tls))


if __name__ == "__main__":
    main()
