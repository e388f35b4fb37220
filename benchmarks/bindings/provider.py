"""A provider that follows a script: each caller hears of older messages, and then what is measured.

The frames are those of OpenAI's GA protocol.
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

OLDER = 200
OLD_TEXT = "Older message"
CREATED = {"type": "session.created", "session": {"id": "sess_1", "type": "realtime", "model": "scripted"}}
PATTERN = b"RTX"
"""All that the sound consists of, so that it is known again: base64 has it in one of three forms wherever it begins."""
CHUNK_S = 0.02
CHUNK = base64.b64encode(PATTERN * 320).decode()
"""20 ms of PCM16 at 24 kHz."""

Frame = dict[str, Any]


class Reply:
    """One answer, made of numbers: the text says which deltas have come. ``start`` is its first word."""

    def __init__(self, start: str) -> None:
        self.start = start
        self.sent_at: list[float] = []
        """When each delta was sent, in seconds since the epoch."""
        self._item: Frame = {"id": f"item_{start}", "type": "message", "role": "assistant"}
        ids = {"response_id": f"resp_{start}", "item_id": f"item_{start}"}
        self._where = {**ids, "output_index": 0, "content_index": 0}

    @property
    def text(self) -> str:
        return " ".join([self.start, *map(str, range(1, len(self.sent_at) + 1))])

    def beginning(self) -> list[Frame]:
        item = {**self._item, "status": "in_progress", "content": []}
        part = {"type": "audio", "transcript": ""}
        return [
            {"type": "response.created", "response": self._response("in_progress", [])},
            {
                "type": "response.output_item.added",
                "response_id": f"resp_{self.start}",
                "output_index": 0,
                "item": item,
            },
            {"type": "response.content_part.added", "part": part, **self._where},
            self._words(self.start),
        ]

    def delta(self) -> Frame:
        self.sent_at.append(time.time())
        return self._words(f" {len(self.sent_at)}")

    def sound(self) -> Frame:
        return {"type": "response.output_audio.delta", "delta": CHUNK, **self._where}

    def end(self) -> list[Frame]:
        content = [{"type": "output_audio", "transcript": self.text}]
        item = {**self._item, "status": "completed", "content": content}
        return [
            {"type": "response.output_audio_transcript.done", "transcript": self.text, **self._where},
            {"type": "response.output_item.done", "response_id": f"resp_{self.start}", "output_index": 0, "item": item},
            {"type": "response.done", "response": self._response("completed", [item])},
        ]

    def _words(self, text: str) -> Frame:
        return {"type": "response.output_audio_transcript.delta", "delta": text, **self._where}

    def _response(self, status: str, output: list[Frame]) -> Frame:
        return {"id": f"resp_{self.start}", "status": status, "output": output}


class Provider:
    """Its address, and the sessions that have called and not hung up."""

    def __init__(self, older: int) -> None:
        self.address = ""
        self.calls: set[ServerConnection] = set()
        self.dialled = 0
        self._older = older

    async def attend(self, call: ServerConnection) -> None:
        self.calls.add(call)
        self.dialled += 1
        try:
            for frame in (CREATED, *history(self._older)):
                await call.send(json.dumps(frame))
            with suppress(ConnectionClosed):
                async for _ in call:
                    pass  # whatever a session says: the script is what it is
        finally:
            self.calls.discard(call)

    async def say(self, *frames: Frame) -> None:
        """To all sessions."""
        for frame in frames:
            await asyncio.gather(*(call.send(json.dumps(frame)) for call in self.calls))

    async def reply(self, reply: Reply, *, seconds: float, deltas: int, sounds: int = 0) -> None:
        """Say it, with this many deltas, and pieces of sound, a second."""
        await self.say(*reply.beginning())
        begun = time.monotonic()
        every = max(deltas, sounds)
        for number in range(round(seconds * every)):
            await asyncio.sleep(begun + number / every - time.monotonic())
            if is_due(number, deltas, every):
                await self.say(reply.delta())
            if is_due(number, sounds, every):
                await self.say(reply.sound())
        await self.say(*reply.end())


def is_due(number: int, rate: int, every: int) -> bool:
    """Whether this turn, of ``every`` a second, is one of the ``rate`` a second."""
    return (number + 1) * rate // every > number * rate // every


def history(older: int) -> Iterator[Frame]:
    """Messages of the user and the assistant by turns."""
    previous = None
    for number in range(older):
        role, kind = ("assistant", "output_text") if number % 2 else ("user", "input_text")
        content = [{"type": kind, "text": f"{OLD_TEXT} {number}"}]
        item = {"id": f"old_{number}", "type": "message", "role": role, "status": "completed", "content": content}
        for when in ("added", "done"):
            yield {"type": f"conversation.item.{when}", "previous_item_id": previous, "item": item}
        previous = item["id"]


@asynccontextmanager
async def providing(older: int = OLDER) -> AsyncIterator[Provider]:
    """One that listens; ``address`` is what a session dials."""
    provider = Provider(older)
    async with serve(provider.attend, "127.0.0.1", 0, compression=None, max_size=None, close_timeout=0.5) as server:
        host, port = server.sockets[0].getsockname()[:2]
        provider.address = f"http://{host}:{port}/v1"
        yield provider
