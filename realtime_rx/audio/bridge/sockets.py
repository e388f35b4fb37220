"""What a bridge needs of a WebSocket, and the two kinds of servers' WebSockets that offer it.

A socket that carries sound is not to be compressed (``permessage-deflate``): it takes 46 µs for each frame, and speech
in PCM16 becomes hardly smaller. Browsers always offer it, so it is the server that must not agree.
"""

from __future__ import annotations

from typing import Any, Protocol, Self

from aiohttp import WSMsgType
from aiohttp.web import Request, WebSocketResponse

__all__ = ["AiohttpSocket", "Socket", "StarletteSocket"]

MAX_MESSAGE = 64 * 1024
"""What a server reads before the bridge says that it is too big."""


class Socket(Protocol):
    """A WebSocket that is open. Any of these may raise what it likes once it is not."""

    async def receive(self) -> str | bytes | None:
        """The next message; None where the other side is gone."""
        ...

    async def send_text(self, text: str) -> None: ...

    async def send_bytes(self, data: bytes) -> None: ...

    async def close(self, code: int, reason: str) -> None: ...


class AiohttpSocket:
    """aiohttp's, prepared: with ``compress=False``, or by ``accept``."""

    def __init__(self, socket: WebSocketResponse) -> None:
        self._socket = socket

    @classmethod
    async def accept(cls, request: Request) -> Self:
        """The socket that is asked for. ``response`` is what the handler has to return."""
        socket = WebSocketResponse(compress=False, max_msg_size=MAX_MESSAGE)
        await socket.prepare(request)
        return cls(socket)

    @property
    def response(self) -> WebSocketResponse:
        return self._socket

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        return message.data if message.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    async def send_bytes(self, data: bytes) -> None:
        await self._socket.send_bytes(data)

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code=code, message=reason.encode()[:120])


class StarletteSocket:
    """Starlette's and FastAPI's, accepted. It is told by its methods: this library imports no web framework.

    Compression is its server's matter: uvicorn's is off with ``ws_per_message_deflate=False``, which ``uvicorn.run()``
    and NiceGUI's ``ui.run()`` take.
    """

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.send_text = socket.send_text
        self.send_bytes = socket.send_bytes

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        text = message.get("text")
        return text if text is not None else message.get("bytes")

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)
