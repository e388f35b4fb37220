"""Two immutable sequences whose cost per change does not grow with their length.

Both behave like tuples (compare, hash, iterate, slice), share structure between versions, and may be extended from any
old version by any thread: what they share is only ever appended to, and verified after each append.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar, overload

__all__ = ["Identified", "Ring", "Thread"]

T = TypeVar("T")

CHUNK = 16
TAIL = 2 * CHUNK
RING_CHUNK = 32


class Identified(Protocol):
    @property
    def id(self) -> str: ...


I = TypeVar("I", bound=Identified)  # noqa: E741 - the one type variable of a thread


class _Immutable(Sequence[T]):
    """What both share: reading them like a tuple."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(self)[index]
        size = len(self)
        at = index + size if index < 0 else index
        if not 0 <= at < size:
            raise IndexError(f"{type(self).__name__} index {index} out of range (length {size})")
        return self._at(at)

    def _at(self, index: int) -> T:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, (tuple, list, _Immutable)):
            return NotImplemented
        return tuple(self) == tuple(other)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"


class Thread(_Immutable[I], Generic[I]):
    """A conversation: an immutable sequence of things with an ``id``, found by id in constant time.

    Old items rest in chunks of 16; the last 16 to 32 are the tail, where nearly every change happens. ``_where`` maps
    an id to a position. It is shared by all versions and is only a hint: a position is checked before it is believed,
    and an id that is not in it was never in any version.
    """

    __slots__ = ("_chunks", "_tail", "_where")

    def __init__(self, items: Iterable[I] = ()) -> None:
        everything = tuple(items)
        full = max(0, (len(everything) - 1) // CHUNK)
        self._chunks = tuple(everything[i * CHUNK : (i + 1) * CHUNK] for i in range(full))
        self._tail = everything[full * CHUNK :]
        self._where: dict[str, int] = {item.id: i for i, item in enumerate(everything)}

    def _version(self, chunks: tuple[tuple[I, ...], ...], tail: tuple[I, ...]) -> Thread[I]:
        new: Thread[I] = object.__new__(type(self))
        new._chunks, new._tail, new._where = chunks, tail, self._where
        return new

    def _rebuilt(self, items: Iterable[I]) -> Thread[I]:
        return type(self)(items)

    def __len__(self) -> int:
        return len(self._chunks) * CHUNK + len(self._tail)

    def _at(self, index: int) -> I:
        in_tail = index - len(self._chunks) * CHUNK
        return self._tail[in_tail] if in_tail >= 0 else self._chunks[index // CHUNK][index % CHUNK]

    def __iter__(self) -> Iterator[I]:
        return chain(chain.from_iterable(self._chunks), self._tail)

    def find(self, id: str) -> int:
        """The position of the item with this id, or -1."""
        found = self.locate(id)
        return -1 if found is None else found[0]

    def get(self, id: str) -> I | None:
        """The item with this id, or None."""
        found = self.locate(id)
        return None if found is None else found[1]

    def locate(self, id: str) -> tuple[int, I] | None:
        """The position of the item with this id, and the item."""
        hint = self._where.get(id)
        if hint is None:
            return None
        in_tail = hint - len(self._chunks) * CHUNK
        if 0 <= in_tail < len(self._tail):
            item = self._tail[in_tail]
            if item.id == id:
                return hint, item
        return self._search(id, hint)

    def _search(self, id: str, hint: int) -> tuple[int, I] | None:
        """Where the item is: in an old chunk, or not where it was in the version that wrote the hint."""
        if hint < len(self) and self._at(hint).id == id:
            return hint, self._at(hint)
        for position in range(len(self) - 1, -1, -1):
            if self._at(position).id == id:
                self._where[id] = position
                return position, self._at(position)
        return None

    def append(self, item: I) -> Thread[I]:
        chunks, tail = self._chunks, self._tail
        if not tail:  # an empty thread may be where many conversations begin: they share nothing
            return self._rebuilt((item,))
        if len(tail) >= TAIL:
            chunks, tail = (*chunks, tail[:CHUNK]), tail[CHUNK:]
        self._where[item.id] = len(chunks) * CHUNK + len(tail)
        return self._version(chunks, (*tail, item))

    def set(self, index: int, item: I) -> Thread[I]:
        """The same sequence with ``item`` at ``index`` (0 ≤ index < length)."""
        self._where[item.id] = index
        in_tail = index - len(self._chunks) * CHUNK
        if in_tail >= 0:
            tail = self._tail
            return self._version(self._chunks, (*tail[:in_tail], item, *tail[in_tail + 1 :]))
        row, column = divmod(index, CHUNK)
        chunk = self._chunks[row]
        changed = (*chunk[:column], item, *chunk[column + 1 :])
        return self._version((*self._chunks[:row], changed, *self._chunks[row + 1 :]), self._tail)

    def insert(self, index: int, item: I) -> Thread[I]:
        """The same sequence with ``item`` before position ``index`` (0 ≤ index ≤ length)."""
        in_tail = index - len(self._chunks) * CHUNK
        if index == len(self):
            return self.append(item)
        if in_tail < 0 or len(self._tail) >= TAIL:
            everything = tuple(self)
            return self._rebuilt((*everything[:index], item, *everything[index:]))
        self._where[item.id] = index
        return self._version(self._chunks, (*self._tail[:in_tail], item, *self._tail[in_tail:]))

    def remove(self, index: int) -> Thread[I]:
        """The same sequence without the item at ``index`` (0 ≤ index < length)."""
        in_tail = index - len(self._chunks) * CHUNK
        if in_tail < 0 or len(self._tail) == 1:
            everything = tuple(self)
            return self._rebuilt((*everything[:index], *everything[index + 1 :]))
        return self._version(self._chunks, (*self._tail[:in_tail], *self._tail[in_tail + 1 :]))


class Ring(_Immutable[T]):
    """The last ``maxlen`` items pushed. Pushing is constant time and never copies the window.

    Full chunks of 32 are tuples; the tail is one list that versions share and append to. Old items are released 32 at
    a time, so at most ``maxlen + 62`` are alive.
    """

    __slots__ = ("_chunks", "_count", "_tail", "maxlen")

    def __init__(self, maxlen: int = 500, items: Iterable[T] = ()) -> None:
        if maxlen < 0:
            raise ValueError(f"maxlen must not be negative, got {maxlen}")
        kept = list(items)[-maxlen:] if maxlen else []
        full = max(0, (len(kept) - 1) // RING_CHUNK)
        self.maxlen = maxlen
        self._chunks = tuple(tuple(kept[i * RING_CHUNK : (i + 1) * RING_CHUNK]) for i in range(full))
        self._tail = kept[full * RING_CHUNK :]
        self._count = len(self._tail)

    def push(self, item: T) -> Ring[T]:
        if not self.maxlen:
            return self
        chunks, tail, count = self._chunks, self._tail, self._count
        if count == RING_CHUNK:
            needed = -(-(self.maxlen - 1) // RING_CHUNK)
            chunks = (*chunks, tuple(tail[:RING_CHUNK]))[-needed:] if needed else ()
            tail, count = [item], 0
        elif not count or len(tail) != count:  # others may extend this version too: leave their tail alone
            tail = [*tail[:count], item]
        else:
            tail.append(item)
            if tail[count] is not item:  # another thread did so just now
                tail = [*tail[:count], item]
        new: Ring[T] = object.__new__(type(self))
        new.maxlen, new._chunks, new._tail, new._count = self.maxlen, chunks, tail, count + 1
        return new

    def _stored(self) -> int:
        return len(self._chunks) * RING_CHUNK + self._count

    def __len__(self) -> int:
        return min(self.maxlen, self._stored())

    def _at(self, index: int) -> T:
        place = index + self._stored() - len(self)
        row, column = divmod(place, RING_CHUNK)
        return self._chunks[row][column] if row < len(self._chunks) else self._tail[column]

    def __iter__(self) -> Iterator[T]:
        stored: list[Any] = list(chain.from_iterable(self._chunks))
        stored += self._tail[: self._count]
        return iter(stored[-self.maxlen :] if self.maxlen else [])
