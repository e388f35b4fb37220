"""What a bridge needs of a WebSocket, and the two kinds of servers' WebSockets that offer it."""

from __future__ import annotations

from typing import Any, Protocol

from aiohttp import WSMsgType
from aiohttp.web import WebSocketResponse

__all__ = ["AiohttpSocket", "Socket", "StarletteSocket"]


class Socket(Protocol):
    """A WebSocket that is open. Any of these may raise what it likes once it is not."""

    async def receive(self) -> str | bytes | None:
        """The next message; None where the other side is gone."""
        ...

    async def send_text(self, text: str) -> None: ...

    async def send_bytes(self, data: bytes) -> None: ...

    async def close(self, code: int, reason: str) -> None: ...


class AiohttpSocket:
    """aiohttp's, prepared."""

    def __init__(self, socket: WebSocketResponse) -> None:
        self._socket = socket

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
    """Starlette's and FastAPI's, accepted. It is told by its methods: this library imports no web framework."""

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
