"""A server on a real socket that speaks Gemini Live, follows a test's script, and is as strict as the real one.

What the real one closes a connection for (1007), this one does: anything before the setup, a second setup, frames that
are no client message, calls in written turns, outputs of calls that it never made, activity marks where it listens for
activity itself. Where REALTIME_RX_PROTOCOLS says where they are, frames are held against the official schemas.
"""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection

from realtime_rx.providers import Google
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import WebSocketTransport

from .gemini_frames import SETUP_COMPLETE, Json
from .server import playing
from .waiting import DEADLINE

KEY = "AIza-secret-0123456789abcdef"
METHODS = {
    "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent": "key",
    "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained": "token",
}
MESSAGES = frozenset({"setup", "clientContent", "realtimeInput", "toolResponse"})
INVALID = 1007


class RefusedError(Exception):
    """The client said what is not allowed, and the server hung up."""


class GeminiCaller:
    """One client, seen from the server."""

    def __init__(self, socket: ServerConnection, *, binary: bool) -> None:
        self.socket = socket
        self.frames: list[Json] = []
        self.setup: Json = {}
        self._binary = binary
        self._calls: dict[str, str] = {}

    @property
    def kinds(self) -> list[str]:
        return [kind_of(frame) for frame in self.frames]

    @property
    def credentials(self) -> tuple[str | None, str | None]:
        request = self.socket.request
        assert request is not None
        return request.headers.get("x-goog-api-key"), request.headers.get("Authorization")

    async def say(self, *frames: Json) -> None:
        for frame in frames:
            for call in frame.get("toolCall", {}).get("functionCalls", ()):
                self._calls[call["id"]] = call["name"]
            for call_id in frame.get("toolCallCancellation", {}).get("ids", ()):
                self._calls.pop(call_id, None)
            text = json.dumps(frame)
            await self.socket.send(text.encode() if self._binary else text)

    async def hear(self, *kinds: str) -> Json:
        """The next frame of these kinds, or the next one. Raises ``RefusedError`` where the client breaks the rules."""
        async with asyncio.timeout(DEADLINE):
            while True:
                frame = camel(json.loads(await self.socket.recv()))
                wrong = self._wrong_with(frame) or schema_problem(frame)
                if wrong is not None:
                    await self.socket.close(INVALID, wrong[:120])
                    raise RefusedError(wrong)
                self.frames.append(frame)
                if not kinds or kind_of(frame) in kinds:
                    return frame

    async def greet(self) -> None:
        """Take the settings and let the client in."""
        await self.hear("setup")
        await self.say(SETUP_COMPLETE)

    async def listen(self) -> None:
        """Hear everything until the client is gone."""
        while True:
            await self.hear()

    def _wrong_with(self, frame: Json) -> str | None:
        if len(frame) != 1 or not frame.keys() <= MESSAGES:
            return f"Invalid JSON payload received. Unknown names {sorted(frame)}"
        if (not self.setup) != ("setup" in frame):
            return "setup must be the first message, and the only setup"
        if "setup" in frame:
            self.setup = frame["setup"]
            return None if self.setup.get("model", "").startswith("models/") else "models/… is not found"
        return self._wrong_content(frame) or self._wrong_outputs(frame) or self._wrong_input(frame)

    def _wrong_content(self, frame: Json) -> str | None:
        turns = frame.get("clientContent", {}).get("turns", ())
        if any(turn.get("role") not in ("user", "model") or not turn.get("parts") for turn in turns):
            return "Please use a valid role: user, model."
        parts = [part for turn in turns for part in turn["parts"]]
        if any("functionCall" in part or "functionResponse" in part for part in parts):
            return "Request contains an invalid argument."
        return None

    def _wrong_outputs(self, frame: Json) -> str | None:
        for answer in frame.get("toolResponse", {}).get("functionResponses", ()):
            if self._calls.pop(answer.get("id"), None) != answer.get("name"):
                return f"No call {answer.get('id')!r} of {answer.get('name')!r}"
            if not isinstance(answer.get("response"), dict):
                return "Proto field is not repeating: response"
        return None

    def _wrong_input(self, frame: Json) -> str | None:
        said = frame.get("realtimeInput", {})
        detection = self.setup.get("realtimeInputConfig", {}).get("automaticActivityDetection", {})
        if ("activityStart" in said or "activityEnd" in said) and not detection.get("disabled"):
            return "Explicit activity control is not supported when automatic activity detection is enabled."
        return None


def camel(value: Any) -> Any:
    """A message as the reference writes it. The official client writes some names in snake case, which is as good."""
    if isinstance(value, dict):
        renamed = {re.sub("_(.)", lambda match: match[1].upper(), key): each for key, each in value.items()}
        return {key: each if key in ("args", "response") else camel(each) for key, each in renamed.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def kind_of(frame: Json) -> str:
    """The name of a client message, and what of the realtime input it is: ``setup``, ``audio``, ``activityEnd``."""
    kind = next(iter(frame), "")
    return next(iter(frame[kind])) if kind == "realtimeInput" and frame[kind] else kind


@cache
def schemas(side: str) -> Any:
    """The official schema's validator; None where nobody says where it is."""
    where = os.environ.get("REALTIME_RX_PROTOCOLS")
    if where is None:
        return None
    from jsonschema import Draft202012Validator

    path = Path(where) / f"gemini-live.Live{side}Message.schema.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def schema_problem(frame: Json, side: str = "Client") -> str | None:
    """What the official schema has against a frame. It lacks one setting that the official client sends."""
    validator = schemas(side)
    if validator is None:
        return None
    if "setup" in frame:
        frame = {"setup": {key: value for key, value in frame["setup"].items() if key != "realtimeInputConfig"}}
    return next((f"{error.json_path}: {error.message}" for error in validator.iter_errors(frame)), None)


Part = Callable[[GeminiCaller], Awaitable[None]]


class GeminiServer:
    """Where it listens, and who called so far."""

    def __init__(self) -> None:
        self.address = ""
        self.callers: list[GeminiCaller] = []

    @property
    def base_url(self) -> str:
        return f"http://{self.address}"


@asynccontextmanager
async def gemini(*parts: Part, binary: bool = True) -> AsyncIterator[GeminiServer]:
    """A server that plays these parts to its callers, the last one to all further ones, and hangs up at its end."""
    server = GeminiServer()

    async def play(socket: ServerConnection) -> None:
        caller = GeminiCaller(socket, binary=binary)
        part = parts[min(len(server.callers), len(parts) - 1)]
        server.callers.append(caller)
        if socket.request is None or socket.request.path.partition("?")[0] not in METHODS:
            await socket.close(1008, "no such method")
            return
        await part(caller)

    async with playing(play) as server.address:
        yield server


def session_at(server: GeminiServer, **options: Any) -> RealtimeSession:
    """A session with that server, over a WebSocket that is quick to give up."""
    return RealtimeSession(
        Google("gemini-test", api_key=KEY, base_url=server.base_url),
        **{
            "transport": lambda: WebSocketTransport(close_timeout=0.2),
            "session_config": {"instructions": "Be brief."},
            "connect_timeout": 5.0,
            **options,
        },
    )
