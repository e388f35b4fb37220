"""A provider that answers what it was told, on whichever connection that was, and a fault at one of its frames."""

import base64
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..support.frames import CREATED, Frame, audio_delta, response, text_turn, tool_turn
from ..support.server import Caller

ANSWERS = {"Hello": "Hi there.", "the time": "It is noon.", "Stop.": "All right."}
COUNTING = "One two three"
SPOKEN = {1: "Count.", 2: "Stop."}
"""What is said by sound whose bytes are these."""
LONG_ENOUGH = 480
"""Bytes of sound that make an utterance."""
SECOND = base64.b64encode(bytes(4_800)).decode()

Fault = Callable[["Provider"], Awaitable[None]]


@dataclass(frozen=True)
class Strike:
    """A fault before frame number ``at`` that the provider says, or behind that one that it hears."""

    fault: Fault
    direction: str
    at: int


@dataclass
class Plan:
    """What strikes when, each once. Frames are counted over the whole conversation, from 1.

    A plan without faults counts how many points there are.
    """

    strikes: tuple[Strike, ...] = ()
    struck: list[Strike] = field(default_factory=list[Strike])
    frames: Counter[str] = field(default_factory=Counter[str])
    numbers: Iterator[int] = field(default_factory=count)

    async def pass_by(self, provider: "Provider", direction: str) -> None:
        """The next frame in this direction."""
        self.frames[direction] += 1
        for strike in self.strikes:
            if (strike.direction, strike.at) == (direction, self.frames[direction]):
                self.struck.append(strike)
                await strike.fault(provider)


class Provider:
    """One connection's part of the conversation."""

    def __init__(self, caller: Caller, plan: Plan) -> None:
        self.caller = caller
        self.plan = plan
        self.counting: str | None = None
        self.last: Frame | None = None
        self.sound = b""
        self.turn = ""
        self.items: list[str] = []

    async def converse(self) -> None:
        await self.say(CREATED)
        while True:
            await self.answer(await self.hear())

    async def say(self, *frames: Frame) -> None:
        for frame in frames:
            await self.plan.pass_by(self, "says")
            await self.caller.say(frame)

    async def hear(self) -> Frame:
        self.caller.frames.append(json.loads(await self.caller.socket.recv()))
        await self.plan.pass_by(self, "hears")
        return self.caller.frames[-1]

    def new(self, kind: str) -> str:
        return f"{kind}_{next(self.plan.numbers)}"

    async def answer(self, frame: Frame) -> None:
        match frame["type"]:
            case "session.update":
                await self.say({"type": "session.updated", "session": {"id": "sess_1", "type": "realtime"}})
            case "conversation.item.create":
                item = {"id": self.new("out"), **frame["item"]}
                self.last = item if item["type"] != "message" or item["role"] == "user" else self.last
                await self.confirm(item)
            case "response.create":
                await self.respond()
            case "input_audio_buffer.append":
                await self.listen(base64.b64decode(frame["audio"]))
            case _:
                pass

    async def confirm(self, item: Frame) -> None:
        where = {"previous_item_id": self.items[-1] if self.items else None, "item": {**item, "status": "completed"}}
        self.items.append(item["id"])
        await self.say({"type": "conversation.item.added", **where}, {"type": "conversation.item.done", **where})

    async def respond(self) -> None:
        response_id, item_id = self.new("resp"), self.new("item")
        match words(self.last):
            case "What time is it?":
                call = self.new("call")
                self.items.append(f"item_{call}")
                await self.say(*tool_turn((call, "clock", '{"zone": "UTC"}'), response_id=response_id))
            case "Count.":
                await self.begin_counting(response_id, item_id)
            case question:
                self.items.append(item_id)
                await self.say(*text_turn(ANSWERS[question], response_id=response_id, item_id=item_id))

    async def listen(self, sound: bytes) -> None:
        """Two chunks of the same sound are a turn; it begins with the first of them."""
        began = not self.sound
        self.sound += sound
        if began:
            self.turn = self.new("heard")
            await self.say({"type": "input_audio_buffer.speech_started", "item_id": self.turn, "audio_start_ms": 0})
            await self.stop_counting()
        if len(self.sound) < LONG_ENOUGH:
            return
        item_id, text, self.sound = self.turn, SPOKEN[self.sound[0]], b""
        where = {"item_id": item_id, "content_index": 0}
        self.last = {"id": item_id, "type": "message", "role": "user", "content": [{"type": "input_audio"}]}
        previous = self.items[-1] if self.items else None
        await self.say(
            {"type": "input_audio_buffer.speech_stopped", "item_id": item_id, "audio_end_ms": 10},
            {"type": "input_audio_buffer.committed", "item_id": item_id, "previous_item_id": previous},
        )
        await self.confirm(self.last)
        done = {"type": "conversation.item.input_audio_transcription.completed", "transcript": text, **where}
        await self.say(done)
        self.last = {**self.last, "content": [{"type": "input_text", "text": text}]}
        await self.respond()

    async def begin_counting(self, response_id: str, item_id: str) -> None:
        """Count aloud until somebody speaks."""
        where = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
        item = {"id": item_id, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.counting = response_id
        self.items.append(item_id)
        added = {"type": "response.output_item.added", "response_id": response_id, "output_index": 0, "item": item}
        await self.say(response("response.created", response_id, "in_progress"), added)
        for word in ("One", " two", " three"):
            delta = {"type": "response.output_audio_transcript.delta", "delta": word, **where}
            await self.say(delta, audio_delta(SECOND, response_id=response_id, item_id=item_id))

    async def stop_counting(self) -> None:
        if self.counting is not None:
            stopped, self.counting = self.counting, None
            await self.say(response("response.done", stopped, "cancelled"))


def words(item: Frame | None) -> str:
    """What the user's last item asks; the output of a tool is answered as the question behind it would be."""
    content: list[dict[str, Any]] = (item or {}).get("content", [])
    if item is not None and item["type"] == "function_call_output":
        return "the time"
    return "".join(part.get("text", "") for part in content)
