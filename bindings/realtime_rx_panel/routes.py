"""The page's sockets: ``pn.serve(app, extra_patterns=ROUTES)``, ``panel serve app.py --plugins realtime_rx_panel``, and
for FastAPI ``app.include_router(ROUTER)``. Where there is none, :mod:`~realtime_rx_panel.carrier` has the sound."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any
from urllib.parse import urlparse

from bokeh.server.util import check_allowlist
from bokeh.settings import settings
from tornado.websocket import WebSocketHandler

from realtime_rx.audio.bridge import StarletteSocket
from realtime_rx.ui import page_bridges

__all__ = ["BRIDGES", "ROUTES", "SOCKETS"]

SOCKETS = "/_realtime_rx/sound"
BRIDGES = page_bridges()
AHEAD = 64
"""Messages of a page that may wait here; then it has to."""


class TornadoSocket(WebSocketHandler):
    """Tornado's, as the bridge reads it. Compression stays off, which is Tornado's default: sound does not shrink."""

    def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)
        self._inbox: asyncio.Queue[str | bytes | None] = asyncio.Queue(AHEAD)
        self._serving = asyncio.get_running_loop().create_task(
            BRIDGES.serve(Peer(self, self._inbox), self.request.headers.get("Origin")), context=Context()
        )
        self._serving.add_done_callback(lambda _: self.close())  # however it ends: nobody reads what comes then

    async def on_message(self, message: str | bytes) -> None:
        await self._inbox.put(message)

    def on_close(self) -> None:
        if self._inbox.full():
            self._inbox.get_nowait()
        self._inbox.put_nowait(None)

    def check_origin(self, origin: str) -> bool:
        """Whoever may have Bokeh's own socket."""
        application: Any = self.application
        allowed = set(settings.allowed_ws_origin()) or application.websocket_origins
        return check_allowlist(urlparse(origin).netloc.lower(), allowed)


class Peer:
    """The :class:`~realtime_rx.audio.bridge.Socket` of a handler."""

    def __init__(self, handler: WebSocketHandler, inbox: asyncio.Queue[str | bytes | None]) -> None:
        self._handler = handler
        self.receive = inbox.get

    async def send_text(self, text: str) -> None:
        await self._send(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._send(data)

    async def close(self, code: int, reason: str) -> None:
        self._handler.close(code, reason)

    async def _send(self, data: str | bytes) -> None:
        sent = self._handler.write_message(data, binary=isinstance(data, bytes))
        sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())  # also where nobody waits any more
        await sent


ROUTES = [(SOCKETS, TornadoSocket)]


def __getattr__(name: str) -> Any:
    """``ROUTER`` needs FastAPI, which Panel does not."""
    if name != "ROUTER":
        raise AttributeError(name)
    from fastapi import APIRouter

    router = APIRouter()
    router.add_websocket_route(SOCKETS, accept)
    return router


async def accept(socket: Any) -> None:
    """A WebSocket of Starlette's or FastAPI's."""
    await socket.accept()
    await BRIDGES.serve(StarletteSocket(socket), socket.headers.get("origin"))
