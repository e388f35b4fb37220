"""google-genai's live client against a Gemini Live server: a written turn, a tool, an interruption by speech."""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from google.genai import Client, live
from google.genai.live import AsyncSession
from google.genai.types import Blob, FunctionResponse, HttpOptions, LiveServerMessage
from websockets.asyncio.client import connect

TURN_SECONDS = 30
PIECE = bytes(3200)
"""100 ms of silence at 16 kHz."""


def connect_without_tls(uri: str, *, additional_headers: dict[str, str], **_: Any) -> connect:
    """The client asks for TLS whatever address it is given; the server of the tests has none."""
    return connect(uri.replace("wss:", "ws:", 1), additional_headers=additional_headers)


@dataclass(slots=True)
class Turn:
    """What came of one turn."""

    said: str = ""
    thought: str = ""
    heard: str = ""
    audio_bytes: int = 0
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list[tuple[str, str, dict[str, Any]]])
    interrupted: bool = False
    tokens: int = 0

    def take(self, message: LiveServerMessage) -> None:
        content = message.server_content
        if content is not None:
            self.said += (content.output_transcription and content.output_transcription.text) or ""
            self.heard += (content.input_transcription and content.input_transcription.text) or ""
            self.interrupted |= bool(content.interrupted)
            for part in (content.model_turn and content.model_turn.parts) or ():
                self.thought += (part.thought and part.text) or ""
                self.audio_bytes += len((part.inline_data and part.inline_data.data) or b"")
        for call in (message.tool_call and message.tool_call.function_calls) or ():
            self.calls.append((call.id or "", call.name or "", call.args or {}))
        if message.usage_metadata is not None:
            self.tokens = message.usage_metadata.total_token_count or 0


async def turn(session: AsyncSession, *, until_call: bool = False) -> Turn:
    """What comes until the turn is complete, or until the model wants a tool."""
    seen = Turn()
    async with asyncio.timeout(TURN_SECONDS):
        async for message in session.receive():
            seen.take(message)
            if until_call and seen.calls:
                break
    return seen


async def ask(session: AsyncSession, text: str) -> None:
    await session.send_client_content(turns={"role": "user", "parts": [{"text": text}]}, turn_complete=True)


async def speak(session: AsyncSession, pieces: int) -> None:
    for _ in range(pieces):
        await session.send_realtime_input(audio=Blob(data=PIECE, mime_type="audio/pcm;rate=16000"))


async def use_tool(session: AsyncSession, scenario: dict[str, Any]) -> tuple[Turn, Turn]:
    await ask(session, scenario["tool_question"])
    called = await turn(session, until_call=True)
    call_id, name, _ = called.calls[0]
    answer = FunctionResponse(id=call_id, name=name, response=scenario["tool_output"])
    await session.send_tool_response(function_responses=[answer])
    return called, await turn(session)


async def converse(url: str, key: str, scenario: dict[str, Any]) -> dict[str, Any]:
    client = Client(api_key=key, http_options=HttpOptions(base_url=url, api_version=scenario["api_version"]))
    config: Any = {
        "response_modalities": ["AUDIO"],
        "input_audio_transcription": {},
        "output_audio_transcription": {},
        "system_instruction": "Be brief.",
        "tools": [{"function_declarations": [scenario["tool"]]}],
    }
    async with client.aio.live.connect(model="gemini-test", config=config) as session:
        await ask(session, scenario["question"])
        written = await turn(session)
        called, used = await use_tool(session, scenario)
        await ask(session, scenario["long_question"])
        await speak(session, 1)
        story = await turn(session)
        await speak(session, 2)
        spoken = await turn(session)
    turns = {"written": written, "called": called, "used": used, "story": story, "spoken": spoken}
    return {"client": f"google-genai {version('google-genai')}", **{name: asdict(each) for name, each in turns.items()}}


if __name__ == "__main__":
    live.ws_connect = connect_without_tls
    url, key, scenario = sys.argv[1:]
    sys.stdout.write(f"{json.dumps(asyncio.run(converse(url, key, json.loads(scenario))))}\n")
