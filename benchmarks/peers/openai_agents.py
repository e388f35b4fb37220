"""The OpenAI Agents SDK's realtime session, as published, on a socket that never leaves the process. mode: session.

Somebody reads the session's events, as one must: they come through a queue, so the loop has a turn after each frame.
"""

import asyncio
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from agents import function_tool, set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimeItem, RealtimeRunner, RealtimeSession, RealtimeToolCallItem
from agents.realtime.openai_realtime import OpenAIRealtimeWebSocketModel

from benchmarks.peers import harness


@function_tool
def get_weather(city: str, date: str, limit: int) -> str:
    return '{"ok": true}'


@function_tool
def search_flights(city: str, date: str, limit: int) -> str:
    return '{"ok": true}'


class LoopModel(OpenAIRealtimeWebSocketModel):
    def __init__(self, socket: harness.Socket) -> None:
        super().__init__()
        self._socket = socket

    async def _create_websocket_connection(self, *_: Any, **__: Any) -> Any:
        return self._socket


async def drain(session: RealtimeSession) -> None:
    async for _ in session:
        pass


async def converse(frames: Iterator[str]) -> list[RealtimeItem]:
    socket = harness.Socket(frames, in_flight=1)
    agent = RealtimeAgent(name="assistant", instructions="Be brief.", tools=[get_weather, search_flights])
    session = await RealtimeRunner(agent, model=LoopModel(socket)).run(model_config={"api_key": "none"})
    async with session:
        reading = asyncio.create_task(drain(session))
        await socket.over.wait()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    return session._history  # it is told in events alone, and there the last one may not have been read


def compact_part(item: RealtimeItem) -> list[Any]:
    if isinstance(item, RealtimeToolCallItem):
        return ["tool", item.name, json.loads(item.arguments)]
    return ["text", item.content[0].transcript]


def role(item: RealtimeItem) -> str:
    return "assistant" if isinstance(item, RealtimeToolCallItem) else item.role


def run(frames: Iterator[str]) -> harness.Messages:
    """Its items as messages: the calls of one response, which lie side by side, are one message."""
    messages: harness.Messages = []
    for calls, items in groupby(asyncio.run(converse(frames)), lambda item: isinstance(item, RealtimeToolCallItem)):
        listed = list(items)
        for group in [listed] if calls else [[item] for item in listed]:
            messages.append({"role": role(group[0]), "parts": [compact_part(item) for item in group]})
    return messages


if __name__ == "__main__":
    set_tracing_disabled(True)
    harness.main({"session": run}, "openai-agents", "openai", text=True)
