"""The last events as short lines, for a list in the browser that keeps and filters them itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from realtime_rx.events import AudioDelta, ItemAdded, ItemDone, OutputItemAdded, OutputItemDone, ServerEvent
from realtime_rx.sequences import Ring
from realtime_rx.ui.wording import pretty

__all__ = ["event_detail", "EventLines", "newer"]

T = TypeVar("T")

Line = dict[str, Any]

DETAIL_FIELDS = (
    *("delta", "text", "transcript", "arguments", "message", "name"),
    *("status", "reason", "raw_type", "session_id", "response_id"),
)
DETAIL_LENGTH = 120
MOST_OPENED = 50
"""How many events of one row are shown when it is opened."""


class EventLines:
    """What of a ring of events a list has been sent. A line's number is where its event stands among all there were."""

    def __init__(self, ring: Ring[ServerEvent]) -> None:
        self._ring = ring
        self._total = len(ring)

    def take(self, ring: Ring[ServerEvent]) -> tuple[bool, list[Line]]:
        """Whether the list has to begin anew, and the lines that it lacks."""
        fresh = newer(ring, self._ring[-1] if self._ring else None)
        restarted = len(ring) < len(self._ring) or (bool(self._ring) and len(fresh) == len(ring) < ring.maxlen)
        self._ring = ring
        self._total += len(fresh)
        return restarted, self.all() if restarted else self._lines(fresh)

    def all(self) -> list[Line]:
        return self._lines(list(self._ring))

    def opened(self, first: int, last: int) -> str:
        """The frames of these events, by their numbers, as they were received."""
        last = min(last, self._total - 1)
        oldest = self._total - len(self._ring)
        wanted = [self._ring[n - oldest] for n in range(max(first, oldest, last - MOST_OPENED + 1), last + 1)]
        return "\n".join(pretty(event.raw) for event in wanted) or "This event has left the ring."

    def _lines(self, events: list[ServerEvent]) -> list[Line]:
        first = self._total - len(events)
        return [
            {"number": first + i, "at": event.at, "type": event.type, "detail": event_detail(event)}
            for i, event in enumerate(events)
        ]


def event_detail(event: ServerEvent) -> str:
    """The words of an event that tell it from others of its type, on one line."""
    match event:
        case AudioDelta():
            return f"{event.byte_count} bytes"
        case ItemAdded() | ItemDone() | OutputItemAdded() | OutputItemDone():
            return " ".join(filter(None, (event.item.type, event.item.role, event.item.id)))
        case _:
            found = next((text for name in DETAIL_FIELDS if (text := getattr(event, name, None))), "")
            return str(found)[:DETAIL_LENGTH].replace("\n", " ")


def newer(items: Sequence[T], last: T | None) -> list[T]:
    """The items behind ``last``, by identity; all of them where it is not among them."""
    fresh: list[T] = []
    for item in reversed(items):
        if item is last:
            break
        fresh.append(item)
    return fresh[::-1]
