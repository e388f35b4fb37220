"""Frames without sound: what is kept of a frame to be looked at later must hold none.

Sound is cut out of a frame before the rest is parsed: a parser would look at each of its characters.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import Raw, Struct

# Longer than any id or name, shorter than any sound or picture worth eliding.
LONG = 512
SOUND_KEYS = frozenset({"audio", "delta", "data"})


class Parted(Struct, frozen=True, gc=False):
    """A frame with ``mark`` in the place of its sound, which is the base64 of that many bytes."""

    frame: bytes
    mark: str
    sound: str
    byte_count: int


def parted(text: bytes, name: bytes) -> Parted | None:
    """A frame and the first of its fields of that name (in its quotes), where that is long and ASCII all through.

    It is found without reading what is in it, so it may have been another text: whoever parses the frame looks whether
    the mark is where it should be.
    """
    key = text.find(name)
    opening = text.find(b'"', key + len(name)) + 1
    closing = text.find(b'"', opening)
    if key < 0 or closing - opening <= LONG or text.find(b"\\", opening, closing) >= 0:
        return None
    try:
        sound = str(memoryview(text)[opening:closing], "ascii")
    except UnicodeDecodeError:
        return None
    byte_count = decoded_size(sound)
    mark = mark_of(byte_count)
    return Parted(text[:opening] + mark.encode() + text[closing:], mark, sound, byte_count)


def mark_of(byte_count: int) -> str:
    return f"<{byte_count} bytes>"


def decoded_size(sound: str) -> int:
    """How many bytes this base64 stands for."""
    return len(sound) * 3 // 4 - sound.count("=", -2)


def marked(frame: Raw, byte_count: int) -> Raw:
    """Any audio delta's frame with the mark in the place of its sound."""
    return Raw(msgspec.json.encode({**msgspec.json.decode(frame), "delta": mark_of(byte_count)}))


def elided(text: bytes) -> Raw:
    """Any frame with long base64 strings replaced by their length."""
    return Raw(msgspec.json.encode(_walk(msgspec.json.decode(text))))


def silent(value: Any, name: str, key: str = "") -> Any:
    """The same with every text of that name replaced by its size as sound."""
    match value:
        case dict():
            return {each: silent(inner, name, each) for each, inner in cast(dict[str, Any], value).items()}
        case list():
            return [silent(inner, name, key) for inner in cast(list[Any], value)]
        case str() if key == name:
            return mark_of(decoded_size(value))
        case _:
            return value


def _walk(value: Any, key: str = "") -> Any:
    match value:
        case dict():
            return {name: _walk(each, name) for name, each in cast(dict[str, Any], value).items()}
        case list():
            return [_walk(each, key) for each in cast(list[Any], value)]
        case str() if len(value) > LONG and (key in SOUND_KEYS or value.startswith("data:")):
            return f"<{len(value)} characters>"
        case _:
            return value
