"""The items of one session, in order: what was typed, said, called and returned.

An item that was handed out is never changed, only replaced, so that an event may carry it without a copy.
"""

import base64
import binascii
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from .errors import ClientError
from .protocol import FunctionCall, FunctionCallOutput, Item, Json, Message
from .session import new_id
from .sound import BYTES_PER_SAMPLE, RATE

BYTES_PER_SECOND = {kind: rate * BYTES_PER_SAMPLE[kind] for kind, rate in RATE.items()}
KEPT_SECONDS = 120  # of audio per item: `conversation.item.retrieved` must stay below the 8 MiB some clients accept
PARTS = {
    "user": ("input_text", "input_audio"),
    "system": ("input_text",),
    "assistant": ("output_text",),
}


@dataclass(slots=True, eq=False)
class Entry:
    """One item and the sound that belongs to it (`audio`, in `format`; `audio_ms` counts what was ever added)."""

    item: Json
    format: str = "audio/pcm"
    audio: bytearray = field(default_factory=bytearray)
    audio_ms: float = 0.0
    marks: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """(ms at which a word starts to sound, length of the transcript once it is said)."""
    truncated: bool = False

    @property
    def id(self) -> str:
        return self.item["id"]

    @property
    def unheard(self) -> int | None:
        """Index of the content part that is sound without words yet, or None."""
        parts = enumerate(self.item.get("content", ()))
        return next((at for at, part in parts if part["type"] == "input_audio" and not part["transcript"]), None)

    def transcribe(self, index: int, transcript: str) -> None:
        content: list[Json] = list(self.item["content"])
        content[index] = {**content[index], "transcript": transcript}
        self.item = {**self.item, "content": content}

    def hear(self, sound: bytes) -> None:
        """Add audio, of which the first two minutes are kept."""
        rate = BYTES_PER_SECOND[self.format]
        self.audio_ms += 1000 * len(sound) / rate
        self.audio += sound[: max(0, KEPT_SECONDS * rate - len(self.audio))]

    def write(self, content: Json, status: str) -> None:
        """Replace the first content part, unless the client has truncated it: what was heard is then settled."""
        kept = self.item["content"] if self.truncated else [content]
        self.item = {**self.item, "content": kept, "status": status}

    def truncate(self, content_index: int, audio_end_ms: int) -> None:
        """Cut sound and transcript at `audio_end_ms`; a word counts as heard when it has begun to sound."""
        content: list[Json] = self.item.get("content") or []
        if self.item.get("role") != "assistant" or not content or content[0]["type"] != "output_audio":
            raise ClientError("Only model output audio messages can be truncated", "invalid_value", "item_id")
        if content_index >= len(content):
            raise ClientError(f"Content index {content_index} does not exist.", "invalid_value", "content_index")
        if audio_end_ms > math.ceil(self.audio_ms):
            message = f"Audio content of {int(self.audio_ms)}ms is already shorter than {audio_end_ms}ms"
            raise ClientError(message, "invalid_value", "audio_end_ms")
        heard = max((end for at_ms, end in self.marks if at_ms < audio_end_ms), default=0)
        cut = {**content[0], "transcript": content[0]["transcript"][:heard].rstrip()}
        self.item = {**self.item, "content": [cut, *content[1:]]}
        self.truncated, self.audio_ms = True, audio_end_ms
        del self.audio[audio_end_ms * BYTES_PER_SECOND[self.format] // 1000 // 2 * 2 :]

    def with_audio(self) -> Json:
        """The item as `conversation.item.retrieved` shows it: its sound in base64 beside the transcript."""
        if not self.audio:
            return self.item
        sound = {"audio": base64.b64encode(self.audio).decode()}
        content = [part | sound if part["type"].endswith("_audio") else part for part in self.item["content"]]
        return {**self.item, "content": content}


class Conversation:
    """Ordered items by id. Every refusal is a ClientError with the service's code."""

    def __init__(self) -> None:
        self.id = new_id("conv")
        self._entries: dict[str, Entry] = {}
        self._order: list[str] = []

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return (self._entries[item_id] for item_id in self._order)

    @property
    def last_id(self) -> str | None:
        return self._order[-1] if self._order else None

    def get(self, item_id: str, verb: str) -> Entry:
        """The entry `item_id`; `verb` (delete, retrieve, truncate) goes into the error."""
        try:
            return self._entries[item_id]
        except KeyError:
            message = f"Error in {verb}: the item with id '{item_id}' does not exist."
            raise ClientError(message, f"item_{verb}_invalid_item_id", "item_id") from None

    def delete(self, item_id: str) -> None:
        del self._entries[self.get(item_id, "delete").id]
        self._order.remove(item_id)

    def insert(self, entry: Entry, after: str | None) -> str | None:
        """Put `entry` after the item `after` (None: at the end, "root": first); returns the id before it."""
        if entry.id in self._entries:
            message = f"Error adding item: an item with id '{entry.id}' already exists."
            raise ClientError(message, "item_create_duplicate_item_id", "item.id")
        if after not in (None, "root") and after not in self._entries:
            message = f"Error adding item: the previous item with id '{after}' does not exist."
            raise ClientError(message, "item_create_invalid_previous_item_id", "previous_item_id")
        at = len(self._order) if after is None else 0 if after == "root" else self._order.index(after) + 1
        self._entries[entry.id] = entry
        self._order.insert(at, entry.id)
        return self._order[at - 1] if at else None

    def add(self, entry: Entry, after: str | None, emit: Callable[..., None]) -> None:
        """Insert a finished entry and tell it."""
        previous = self.insert(entry, after)
        emit("conversation.item.added", previous_item_id=previous, item=entry.item)
        emit("conversation.item.done", previous_item_id=previous, item=entry.item)

    def require_call(self, call_id: str) -> None:
        """Refuse a tool output whose call is not in the conversation."""
        calls = (entry.item for entry in self if entry.item["type"] == "function_call")
        if call_id not in {call["call_id"] for call in calls}:
            message = f"Tool call ID '{call_id}' not found in conversation."
            raise ClientError(message, "invalid_tool_call_id", "item.call_id")


def new_entry(item: Item, audio_format: str, where: str = "item") -> Entry:
    """A client's item as an entry: ids filled in, audio taken out. ClientError names the field below `where`."""
    wire: Json = {"id": new_id("item"), "object": "realtime.item", **msgspec.to_builtins(item), "status": "completed"}
    match item:
        case Message():
            return _message_entry(wire, audio_format, where)
        case FunctionCall():
            return Entry({"call_id": new_id("call"), **wire})
        case FunctionCallOutput():
            return Entry(wire)


def spoken_entry(item_id: str, audio_format: str, sound: bytes) -> Entry:
    """What a user said, its words still unknown."""
    wire: Json = {"id": item_id, "object": "realtime.item", "type": "message", "status": "completed", "role": "user"}
    entry = Entry({**wire, "content": [{"type": "input_audio", "transcript": None}]}, format=audio_format)
    entry.hear(sound)
    return entry


def _message_entry(wire: Json, audio_format: str, where: str) -> Entry:
    entry = Entry(wire, format=audio_format)
    parts = [_part(entry, part, f"{where}.content[{index}]") for index, part in enumerate(wire["content"])]
    entry.item = {**wire, "content": parts}
    return entry


def _part(entry: Entry, part: Json, where: str) -> Json:
    kind, role = part["type"], entry.item["role"]
    if kind == "output_audio" and role == "assistant":
        # What the hosted service says to a replayed voice turn: history is restored as `output_text`.
        raise ClientError(f"Missing required parameter: '{where}.text'.", "missing_required_parameter", f"{where}.text")
    if kind not in PARTS[role]:
        message = f"Invalid value: '{kind}'. Supported values for role '{role}' are: {', '.join(PARTS[role])}."
        raise ClientError(message, "invalid_value", f"{where}.type")
    needed = "audio" if kind == "input_audio" else "text"
    if needed not in part:
        param = f"{where}.{needed}"
        raise ClientError(f"Missing required parameter: '{param}'.", "missing_required_parameter", param)
    if kind != "input_audio":
        return {"type": kind, "text": part["text"]}
    entry.hear(decode_audio(part["audio"], f"{where}.audio"))
    return {"type": kind, "transcript": part.get("transcript")}


def decode_audio(text: str, param: str) -> bytes:
    """Base64 audio as bytes; ClientError names `param`."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        message = f"Invalid '{param}'. Expected base64-encoded audio bytes."
        raise ClientError(message, "invalid_value", param) from None
