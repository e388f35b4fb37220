"""Events to frames."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NoReturn

import msgspec

from realtime_rx.base64s import to_base64
from realtime_rx.errors import ConfigurationError
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    ClearAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    DeleteItem,
    Pong,
    RawEvent,
    RetrieveItem,
    SendFeedback,
    UpdateSession,
)
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolPart
from realtime_rx.providers.elevenlabs_wire.initiation import Json, conversation_of, initiation_json
from realtime_rx.providers.elevenlabs_wire.known import Known

WORDS = "agent_response"
FILES = "ElevenLabs takes files that were uploaded to it: send_event({'type': 'multimodal_message', 'file': …})"


class Encoder:
    """What one connection is told, in order."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def encode(self, event: ClientEvent) -> tuple[str, ...]:
        """The frames that say ``event``. Raises :class:`ConfigurationError` where there are none and should be."""
        return tuple(written(frame) for frame in self._frames(event))

    def _frames(self, event: ClientEvent) -> Sequence[Json]:
        match event:
            case UpdateSession():
                return self._initiation(event)
            case AppendAudio(audio):
                return ({"user_audio_chunk": to_base64(audio)},)
            case CreateItem(item):
                return self._item(item)
            case Pong(ping_id):
                return ({"type": "pong", "event_id": ping_id},)
            case SendFeedback(liked):
                return self._feedback(liked)
            case RawEvent(raw):
                return (raw,)
            case CommitAudio() | ClearAudio():
                return refuse("it hears by itself when the user has finished, and takes nothing back")
            case DeleteItem() | RetrieveItem():
                return refuse("its conversation cannot be edited")
            case AppendImage():
                return refuse(FILES)
            case _:
                return ()

    def _initiation(self, event: UpdateSession) -> Sequence[Json]:
        """The settings, once: ElevenLabs takes no others before the next connection."""
        known = self._known
        if known.begun:
            return ()
        initiation = initiation_json(event.config)
        conversation = conversation_of(initiation)
        chosen = conversation.get("client_events")
        known.begun, known.text_only = True, conversation.get("text_only") is True
        known.speechless = isinstance(chosen, list) and WORDS not in chosen
        return (initiation,)

    def _item(self, item: Item) -> Sequence[Json]:
        """What the user writes is a message that is answered; all else is told beside the conversation."""
        call = next((part for part in item.parts if isinstance(part, ToolPart)), None)
        if item.type == "function_call_output" and call is not None and call.tool_call_id in self._known.calls:
            return (result_json(call),)
        if item.type == "message" and item.role == "user" and item.status is None:
            return self._user_message(item)
        told = context_of(item, call)
        return ({"type": "contextual_update", "text": told},) if told else ()

    def _user_message(self, item: Item) -> Sequence[Json]:
        if any(isinstance(part, ImagePart) for part in item.parts):
            refuse(FILES)
        text = words_of(item)
        self._known.typed, self._known.turned = text, True
        self._known.last_item = item.id or self._known.last_item
        return ({"type": "user_message", "text": text},)

    def _feedback(self, liked: bool) -> Sequence[Json]:
        if self._known.reply is None:
            refuse("there is no reply yet that could be liked")
        return ({"type": "feedback", "event_id": self._known.reply, "score": "like" if liked else "dislike"},)


def refuse(why: str) -> NoReturn:
    raise ConfigurationError(f"elevenlabs: {why}")


def words_of(item: Item) -> str:
    return "".join(map(words_in, item.parts))


def words_in(part: Part) -> str:
    match part:
        case TextPart(text=words) | AudioPart(transcript=words):
            return words
        case _:
            return ""


def context_of(item: Item, call: ToolPart | None) -> str:
    """What is said of an item of an earlier connection; a developer's words stand for themselves."""
    if call is not None:
        return f"Earlier {called(item, call)}"
    text = words_of(item)
    if not text or item.role == "system":
        return text
    return f"Earlier {'you' if item.role == 'assistant' else 'the user'} said: {text}"


def called(item: Item, call: ToolPart) -> str:
    if item.type == "function_call_output":
        return f"the tool {call.tool_name} returned: {call.output}"
    return f"you called the tool {call.tool_name} with {call.arguments or '{}'}"


def result_json(call: ToolPart) -> Json:
    """A call's one answer."""
    failed = call.is_failed
    result = call.error or str(call.output) if failed else str(call.output)
    return {"type": "client_tool_result", "tool_call_id": call.tool_call_id, "result": result, "is_error": failed}


def written(frame: Json) -> str:
    """The frame as JSON; half an emoji, where a browser cut one in two, becomes a question mark."""
    try:
        return msgspec.json.encode(frame).decode()
    except UnicodeEncodeError:
        return json.dumps(frame, ensure_ascii=False).encode(errors="replace").decode()
