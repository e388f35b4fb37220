"""The engine on a socket of `aiohttp`, with `POST /v1/realtime/client_secrets` beside it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import WSMsgType, web

from .errors import ClientError
from .gate import MAX_FRAME, PATH, SECRETS_PATH, Gate, Handshake, Refusal, choose_subprotocol
from .pump import Connect, converse

MAX_BODY = 2**20
"""Bytes of a client secret request: instructions and tools, no audio."""
CLOSE_SECONDS = 2
"""How long a peer may take to answer our close."""


@asynccontextmanager
async def listen(host: str, port: int, gate: Gate, connect: Connect) -> AsyncGenerator[int, None]:
    """Serve until the context ends; gives the port."""
    runner = web.AppRunner(application(gate, connect), shutdown_timeout=CLOSE_SECONDS, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def application(gate: Gate, connect: Connect) -> web.Application:
    """The two routes as an application, for those who want to mount it into their own."""
    open_sockets = set[web.WebSocketResponse]()

    async def realtime(request: web.Request) -> web.StreamResponse:
        handshake = _handshake(request)
        verdict = gate.admit(handshake)
        if isinstance(verdict, Refusal):
            return _error(verdict.status, verdict.message)
        chosen = choose_subprotocol(handshake.subprotocols)
        protocols = () if chosen is None else (chosen,)
        socket = web.WebSocketResponse(
            protocols=protocols, max_msg_size=MAX_FRAME, compress=False, timeout=CLOSE_SECONDS
        )
        await socket.prepare(request)
        open_sockets.add(socket)
        try:
            await converse(_Socket(socket), verdict, connect)
        finally:
            open_sockets.discard(socket)
        return socket

    async def client_secrets(request: web.Request) -> web.Response:
        headers = request.headers
        once = request.query.get("sessions") == "1"
        try:
            shown = headers.get("Authorization"), headers.get("Origin")
            answer = gate.issue(await request.read(), *shown, once=once)
        except ClientError as error:
            return _error(HTTPStatus.BAD_REQUEST, error.message, error)
        return _error(answer.status, answer.message) if isinstance(answer, Refusal) else web.json_response(answer)

    async def close_sockets(app: web.Application) -> None:
        await asyncio.gather(*(socket.close(code=1001, message=b"server shutdown") for socket in open_sockets))

    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes([web.get(PATH, realtime), web.post(SECRETS_PATH, client_secrets)])
    app.on_shutdown.append(close_sockets)
    return app


def _handshake(request: web.Request) -> Handshake:
    headers = request.headers
    offered = [name.strip() for value in headers.getall("Sec-WebSocket-Protocol", ()) for name in value.split(",")]
    return Handshake(
        target=request.path_qs,
        origin=headers.get("Origin"),
        authorization=headers.get("Authorization"),
        subprotocols=offered,
    )


def _error(status: HTTPStatus, message: str, error: ClientError | None = None) -> web.Response:
    """An HTTP error in the shape the official clients read."""
    code, param = (error.code, error.param) if error else (status.phrase.lower().replace(" ", "_"), None)
    body = {"message": message, "type": "invalid_request_error", "code": code, "param": param}
    return web.json_response({"error": body}, status=status)


class _Socket:
    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def send(self, text: str) -> bool:
        try:
            await self._socket.send_str(text)
        except ConnectionError:
            return False
        return True

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        return message.data if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None
