"""A server that holds a conversation as the members of OpenAI's family do: it reacts to what it hears.

It answers ``Weather?`` by calling ``get_weather``, ``Slowly.`` without coming to an end on the first connection, and
anything else with its own words. The third piece of sound is the end of what a user says.
"""

import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .manners import MANNERS, Frame, Manner
from .server import Caller, Server, serving

SOUND = base64.b64encode(bytes(4800)).decode()
USAGE = {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10}
HEARD = "What is the time?"


class Talk:
    """One connection's conversation. ``items`` are those of the conversation, which may be older than it: ``earlier``
    is how many connections there were before."""

    def __init__(self, caller: Caller, manner: Manner, items: list[Frame], earlier: int = 0) -> None:
        self.caller = caller
        self.manner = manner
        self.items = items
        self.heard: list[Frame] = []
        self.active: str | None = None
        self._pieces = 0
        self._earlier = earlier
        self._numbers = itertools.count(1 + 1000 * earlier)

    async def say(self, kind: str, **fields: Any) -> None:
        await self.caller.say(*self.manner.says({"type": kind, "event_id": "e", **fields}))

    async def run(self) -> None:
        await self.say("session.created", session={"id": "sess_1", "model": "m"})
        if goes_on(self.caller):
            for item in self.items:
                await self.say("conversation.item.created", item=item, previous_item_id=None)
        while True:
            frame = self.manner.heard(await self.caller.hear())
            self.heard.append(frame)
            await self.react(frame)

    async def react(self, frame: Frame) -> None:
        match frame["type"]:
            case "session.update":
                await self.say("session.updated", session={"id": "sess_1", "model": "m"})
            case "conversation.item.create":
                await self.take(frame["item"])
            case "response.create":
                await self.answer()
            case "input_audio_buffer.append":
                await self.listen()
            case "response.cancel" if self.active is not None:
                await self.done("cancelled", [])
            case _:
                pass

    async def take(self, item: Frame) -> None:
        given = item.get("id") if self.manner.echoes_ids else None
        await self.add({"status": "completed", **item, "id": given or f"item_{next(self._numbers)}"})

    async def add(self, item: Frame) -> None:
        previous = self.items[-1]["id"] if self.items else None
        self.items.append(item)
        await self.say("conversation.item.added", item=item, previous_item_id=previous)
        if item.get("status") == "completed":
            await self.say("conversation.item.done", item=item, previous_item_id=previous)

    async def listen(self) -> None:
        self._pieces += 1
        item_id = "item_heard"
        if self._pieces == 1:
            await self.say("input_audio_buffer.speech_started", item_id=item_id, audio_start_ms=0)
        if self._pieces == 3:
            await self.say("input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=300)
            previous = self.items[-1]["id"] if self.items else None
            await self.say("input_audio_buffer.committed", item_id=item_id, previous_item_id=previous)
            await self.add(
                {"id": item_id, "type": "message", "role": "user", "content": [{"type": "input_audio"}]},
            )
            await self.answer()
            kind = "conversation.item.input_audio_transcription.completed"
            await self.say(kind, item_id=item_id, content_index=0, transcript=HEARD)

    async def answer(self) -> None:
        words = "".join(part.get("text", "") for item in self.items[-1:] for part in item.get("content") or ())
        self.active = f"resp_{next(self._numbers)}"
        await self.say("response.created", response={"id": self.active, "status": "in_progress", "output": []})
        if words == "Weather?":
            await self.call("get_weather", '{"city":"London"}')
        else:
            outputs = [item["output"] for item in self.items if item["type"] == "function_call_output"]
            await self.speak(outputs[-1] if outputs else "It is noon.", ending=words != "Slowly." or self._earlier > 0)

    async def call(self, name: str, arguments: str) -> None:
        number = next(self._numbers)
        item: Frame = {
            "id": f"item_{number}", "type": "function_call", "status": "completed", "name": name,
            "call_id": f"call_{number}", "arguments": arguments,
        }  # fmt: skip
        of = {"item_id": item["id"], "response_id": self.active, "output_index": 0}
        began = {**item, "status": "in_progress", "arguments": ""}
        await self.say("response.output_item.added", response_id=self.active, output_index=0, item=began)
        done = "response.function_call_arguments.done"
        await self.say(done, **of, call_id=item["call_id"], name=name, arguments=arguments)
        await self.say("response.output_item.done", response_id=self.active, output_index=0, item=item)
        await self.add(item)
        await self.done("completed", [item])

    async def speak(self, words: str, *, ending: bool) -> None:
        item: Frame = {"id": f"item_{next(self._numbers)}", "type": "message", "role": "assistant"}
        of = {"item_id": item["id"], "response_id": self.active, "output_index": 0, "content_index": 0}
        began = {**item, "status": "in_progress", "content": []}
        await self.say("response.output_item.added", response_id=self.active, output_index=0, item=began)
        previous = self.items[-1]["id"] if self.items else None
        await self.say("conversation.item.added", item=began, previous_item_id=previous)
        await self.say("response.content_part.added", **of, part={"type": "audio", "transcript": ""})
        self.items.append(began)
        for word in words.split():
            await self.say("response.output_audio_transcript.delta", **of, delta=f" {word}".lstrip("\n"))
        await self.say("response.output_audio.delta", **of, delta=SOUND)
        if ending:
            said = {"type": "output_audio", "transcript": words}
            await self.say("response.output_audio.done", **of)
            await self.say("response.output_audio_transcript.done", **of, transcript=words)
            await self.say("response.content_part.done", **of, part={"type": "audio", "transcript": words})
            finished = {**item, "status": "completed", "content": [said]}
            self.items[-1] = finished
            await self.say("response.output_item.done", response_id=self.active, output_index=0, item=finished)
            await self.done("completed", [finished])

    async def done(self, status: str, output: list[Frame]) -> None:
        response, self.active = {"id": self.active, "status": status, "output": output, "usage": USAGE}, None
        await self.say("response.done", response=response)


def goes_on(caller: Caller) -> bool:
    """Whether the caller wants to go on with the conversation of the one before."""
    return "conversation_id" in parse_qs(urlsplit(caller.socket.request.path).query)  # type: ignore[union-attr]


class DialectServer:
    """Where it listens, and every talk that it held."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.talks: list[Talk] = []

    @property
    def base_url(self) -> str:
        return f"http://{self.server.address}"

    def path(self, number: int = 0) -> str:
        return self.server.callers[number].socket.request.path  # type: ignore[union-attr]


def chosen(_socket: Any, offered: Any) -> Any:
    """The gateway's marker, where it is offered: what stands beside it is a token."""
    return next((name for name in offered if name == "ai-gateway-realtime.v1"), None)


@asynccontextmanager
async def speaking(name: str) -> AsyncIterator[DialectServer]:
    """A server with the manner of that provider."""
    talks: list[Talk] = []

    async def part(caller: Caller) -> None:
        items = talks[-1].items if talks and goes_on(caller) else []
        talks.append(Talk(caller, MANNERS[name], items, len(talks)))
        await talks[-1].run()

    async with serving(part, select_subprotocol=chosen) as server:
        made = DialectServer(server)
        made.talks = talks
        yield made
