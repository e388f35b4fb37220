"""Frames of JSON, as codecs read them: what is wrong with one is a :class:`ProtocolError` that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec

from realtime_rx.errors import ProtocolError
from realtime_rx.providers.elision import LONG, Parted, parted

T = TypeVar("T")

EXCERPT = 80
UNREADABLE = (RecursionError, msgspec.MsgspecError, OverflowError, ValueError)
"""What reading a frame may raise, for :func:`told`: what is not Unicode is a ``ValueError``."""


def read(frame: str | bytes, name: bytes, sounding: Callable[[Parted], T | None], whole: Callable[[bytes], T]) -> T:
    """What a frame says, by ``sounding`` where it has sound in a field of that name, else by ``whole``.

    ``sounding`` gives None where what was cut out was no sound. Raises :class:`ProtocolError`, and nothing else.
    """
    try:
        text = frame.encode() if isinstance(frame, str) else bytes(frame)
        cut = parted(text, name) if len(text) > LONG else None
        return (sounding(cut) if cut is not None else None) or whole(text)
    except UNREADABLE as error:
        raise told(error, frame) from error


def told(error: Exception, frame: str | bytes) -> ProtocolError:
    """What is wrong with a frame, by what reading it raised."""
    match error:
        case UnicodeEncodeError() | UnicodeDecodeError():
            return ProtocolError(f"the frame is not valid Unicode: {error.reason}")
        case RecursionError():
            return ProtocolError(f"the frame is nested too deep: {excerpt(frame)}")
        case msgspec.ValidationError():
            return ProtocolError(f"{error}: {excerpt(frame)}")
        case _:
            return ProtocolError(f"the frame is not JSON: {error}: {excerpt(frame)}")


def fields_of(text: bytes) -> dict[str, Any]:
    """The fields of a JSON object, which is Unicode all through."""
    if not text.isascii():
        text.decode()
    fields = msgspec.json.decode(text)
    if not isinstance(fields, dict):
        raise ProtocolError(f"the frame is JSON but no object: {excerpt(text)}")
    return cast(dict[str, Any], fields)


def excerpt(frame: str | bytes) -> str:
    """How a frame begins, fit for an error message."""
    start = frame[:EXCERPT]
    shown = start if isinstance(start, str) else bytes(start).decode(errors="replace")
    return repr(shown + "…" if len(frame) > EXCERPT else shown)
