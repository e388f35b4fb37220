"""A server on a real socket that follows a test's script."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from realtime_rx.providers import OpenAI
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import WebSocketTransport

from .frames import CREATED
from .waiting import DEADLINE

quiet = logging.getLogger("tests.server")
quiet.setLevel(logging.CRITICAL)  # at DEBUG a server logs the keys that it is shown


class Caller:
    """One client, seen from the server."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []

    @property
    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    async def say(self, *frames: dict[str, Any] | str | bytes) -> None:
        for frame in frames:
            await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def hear(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame of that type, or the next one."""
        async with asyncio.timeout(DEADLINE):
            while True:
                self.frames.append(json.loads(await self.socket.recv()))
                if kind is None or self.frames[-1].get("type") == kind:
                    return self.frames[-1]

    async def listen(self) -> None:
        """Hear everything until the client is gone."""
        try:
            while True:
                await self.hear()
        except ConnectionClosed:
            return


Part = Callable[[Caller], Awaitable[None]]


class Server:
    """Where it listens, and who called so far."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.callers: list[Caller] = []

    @property
    def base_url(self) -> str:
        return f"http://{self.address}/v1"


@asynccontextmanager
async def playing(play: Callable[[ServerConnection], Awaitable[None]], **options: Any) -> AsyncIterator[str]:
    """A WebSocket server; gives its address. What fails while it plays no test can see, so it is raised at the end.

    That the client is gone is no failure.
    """
    failures: list[Exception] = []

    async def played(socket: ServerConnection) -> None:
        try:
            await play(socket)
        except ConnectionClosed:
            return
        except Exception as failure:
            failures.append(failure)
            raise

    settings: dict[str, Any] = {"max_size": None, "logger": quiet, "close_timeout": 0.5, **options}
    try:
        async with serve(played, "127.0.0.1", 0, **settings) as listening:
            host, port = listening.sockets[0].getsockname()[:2]
            yield f"{host}:{port}"
    finally:
        if failures:
            raise failures[0]


@asynccontextmanager
async def serving(part: Part, **options: Any) -> AsyncIterator[Server]:
    """A server that plays this part to each caller and hangs up at its end."""
    server = Server("")

    async def play(socket: ServerConnection) -> None:
        server.callers.append(Caller(socket))
        await part(server.callers[-1])

    async with playing(play, **options) as server.address:
        yield server


KEY = "sk-secret-0123456789abcdef"
GONE = (ConnectionError, asyncio.IncompleteReadError)
"""What reading or writing raises where the client is gone."""


def session_at(base_url: str, *, key: str | None = KEY, **options: Any) -> RealtimeSession:
    """A session with that server, over a WebSocket that is quick to give up. Settings of the socket go by name."""
    socket: dict[str, Any] = {"close_timeout": 0.2}
    names = ("ssl_context", "proxy", "ping_interval", "ping_timeout", "close_timeout", "max_frame")
    socket |= {name: options.pop(name) for name in names if name in options}
    return RealtimeSession(
        OpenAI(api_key=key, base_url=base_url),
        **{
            "transport": lambda: WebSocketTransport(**socket),
            "session_config": {"instructions": "Be brief."},
            "connect_timeout": 5.0,
            **options,
        },
    )


def saying(*frames: dict[str, Any] | str | bytes) -> Part:
    """The part of a server that greets, says this, and listens."""

    async def part(caller: Caller) -> None:
        await caller.say(CREATED, *frames)
        await caller.listen()

    return part


@asynccontextmanager
async def listening(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A TCP server for what no WebSocket library would do; gives its address, and raises in the end what failed."""

    calls = set[asyncio.Task[Any]]()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        calls.add(task)
        try:
            await handle(reader, writer)
        except asyncio.CancelledError:
            return  # streams report a cancelled handler as a failure
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
    finally:
        server.close()
        for task in calls:
            task.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(outcome, GONE):
                raise outcome
