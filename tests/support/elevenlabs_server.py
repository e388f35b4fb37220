"""A server on a real socket that speaks ElevenLabs Agents, follows a test's script, and is as strict as it can be.

It gives signed addresses for its key, and lets nobody into its private agent without one. What the real one closes a
connection for (1008), this one does: anything before the initiation, a second initiation, results of calls that it
never made, pongs to no ping. Where REALTIME_RX_PROTOCOLS says where it is, frames are held against the official schema.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from .elevenlabs_frames import Json, greeting
from .server import playing
from .waiting import DEADLINE

KEY = "sk_canary-key-0123456789abcdef"
SIGNATURE = "cvtkn_canary-signature-0123456789"
AGENT, PRIVATE = "agent_public", "agent_private"
PATH = "/v1/convai/conversation"
INVALID = 1008
SCHEMAS = {
    "user_audio_chunk": "UserAudioPayload",
    "pong": "PongPayload",
    "user_message": "UserMessagePayload",
    "user_activity": "UserActivityPayload",
    "feedback": "UserFeedbackPayload",
    "client_tool_result": "ClientToolResultPayload",
    "mcp_tool_approval_result": "MCPToolApprovalResultPayload",
    "contextual_update": "ContextualUpdatePayload",
    "conversation_initiation_client_data": "ConversationInitiationPayload",
    "multimodal_message": "MultimodalMessagePayload",
}


class RefusedError(Exception):
    """The client said what is not allowed, and the server hung up."""


class ElevenLabsCaller:
    """One client, seen from the server."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket
        self.frames: list[Json] = []
        self._calls: set[str] = set()
        self._pings: set[int] = set()

    @property
    def kinds(self) -> list[str]:
        return [kind_of(frame) for frame in self.frames]

    @property
    def initiation(self) -> Json:
        return self.frames[0]

    async def say(self, *frames: Json) -> None:
        for frame in frames:
            if frame["type"] == "client_tool_call":
                self._calls.add(frame["client_tool_call"]["tool_call_id"])
            elif frame["type"] == "ping":
                self._pings.add(frame["ping_event"]["event_id"])
            await self.socket.send(json.dumps(frame))

    async def hear(self, *kinds: str) -> Json:
        """The next frame of these kinds, or the next one. Raises ``RefusedError`` where the client breaks the rules."""
        async with asyncio.timeout(DEADLINE):
            while True:
                frame = json.loads(await self.socket.recv())
                wrong = self._wrong_with(frame) or schema_problem(frame)
                if wrong is not None:
                    await self.socket.close(INVALID, wrong[:120])
                    raise RefusedError(wrong)
                self.frames.append(frame)
                if not kinds or kind_of(frame) in kinds:
                    return frame

    async def greet(self, frame: Json | None = None) -> None:
        """Take the settings and let the client in."""
        await self.hear("conversation_initiation_client_data")
        await self.say(frame or greeting())

    async def listen(self) -> None:
        """Hear everything until the client is gone."""
        while True:
            await self.hear()

    def _wrong_with(self, frame: Json) -> str | None:
        kind = kind_of(frame)
        if kind not in SCHEMAS:
            return f"Invalid message received: {kind}"
        if (kind == "conversation_initiation_client_data") != (not self.frames):
            return "the initiation must be the first message, and the only one"
        if kind == "client_tool_result" and frame["tool_call_id"] not in self._calls:
            return f"no call {frame['tool_call_id']}"
        if kind == "pong" and frame["event_id"] not in self._pings:
            return f"no ping {frame['event_id']}"
        self._calls.discard(frame.get("tool_call_id", ""))
        return None


def kind_of(frame: Json) -> str:
    return "user_audio_chunk" if "user_audio_chunk" in frame else str(frame.get("type"))


@cache
def contract() -> Json | None:
    """The official AsyncAPI description; None where nobody says where it is."""
    where = os.environ.get("REALTIME_RX_PROTOCOLS")
    if where is None:
        return None
    import yaml

    return yaml.safe_load((Path(where) / "elevenlabs-agent.asyncapi.yaml").read_text("utf-8"))


def problem_by(schema: str, frame: Json) -> str | None:
    """What a schema of the contract has against a frame."""
    described = contract()
    if described is None:
        return None
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator({**described, "$ref": f"#/components/schemas/{schema}"})
    return next((f"{error.json_path}: {error.message}" for error in validator.iter_errors(frame)), None)


def schema_problem(frame: Json) -> str | None:
    """What the official schema has against a client's frame. Sound has no type."""
    if kind_of(frame) == "user_audio_chunk" and "type" in frame:
        return "sound has no type"
    return problem_by(SCHEMAS[kind_of(frame)], frame)


Part = Callable[[ElevenLabsCaller], Awaitable[None]]


class ElevenLabsServer:
    """Where it listens, who called so far, and how often it signed an address."""

    def __init__(self) -> None:
        self.address = ""
        self.callers: list[ElevenLabsCaller] = []
        self.signed = 0

    @property
    def base_url(self) -> str:
        return f"http://{self.address}"

    def answer(self, _socket: ServerConnection, request: Request) -> Response | None:
        """The answer to an HTTP request; None lets a conversation begin."""
        asked = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == f"{PATH}/get-signed-url":
            return self._sign(request, query)
        if asked.path != PATH or "agent_id" not in query:
            return response(404, {"detail": "Not Found"})
        if query["agent_id"] == PRIVATE and query.get("conversation_signature") != f"{SIGNATURE}-{self.signed}":
            return response(403, {"detail": f"not with {query.get('conversation_signature')}"})
        return None

    def _sign(self, request: Request, query: dict[str, str]) -> Response:
        key = request.headers.get("xi-api-key")
        if key != KEY:
            return response(401, {"detail": {"status": "invalid_api_key", "message": f"no such key: {key}"}})
        self.signed += 1
        signature = f"{SIGNATURE}-{self.signed}"
        url = f"ws://{self.address}{PATH}?agent_id={query['agent_id']}&conversation_signature={signature}"
        return response(200, {"signed_url": url})


def response(status: int, body: Json) -> Response:
    text = json.dumps(body).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(text)), "Connection": "close"})
    return Response(status, "OK" if status == 200 else "No", headers, text)


@asynccontextmanager
async def elevenlabs(*parts: Part) -> AsyncIterator[ElevenLabsServer]:
    """A server that plays these parts to its callers, the last one to all further ones, and hangs up at its end."""
    server = ElevenLabsServer()

    async def play(socket: ServerConnection) -> None:
        caller = ElevenLabsCaller(socket)
        part = parts[min(len(server.callers), len(parts) - 1)]
        server.callers.append(caller)
        await part(caller)

    async with playing(play, process_request=server.answer) as server.address:
        yield server
