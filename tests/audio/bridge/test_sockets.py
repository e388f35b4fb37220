"""Servers' own WebSockets as the bridge sees them; aiohttp's is in the browser tests."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import pytest

from realtime_rx.audio.bridge import StarletteSocket

websockets = pytest.importorskip("starlette.websockets")


async def test_starlette_sockets_are_told_by_their_methods() -> None:
    """A socket of Starlette or FastAPI passes text and bytes both ways and is closed with a reason."""
    incoming: list[dict[str, Any]] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.receive", "bytes": b"sound"},
        {"type": "websocket.disconnect", "code": 1006},
    ]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    accepted = websockets.WebSocket({"type": "websocket"}, receive, send)
    await accepted.accept()
    socket = StarletteSocket(accepted)
    await socket.send_text("text")
    await socket.send_bytes(b"bytes")
    assert [await socket.receive() for _ in range(3)] == ["hello", b"sound", None]
    await socket.close(4401, "wrong token")
    assert sent[1:3] == [{"type": "websocket.send", "text": "text"}, {"type": "websocket.send", "bytes": b"bytes"}]
    assert sent[3] == {"type": "websocket.close", "code": 4401, "reason": "wrong token"}
