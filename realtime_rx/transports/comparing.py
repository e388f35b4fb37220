"""What a session sends beside what was sent when it was recorded: the same, or where it is not."""

from __future__ import annotations

import asyncio
import difflib
import re
from collections import deque
from typing import Any, cast

import msgspec

from realtime_rx.abc import Frame
from realtime_rx.credentials import HIDDEN
from realtime_rx.errors import DivergenceError

__all__ = ["Comparison", "decoded"]

IDS = frozenset({"event_id", "id", "item_id", "previous_item_id"})
"""Fields in which the two may differ, as long as one name always stands for the same other one."""


class Comparison:
    """One connection's frames. ``tell`` those that are sent, ``expect`` those that were recorded."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._sent: deque[Any] = deque()
        self._news = asyncio.Event()
        self._names: dict[str, str] = {}

    def tell(self, frame: Any) -> None:
        self._sent.append(frame)
        self._news.set()

    async def expect(self, recorded: Any) -> None:
        """Wait for the next frame to be sent. Raises :class:`DivergenceError` where it is another, or none comes."""
        try:
            async with asyncio.timeout(self._patience):
                while not self._sent:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise DivergenceError(f"nothing was sent, but there was recorded:\n{pretty(recorded)}") from None
        sent = self._sent.popleft()
        if not self._same(recorded, sent, ""):
            raise DivergenceError(f"what was sent is not what was recorded:\n{difference(recorded, sent)}")

    def _same(self, recorded: Any, sent: Any, name: str) -> bool:
        match recorded, sent:
            case dict(), dict():
                ours, theirs = cast("dict[str, Any]", sent), cast("dict[str, Any]", recorded)
                return ours.keys() == theirs.keys() and all(self._same(theirs[key], ours[key], key) for key in ours)
            case list(), list():
                pairs = cast("list[Any]", recorded), cast("list[Any]", sent)
                return len(pairs[0]) == len(pairs[1]) and all(
                    self._same(a, b, name) for a, b in zip(*pairs, strict=True)
                )
            case str(), str() if name in IDS:
                return self._names.setdefault(recorded, sent) == sent
            case str(), str() if HIDDEN in recorded:
                return re.fullmatch(".*".join(map(re.escape, recorded.split(HIDDEN))), sent, re.DOTALL) is not None
            case _:
                return recorded == sent


def decoded(frame: Frame) -> Any:
    """What the frame says; itself where it is no JSON."""
    try:
        return msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frame


def pretty(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic")).decode()


def difference(recorded: Any, sent: Any) -> str:
    """Both as indented JSON, as ``diff -u`` shows them."""
    lines = (pretty(recorded).splitlines(), pretty(sent).splitlines())
    return "\n".join(difflib.unified_diff(*lines, "recorded", "sent", lineterm=""))
