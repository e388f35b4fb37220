"""Frames to events. Beta and GA names give the same events; what nobody knows is passed on raw."""

from __future__ import annotations

from typing import Any, Union, cast

import msgspec
from msgspec import Raw

from realtime_rx import events as ev
from realtime_rx.errors import ProtocolError
from realtime_rx.events.of_conversation import Progress
from realtime_rx.providers.elision import LONG, elided, parted
from realtime_rx.providers.openai_wire import frames, response_frames
from realtime_rx.providers.reading import UNREADABLE, excerpt, fields_of, told

# Names of the beta protocol (and of servers that still speak it) for what GA calls otherwise.
ALIASES = {
    "conversation.item.created": "conversation.item.added",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
}
PROGRESS: dict[str, Progress] = {"in_progress": "in_progress", "completed": "completed", "failed": "failed"}
# A frame this long may hold sound or a picture.
SUSPICIOUS = 8192
SOUND = b'"delta"'


def _kinds() -> dict[str, type[frames.Frame]]:
    """The frames by their names; under an older name a frame is a kind of its own, of the same fields."""
    found = [kind for module in (frames, response_frames) for kind in vars(module).values()]
    kinds = [kind for kind in found if isinstance(kind, type) and issubclass(kind, frames.Frame)]
    named = {str(kind.__struct_config__.tag): kind for kind in kinds if kind.__struct_config__.tag is not None}
    return named | {old: _renamed(named[new], old) for old, new in ALIASES.items()}


def _renamed(kind: type[frames.Frame], name: str) -> type[frames.Frame]:
    return cast(type[frames.Frame], msgspec.defstruct(name, [], bases=(kind,), tag=name, frozen=True))


KINDS = _kinds()
_decoder: msgspec.json.Decoder[frames.Frame] = msgspec.json.Decoder(Union[tuple(KINDS.values())])  # noqa: UP007


def decode(frame: str | bytes, *, at: float = 0.0) -> ev.ServerEvent:
    """The event in a frame. Raises :class:`ProtocolError` naming what is wrong, and nothing else."""
    try:
        text = frame.encode() if isinstance(frame, str) else frame
        return (_sounding(text, at) if len(text) > LONG else None) or _whole(text, at)
    except UNREADABLE as error:
        raise told(error, frame) from error


def _sounding(text: bytes, at: float) -> ev.ServerEvent | None:
    """The audio delta in a frame; None where it is none, or its sound is not where it is looked for."""
    cut = parted(text, SOUND)
    if cut is None:
        return None
    try:
        known = _decoder.decode(cut.frame)
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(known, response_frames.AudioDelta) or known.delta != cut.mark:
        return None
    str(cut.frame, "utf-8")
    return known.sounding(at, kept(cut.frame), cut.sound, cut.byte_count)


def _whole(text: bytes, at: float) -> ev.ServerEvent:
    # The decoder does not look into fields that nobody reads; a reader of `raw` does.
    if not text.isascii():
        str(text, "utf-8")
    try:
        known = _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        fields = fields_of(text)
        return event_of(fields, kind_of(fields, text), at, kept(text))
    return known.event(at, kept(text))


def kept(text: bytes) -> Raw:
    """What is remembered of a long frame."""
    return elided(text) if len(text) > SUSPICIOUS else Raw(text)


def kind_of(value: dict[str, Any], text: bytes) -> str:
    kind = value.get("type")
    if not isinstance(kind, str):
        raise ProtocolError(f"the frame has no 'type': {excerpt(text)}")
    return kind.strip()


def event_of(value: dict[str, Any], name: str, at: float, raw: Raw) -> ev.ServerEvent:
    """The event that a frame's fields are, under any name that some speaker has for it; ``raw`` is what is kept."""
    if name in KINDS:
        return _convert(value, name, at, raw)
    return _progress(name, value, at, raw) or ev.ProviderEvent(name, at=at, event_id=_event_id(value), frame=raw)


def _convert(value: dict[str, Any], name: str, at: float, raw: Raw) -> ev.ServerEvent:
    try:
        known = msgspec.convert({**value, "type": name}, KINDS[name])
    except msgspec.ValidationError as error:
        raise ProtocolError(f"{ALIASES.get(name, name)}: {error}") from error
    return known.event(at, raw)


def _progress(name: str, value: dict[str, Any], at: float, raw: Raw) -> ev.ServerEvent | None:
    """The six MCP events that differ in their last word alone."""
    family, _, word = name.rpartition(".")
    item_id = value.get("item_id")
    progress = PROGRESS.get(word)
    if progress is None or not isinstance(item_id, str):
        return None
    match family:
        case "mcp_list_tools":
            return ev.McpToolsProgress(item_id, progress, at=at, event_id=_event_id(value), frame=raw)
        case "response.mcp_call":
            return ev.McpCallProgress(item_id, progress, at=at, event_id=_event_id(value), frame=raw)
        case _:
            return None


def _event_id(value: dict[str, Any]) -> str | None:
    event_id = value.get("event_id")
    return event_id if isinstance(event_id, str) else None
