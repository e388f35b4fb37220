"""A server that shows everybody what it was shown, and tells secrets of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from .http_server import listening

GREETINGS: tuple[dict[str, Any], ...] = (
    {"type": "session.created", "session": {"id": "s1", "type": "realtime"}},
    {"setupComplete": {}},
    {
        "type": "conversation_initiation_metadata",
        "conversation_initiation_metadata_event": {
            "conversation_id": "c1",
            "agent_output_audio_format": "pcm_16000",
            "user_input_audio_format": "pcm_16000",
        },
    },
    {"type": "session-created", "sessionId": "s1", "raw": {}},
    {"type": "connected", "request_id": "r1"},
)


@dataclass
class Hostile:
    """``own`` is a secret that it tells by itself; ``refuses`` with HTTP 401 instead of talking."""

    own: str
    refuses: bool = False
    url: str = ""
    shown: list[str] = field(default_factory=list[str])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        echo = json.dumps({"headers": dict(request.headers), "url": str(request.url), "path": request.path_qs})
        self.shown.append(echo)
        if self.refuses:
            return web.Response(status=401, text=f"who is {echo}?")
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.json_response(self.tokens())
        offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        socket = web.WebSocketResponse(protocols=[name.strip() for name in offered if name.strip()][:1])
        await socket.prepare(request)
        await self.tell(socket, echo)
        return socket

    def tokens(self) -> dict[str, Any]:
        """A token in every vendor's words."""
        address = f"ws{self.url.removeprefix('http')}/convai?conversation_signature={self.own}"
        return {
            "token": self.own,
            "url": address,
            "signed_url": address,
            "value": self.own,
            "name": f"auth_tokens/{self.own}",
            "client_secret": {"value": self.own},
        }

    async def tell(self, socket: web.WebSocketResponse, echo: str) -> None:
        for frame in GREETINGS:
            await socket.send_json(frame)
        for frame in self.secrets(echo):
            await socket.send_json(frame)
        await socket.send_str(f"{{no json {echo}")
        await socket.send_json({"type": "the.end", "theEnd": {}})
        async for message in socket:
            if message.type == WSMsgType.TEXT and "goodbye" in message.data:
                await socket.close(code=4001, message=f"you are {echo}"[:100].encode())

    def secrets(self, echo: str) -> list[dict[str, Any]]:
        session = {"id": "s1", "type": "realtime", "client_secret": {"value": self.own, "expires_at": 1}}
        mcp = {"type": "mcp", "server_label": "m", "authorization": self.own, "headers": {"X-Any": self.own}}
        return [
            {"type": "session.updated", "session": {**session, "tools": [mcp]}},
            {"type": "error", "error": {"type": "invalid_request_error", "message": f"wrong key: {echo}"}},
            {"type": "transcription_session.updated", "session": session},
            {"type": "something.new", "echo": echo},
            {"serverContent": {"somethingNew": echo}},
        ]


@asynccontextmanager
async def hostile(own: str, *, refuses: bool = False) -> AsyncIterator[Hostile]:
    server = Hostile(own, refuses)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    async with listening(app) as url:
        server.url = url
        yield server
