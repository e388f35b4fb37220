"""What changed between two versions of a keyed sequence, as the few edits that turn one into the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from realtime_rx.sequences import Identified

__all__ = ["Added", "Changed", "Edit", "edits", "Moved", "Removed"]

I = TypeVar("I", bound=Identified)  # noqa: E741 - the items of a sequence


@dataclass(frozen=True, slots=True)
class Added(Generic[I]):
    """A new item, at this position."""

    index: int
    item: I


@dataclass(frozen=True, slots=True)
class Changed(Generic[I]):
    """Another version of an item, under the same id."""

    before: I
    item: I


@dataclass(frozen=True, slots=True)
class Moved:
    """An item that goes to this position, counted without it."""

    index: int
    id: str


@dataclass(frozen=True, slots=True)
class Removed:
    id: str


Edit = Added[I] | Changed[I] | Moved | Removed


def edits(before: Sequence[I], after: Sequence[I]) -> list[Edit[I]]:
    """The edits that make ``after`` of ``before``, to be applied in order. Ids are unique in each.

    Items are compared by identity, as unchanged parts of a state are the same objects. The common case, a delta in the
    last item or a new one behind it, costs one pass of identity checks and nothing else.
    """
    if before is after:
        return []
    start = _common(before, after)
    old, new = list(before[start:]), list(after[start:])
    known = {item.id: item for item in old}
    kept = {item.id for item in new}
    made: list[Edit[I]] = [Removed(item.id) for item in old if item.id not in kept]
    order = [item.id for item in old if item.id in kept]
    for index, item in enumerate(new):
        made += _settle(order, index, start, item, known.get(item.id))
    return made


def _common(before: Sequence[I], after: Sequence[I]) -> int:
    """How many items at the start are the same objects."""
    count = 0
    for old, new in zip(before, after, strict=False):
        if old is not new:
            break
        count += 1
    return count


def _settle(order: list[str], index: int, start: int, item: I, before: I | None) -> list[Edit[I]]:
    """What brings this item to its place in ``order``, where everything in front of it is settled."""
    if before is None:
        order.insert(index, item.id)
        return [Added(start + index, item)]
    made: list[Edit[I]] = []
    if order[index] != item.id:
        order.remove(item.id)
        order.insert(index, item.id)
        made.append(Moved(start + index, item.id))
    if before is not item:
        made.append(Changed(before, item))
    return made
