"""Frames without sound: what is kept of a frame to be looked at later must hold none."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import Raw

# Longer than any id or name, shorter than any sound or picture worth eliding.
LONG = 512
SOUND_KEYS = frozenset({"audio", "delta", "data"})


def without_sound(frame: Raw, length: int, byte_count: int) -> Raw:
    """An audio delta's frame with its ``length`` characters of base64 replaced by their size in bytes."""
    text = bytes(frame)
    opening = text.find(b'"', text.find(b'"delta"') + 7)
    closing = text.find(b'"', opening + 1)
    if closing - opening - 1 != length:  # an escaped slash, another key order: rare, and slow is right
        return elided(text)
    return Raw(b"%b<%d bytes>%b" % (text[: opening + 1], byte_count, text[closing:]))


def elided(text: bytes) -> Raw:
    """Any frame with long base64 strings replaced by their length."""
    return Raw(msgspec.json.encode(_walk(msgspec.json.decode(text))))


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
