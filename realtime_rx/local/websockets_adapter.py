"""The engine on a socket of `websockets`. Its HTTP parser reads GET only, so there are no client secrets here."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from .gate import MAX_FRAME, Admission, Gate, Handshake, Refusal, choose_subprotocol
from .pump import Connect, converse

wire_log = logging.getLogger("realtime_rx.local.wire")
wire_log.setLevel(logging.INFO)  # below that, the library writes request headers, keys included, into the log


@asynccontextmanager
async def listen(host: str, port: int, gate: Gate, connect: Connect) -> AsyncGenerator[int, None]:
    """Serve until the context ends; gives the port."""
    admitted: WeakKeyDictionary[ServerConnection, Admission] = WeakKeyDictionary()

    def process_request(connection: ServerConnection, request: Request) -> Response | None:
        verdict = gate.admit(_handshake(request))
        if isinstance(verdict, Refusal):
            return connection.respond(verdict.status, f"{verdict.message}\n")
        admitted[connection] = verdict
        return None

    async def handle(connection: ServerConnection) -> None:
        await converse(_Socket(connection), admitted[connection], connect)

    server = await serve(
        handle,
        host,
        port,
        process_request=process_request,
        select_subprotocol=_select,
        max_size=MAX_FRAME,
        compression=None,
        close_timeout=2,
        logger=wire_log,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def _handshake(request: Request) -> Handshake:
    headers = request.headers
    offered = [name.strip() for value in headers.get_all("Sec-WebSocket-Protocol") for name in value.split(",")]
    return Handshake(
        target=request.path,
        origin=headers.get("Origin"),
        authorization=headers.get("Authorization"),
        subprotocols=offered,
    )


def _select(connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    chosen = choose_subprotocol(offered)
    return None if chosen is None else Subprotocol(chosen)


class _Socket:
    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    async def send(self, text: str) -> bool:
        try:
            await self._connection.send(text)
        except ConnectionClosed:
            return False
        return True

    async def receive(self) -> str | bytes | None:
        try:
            return await self._connection.recv()
        except ConnectionClosed:
            return None
