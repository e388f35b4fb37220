"""Sound left out of frames, whatever the provider: base64 under the names that the wires have for sound.

Its size stays behind, so that a replay can put silence of the same length in its place: what is played lasts as long.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

__all__ = ["elided", "restored"]

SOUND_NAMES = frozenset({"audio", "audio_base_64", "data", "delta", "user_audio_chunk"})
SHORTEST = 64
"""Characters. What is shorter may be a word, and is no sound worth leaving out."""
BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")


def elided(frame: Any) -> tuple[Any, dict[str, int]]:
    """A decoded frame with its sound emptied, and the size of that sound in bytes by its place (a JSON pointer)."""
    sizes: dict[str, int] = {}

    def empty(value: str, name: str, place: str) -> str:
        if name not in SOUND_NAMES or len(value) < SHORTEST or not BASE64.fullmatch(value):
            return value
        sizes[place] = len(value) * 3 // 4 - value[-2:].count("=")
        return ""

    return mapped(frame, empty), sizes


def mapped(value: Any, change: Callable[[str, str, str], str], name: str = "", place: str = "") -> Any:
    """The value with each of its texts changed; ``change`` is told the text, its field's name and its place."""
    match value:
        case str():
            return change(value, name, place)
        case dict():
            fields = cast("dict[str, Any]", value)
            return {key: mapped(each, change, key, f"{place}/{escaped(key)}") for key, each in fields.items()}
        case list():
            items = cast("list[Any]", value)
            return [mapped(each, change, name, f"{place}/{index}") for index, each in enumerate(items)]
        case _:
            return value


def escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def restored(frame: bytes, sizes: Mapping[str, int]) -> bytes:
    """The frame with silence of these sizes in its places; the places that it does not have are passed over."""
    if not sizes:
        return frame

    def fill(value: str, name: str, place: str) -> str:
        return base64.b64encode(bytes(sizes[place])).decode() if place in sizes else value

    return msgspec.json.encode(mapped(msgspec.json.decode(frame), fill))
