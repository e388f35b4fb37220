"""Events to frames. Gemini has few verbs: setup, turns in writing, sound and pictures as they come, tools' outputs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from realtime_rx.base64s import to_base64
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    ClearAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    RawEvent,
    UpdateSession,
)
from realtime_rx.formats import PCM16_16K, AudioFormat
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolPart
from realtime_rx.providers.google_wire.known import Known
from realtime_rx.providers.google_wire.setup import setup_json

Json = dict[str, Any]

START: Json = {"realtimeInput": {"activityStart": {}}}
END: Json = {"realtimeInput": {"activityEnd": {}}}
PAUSE: Json = {"realtimeInput": {"audioStreamEnd": True}}


class Encoder:
    """What one connection is told, in order."""

    def __init__(self, known: Known, model: str) -> None:
        self._known = known
        self._model = model

    def encode(self, event: ClientEvent) -> tuple[str, ...]:
        """The frames that say ``event``; none where Gemini has no such verb."""
        return tuple(written(frame) for frame in self._frames(event))

    def _frames(self, event: ClientEvent) -> Sequence[Json]:
        match event:
            case UpdateSession():
                return self._setup(event)
            case AppendAudio(audio):
                return self._sound(audio)
            case AppendImage(data, mime_type):
                return ({"realtimeInput": {"video": {"mimeType": mime_type, "data": data}}},)
            case CommitAudio():
                return self._commit(event)
            case ClearAudio():
                return self._end_of_activity()
            case CreateItem(item):
                return self._item(item)
            case CreateResponse():
                return self._response()
            case RawEvent(raw):
                return ({key: value for key, value in raw.items() if key != "type"},)
            case _:
                return ()

    def _setup(self, event: UpdateSession) -> Sequence[Json]:
        """The settings, once: Gemini takes no others before the next connection."""
        known, config = self._known, event.config
        if known.set_up:
            return ()
        setup = setup_json(self._model, config, event.resume)
        detection = setup.get("realtimeInputConfig", {}).get("automaticActivityDetection", {})
        known.set_up, known.marking = True, bool(detection.get("disabled"))
        known.modality = "text" if setup["generationConfig"].get("responseModalities") == ["TEXT"] else "audio"
        asked = config.input_format
        known.input_format = asked if isinstance(asked, AudioFormat) and asked.encoding == "pcm16" else PCM16_16K
        return ({"setup": setup},)

    def _sound(self, audio: bytes) -> Sequence[Json]:
        mime_type = f"audio/pcm;rate={self._known.input_format.rate}"
        blob = {"mimeType": mime_type, "data": to_base64(audio)}
        sound: Json = {"realtimeInput": {"audio": blob}}
        self._known.streaming = True
        if not self._known.marking or self._known.active:
            return (sound,)
        self._known.active = True
        return (START, sound)

    def _commit(self, event: CommitAudio) -> Sequence[Json]:
        """The user has said it. Where Gemini listens for that itself, it is told that no sound follows for now.

        A mere pause promises no answer: maybe nobody had said anything.
        """
        known = self._known
        if not (known.active if known.marking else known.streaming):
            return ()
        known.committed, known.streaming = known.committed or known.marking or not event.pause, False
        return self._end_of_activity() if known.marking else (PAUSE,)

    def _end_of_activity(self) -> Sequence[Json]:
        """What was begun is ended. It cannot be taken back: Gemini may answer the little that it heard."""
        active, self._known.active = self._known.active, False
        return (END,) if active else ()

    def _response(self) -> Sequence[Json]:
        """Ask for an answer, but not where one comes unasked, or is under way to the last that was said.

        Asking would interrupt that one. Where something was said meanwhile it is what shall be answered.
        """
        known = self._known
        if known.committed or (known.response is not None and not known.said):
            return ()
        known.asked, known.said = True, False
        return ({"clientContent": {"turnComplete": True}},)

    def _item(self, item: Item) -> Sequence[Json]:
        call = next((part for part in item.parts if isinstance(part, ToolPart)), None)
        if item.type == "function_call_output" and call is not None and call.tool_call_id not in self._known.told:
            return ({"toolResponse": {"functionResponses": [output_json(call)]}},)
        self._known.committed = False
        turn = content_json(item)
        if not turn["parts"]:
            return ()
        if item.type == "function_call" and call is not None:
            self._known.told.add(call.tool_call_id)
        self._known.last_item = item.id or self._known.last_item
        self._known.said = True
        return ({"clientContent": {"turns": [turn], "turnComplete": False}},)


def content_json(item: Item) -> Json:
    """An item as a turn. Gemini refuses calls and their outputs in there, so those are told in words."""
    match item.type, item.parts:
        case "function_call", (ToolPart(tool_name=name, arguments=arguments), *_):
            return {"role": "model", "parts": [{"text": f"[I called the tool {name} with {arguments or '{}'}]"}]}
        case "function_call_output", (ToolPart(tool_name=name, output=output), *_):
            return {"role": "user", "parts": [{"text": f"[The tool {name} returned: {output}]"}]}
        case _:
            role = "model" if item.role == "assistant" else "user"
            return {"role": role, "parts": [told for part in item.parts if (told := part_json(part)) is not None]}


def part_json(part: Part) -> Json | None:
    match part:
        case TextPart(text=text) | AudioPart(transcript=text) if text:
            return {"text": text}
        case ImagePart(mime_type=mime_type, data=data) if data is not None:
            return {"inlineData": {"mimeType": mime_type, "data": data}}
        case ImagePart(mime_type=mime_type, url=url) if url is not None:
            return {"fileData": {"mimeType": mime_type, "fileUri": url}}
        case _:
            return None


def output_json(part: ToolPart) -> Json:
    """A call's one answer. Without its name it would block every later turn."""
    text = str(part.output)
    told = {"error": part.error or text} if part.is_failed else {"output": plain(text)}
    pictures = [shown for image in part.images if (shown := part_json(image)) is not None]
    shown_too = {"parts": pictures} if pictures else {}
    return {"id": part.tool_call_id, "name": part.tool_name, "response": told, **shown_too}


def plain(text: str) -> Any:
    """Data that was written as JSON is data again; anything else is text."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return text


def written(frame: Json) -> str:
    """The frame as JSON; half an emoji, where a browser cut one in two, becomes a question mark."""
    try:
        return msgspec.json.encode(frame).decode()
    except UnicodeEncodeError:
        return json.dumps(frame, ensure_ascii=False).encode(errors="replace").decode()
