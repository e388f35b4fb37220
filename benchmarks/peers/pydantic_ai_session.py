"""Pydantic AI's realtime session, as published, on a socket that never leaves the process. mode: session.

Somebody reads the session's events, as one must: they come through a queue, so the loop has a turn after each frame.

Its messages differ from everybody else's where an answer begins with a word said twice: release 2.68 takes the second
for a repetition, and later has the whole transcript behind what it kept. A stream of 1,000 turns has 16 such answers.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, SpeechPart, ToolCallPart
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime import RealtimeSession, _openai_protocol
from pydantic_ai.realtime.openai import OpenAIRealtimeModel

from benchmarks.peers import harness

agent = Agent(instructions="Be brief.")


@agent.tool_plain
def get_weather(city: str, date: str, limit: int) -> dict[str, bool]:
    return {"ok": True}


@agent.tool_plain
def search_flights(city: str, date: str, limit: int) -> dict[str, bool]:
    return {"ok": True}


class Connecting:
    """What the session sees of connecting a WebSocket: the first two frames are the handshake, read one by one."""

    def __init__(self, socket: harness.Socket) -> None:
        self._frames = aiter(socket)
        self.send = socket.send
        self.close = socket.close

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def recv(self) -> str:
        return await anext(self._frames)

    def __aiter__(self) -> AsyncIterator[str]:
        return self._frames


async def drain(session: RealtimeSession) -> None:
    async for _ in session:
        pass


async def converse(frames: Iterator[str]) -> list[ModelMessage]:
    socket = harness.Socket(frames, in_flight=1)
    _openai_protocol.websockets.connect = lambda *_, **__: Connecting(socket)
    model = OpenAIRealtimeModel("gpt-realtime", provider=OpenAIProvider(api_key="none"))
    async with agent.realtime(model).session() as session:
        reading = asyncio.create_task(drain(session))
        await socket.over.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return session.all_messages()


def compact(message: ModelMessage) -> dict[str, Any]:
    """Its parts, without what tools returned: that is a message of its own there."""
    return {
        "role": "user" if message.kind == "request" else "assistant",
        "parts": [
            ["text", part.transcript] if isinstance(part, SpeechPart) else ["tool", part.tool_name, part.args_as_dict()]
            for part in message.parts
            if isinstance(part, SpeechPart | ToolCallPart)
        ],
    }


def run(frames: Iterator[str]) -> harness.Messages:
    messages = map(compact, asyncio.run(converse(frames)))
    return [message for message in messages if message["parts"]]


if __name__ == "__main__":
    harness.main({"session": run}, "pydantic-ai-slim", "openai", text=True)
