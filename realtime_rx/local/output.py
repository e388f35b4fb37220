"""The output items of a response: each opens, streams and closes with the events the protocol wants, in its order."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .conversation import Conversation, Entry
from .protocol import Json
from .session import new_id

Emit = Callable[..., None]
"""`emit(type, **fields)`: one server event."""


@dataclass(slots=True, kw_only=True, eq=False)
class Output:
    """An item in the making. `conversation` is None for a response that stays outside of it."""

    emit: Emit
    response_id: str
    output_index: int
    conversation: Conversation | None
    entry: Entry
    previous_item_id: str | None = None

    @property
    def place(self) -> Json:
        """The fields every event of this item carries."""
        return {"response_id": self.response_id, "item_id": self.entry.id, "output_index": self.output_index}

    def added(self) -> None:
        item = self.entry.item
        self.emit("response.output_item.added", response_id=self.response_id, output_index=self.output_index, item=item)
        if self.conversation is not None:
            self.previous_item_id = self.conversation.insert(self.entry, None)
            self.emit("conversation.item.added", previous_item_id=self.previous_item_id, item=item)

    def done(self) -> Json:
        """Close the item and return it as it stands; one the client has deleted closes without a conversation event."""
        item = self.entry.item
        if self.conversation is not None and self.entry.id in self.conversation:
            self.emit("conversation.item.done", previous_item_id=self.previous_item_id, item=item)
        self.emit("response.output_item.done", response_id=self.response_id, output_index=self.output_index, item=item)
        return item


@dataclass(slots=True, kw_only=True, eq=False)
class CallOutput(Output):
    """A function call; its arguments come in one piece from the brain and go out in small deltas."""

    def stream(self, arguments: str) -> None:
        self.added()
        call_id, name = self.entry.item["call_id"], self.entry.item["name"]
        for at in range(0, len(arguments), 16):
            delta = arguments[at : at + 16]
            self.emit("response.function_call_arguments.delta", **self.place, call_id=call_id, delta=delta)
        self.emit(
            "response.function_call_arguments.done", **self.place, call_id=call_id, name=name, arguments=arguments
        )
        self.entry.item = {**self.entry.item, "arguments": arguments, "status": "completed"}


@dataclass(slots=True, kw_only=True, eq=False)
class MessageOutput(Output):
    """An assistant message, as text or as sound with its transcript."""

    spoken: bool
    words: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        """What was generated so far; after a truncation the item itself holds less."""
        return "".join(self.words)

    def open(self) -> None:
        self.added()
        self.emit("response.content_part.added", **self.place, content_index=0, part=self._part())

    def write(self, delta: str, at_ms: float | None = None) -> None:
        """The next piece of text; `at_ms` is when it starts to sound, from the start of the item's audio."""
        self.words.append(delta)
        kind = "response.output_audio_transcript.delta" if self.spoken else "response.output_text.delta"
        self.entry.write(self._content(), "in_progress")
        if at_ms is not None:
            self.entry.marks.append((at_ms, len(self.text)))
        self.emit(kind, **self.place, content_index=0, delta=delta)

    def sound(self, sound: bytes) -> None:
        if not self.entry.truncated:
            self.entry.hear(sound)
        delta = base64.b64encode(sound).decode()
        self.emit("response.output_audio.delta", **self.place, content_index=0, delta=delta)

    def close(self, status: str) -> Json:
        """`status` is "completed" or "incomplete"."""
        here: Json = {**self.place, "content_index": 0}
        if self.spoken:
            self.emit("response.output_audio.done", **here)
            self.emit("response.output_audio_transcript.done", **here, transcript=self.text)
        else:
            self.emit("response.output_text.done", **here, text=self.text)
        self.emit("response.content_part.done", **here, part=self._part())
        self.entry.write(self._content(), status)
        return self.done()

    def _part(self) -> Json:
        """A part in an event says "audio" where the same part in an item says "output_audio"."""
        return {"type": "audio", "transcript": self.text} if self.spoken else {"type": "text", "text": self.text}

    def _content(self) -> Json:
        part = self._part()
        return {**part, "type": f"output_{part['type']}"}


def new_item(kind: str, **fields: Any) -> Json:
    return {"id": new_id("item"), "object": "realtime.item", "type": kind, "status": "in_progress", **fields}
