"""The servers that a bridge's sockets come from, as they are to be started."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from aiohttp import web
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from realtime_rx.audio.bridge import AiohttpSocket, Bridges, StarletteSocket
from tests.support.waiting import becomes


@asynccontextmanager
async def aiohttp_server(bridges: Bridges) -> AsyncIterator[str]:
    async def audio(request: web.Request) -> web.WebSocketResponse:
        socket = await AiohttpSocket.accept(request)
        await bridges.serve(socket, request.headers.get("Origin"))
        return socket.response

    app = web.Application()
    app.add_routes([web.get("/audio", audio)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/audio"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def uvicorn_server(bridges: Bridges) -> AsyncIterator[str]:
    async def audio(socket: WebSocket) -> None:
        await socket.accept()
        await bridges.serve(StarletteSocket(socket), socket.headers.get("origin"))

    app = Starlette(routes=[WebSocketRoute("/audio", audio)])
    options = uvicorn.Config(app, port=0, ws_per_message_deflate=False, lifespan="off", log_level="error")
    server = uvicorn.Server(options)
    serving = asyncio.create_task(server._serve())  # serve() also takes over the process's signals
    try:
        await becomes(lambda: server.started)
        yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/audio"
    finally:
        server.should_exit = True
        await serving


SERVERS = {"aiohttp": aiohttp_server, "uvicorn": uvicorn_server}
