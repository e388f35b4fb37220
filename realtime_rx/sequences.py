"""Two immutable sequences whose cost per change does not grow with their length.

Both behave like tuples (compare, hash, iterate, slice), share structure between versions, and may be extended from any
old version by any thread: what they share is only ever appended to, and verified after each append.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar, overload

from msgspec import Struct

__all__ = ["Identified", "Ring", "Thread"]

T = TypeVar("T")

CHUNK = 16
TAIL = 2 * CHUNK
RING_CHUNK = 8


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


class Rest(Generic[I]):
    """What versions of a thread share that differ in its tail alone: the ``size`` items before it, and the ids."""

    __slots__ = ("chunks", "size", "where")

    def __init__(self, chunks: tuple[tuple[I, ...], ...], where: dict[str, int]) -> None:
        self.chunks = chunks
        self.size = len(chunks) * CHUNK
        self.where = where


class Thread(_Immutable[I], Generic[I]):
    """A conversation: an immutable sequence of things with an ``id``, found by id in constant time.

    Old items rest in chunks of 16; the last 16 to 32 are the tail, where nearly every change happens. ``where`` maps an
    id to a position. It is shared by all versions and is only a hint: a position is checked before it is believed, and
    an id that is not in it was never in any version.
    """

    __slots__ = ("_rest", "_tail")

    def __init__(self, items: Iterable[I] = ()) -> None:
        everything = tuple(items)
        full = max(0, (len(everything) - 1) // CHUNK)
        chunks = tuple(everything[i * CHUNK : (i + 1) * CHUNK] for i in range(full))
        self._rest = Rest(chunks, {item.id: i for i, item in enumerate(everything)})
        self._tail = everything[full * CHUNK :]

    def _version(self, rest: Rest[I], tail: tuple[I, ...]) -> Thread[I]:
        new: Thread[I] = object.__new__(type(self))
        new._rest, new._tail = rest, tail
        return new

    def __len__(self) -> int:
        return self._rest.size + len(self._tail)

    def _at(self, index: int) -> I:
        in_tail = index - self._rest.size
        return self._tail[in_tail] if in_tail >= 0 else self._rest.chunks[index // CHUNK][index % CHUNK]

    def __iter__(self) -> Iterator[I]:
        return chain(chain.from_iterable(self._rest.chunks), self._tail)

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
        rest, tail = self._rest, self._tail
        hint = rest.where.get(id)
        if hint is None:
            return None
        in_tail = hint - rest.size
        if 0 <= in_tail < len(tail) and (item := tail[in_tail]).id == id:
            return hint, item
        return self._search(id, hint)

    def _search(self, id: str, hint: int) -> tuple[int, I] | None:
        """Where the item is: in an old chunk, or not where it was in the version that wrote the hint."""
        if hint < len(self) and self._at(hint).id == id:
            return hint, self._at(hint)
        for position in range(len(self) - 1, -1, -1):
            if self._at(position).id == id:
                self._rest.where[id] = position
                return position, self._at(position)
        return None

    def append(self, item: I) -> Thread[I]:
        rest, tail = self._rest, self._tail
        if not tail:  # an empty thread may be where many conversations begin: they share nothing
            return Thread((item,))
        if len(tail) >= TAIL:
            rest, tail = Rest((*rest.chunks, tail[:CHUNK]), rest.where), tail[CHUNK:]
        rest.where[item.id] = rest.size + len(tail)
        return self._version(rest, (*tail, item))

    def set(self, index: int, item: I) -> Thread[I]:
        """The same sequence with ``item`` at ``index`` (0 ≤ index < length)."""
        rest = self._rest
        rest.where[item.id] = index
        in_tail = index - rest.size
        if in_tail >= 0:
            return self._version(rest, with_item(self._tail, in_tail, item))
        row, column = divmod(index, CHUNK)
        chunk = with_item(rest.chunks[row], column, item)
        return self._version(Rest(with_item(rest.chunks, row, chunk), rest.where), self._tail)

    def insert(self, index: int, item: I) -> Thread[I]:
        """The same sequence with ``item`` before position ``index`` (0 ≤ index ≤ length)."""
        rest, tail = self._rest, self._tail
        in_tail = index - rest.size
        if index == len(self):
            return self.append(item)
        if in_tail < 0 or len(tail) >= TAIL:
            everything = tuple(self)
            return Thread((*everything[:index], item, *everything[index:]))
        rest.where[item.id] = index
        return self._version(rest, (*tail[:in_tail], item, *tail[in_tail:]))

    def remove(self, index: int) -> Thread[I]:
        """The same sequence without the item at ``index`` (0 ≤ index < length)."""
        tail, in_tail = self._tail, index - self._rest.size
        if in_tail < 0 or len(tail) == 1:
            everything = tuple(self)
            return Thread((*everything[:index], *everything[index + 1 :]))
        return self._version(self._rest, (*tail[:in_tail], *tail[in_tail + 1 :]))


def with_item(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    """The same tuple with ``item`` at ``index``."""
    changed = [*items]
    changed[index] = item
    return tuple(changed)


class Block(Struct, Generic[T], gc=False):
    """What up to 8 versions of a ring share: the full chunks before it, and a list that is only ever appended to."""

    maxlen: int
    chunks: tuple[tuple[T, ...], ...]
    items: list[T]


class Ring(_Immutable[T]):
    """The last ``maxlen`` items pushed. Pushing is constant time and never copies the window.

    Full chunks of 8 are tuples; a version is a block and how many of its items are this version's. Old items are
    released 8 at a time: releasing many at once is the longest that a push takes. At most ``maxlen + 14`` are alive.
    """

    __slots__ = ("_block", "_count")

    def __init__(self, maxlen: int = 500, items: Iterable[T] = ()) -> None:
        if maxlen < 0:
            raise ValueError(f"maxlen must not be negative, got {maxlen}")
        kept = list(items)[-maxlen:] if maxlen else []
        full = max(0, (len(kept) - 1) // RING_CHUNK)
        chunks = tuple(tuple(kept[i * RING_CHUNK : (i + 1) * RING_CHUNK]) for i in range(full))
        tail = kept[full * RING_CHUNK :]
        self._block = Block(maxlen, chunks, tail)
        self._count = len(tail)

    @property
    def maxlen(self) -> int:
        return self._block.maxlen

    def push(self, item: T) -> Ring[T]:
        block, count = self._block, self._count
        items = block.items
        # An empty block may be where many rings begin, a full one is closed: both are parted from.
        if count % RING_CHUNK and len(items) == count:
            items.append(item)
            if items[count] is item:
                new: Ring[T] = object.__new__(type(self))
                new._block, new._count = block, count + 1
                return new
        return self._parted(item)

    def _parted(self, item: T) -> Ring[T]:
        """A version with a block of its own: this one's is full, or has gone on without it."""
        block, count = self._block, self._count
        if not block.maxlen:
            return self
        if count < RING_CHUNK:
            return self._version(Block(block.maxlen, block.chunks, [*block.items[:count], item]), count + 1)
        needed = -(-(block.maxlen - 1) // RING_CHUNK)
        chunks = (*block.chunks, tuple(block.items[:RING_CHUNK]))[-needed:] if needed else ()
        return self._version(Block(block.maxlen, chunks, [item]), 1)

    def _version(self, block: Block[T], count: int) -> Ring[T]:
        new: Ring[T] = object.__new__(type(self))
        new._block, new._count = block, count
        return new

    def _stored(self) -> int:
        return len(self._block.chunks) * RING_CHUNK + self._count

    def __len__(self) -> int:
        return min(self._block.maxlen, self._stored())

    def _at(self, index: int) -> T:
        block, place = self._block, index + self._stored() - len(self)
        row, column = divmod(place, RING_CHUNK)
        return block.chunks[row][column] if row < len(block.chunks) else block.items[column]

    def __iter__(self) -> Iterator[T]:
        block = self._block
        stored: list[Any] = list(chain.from_iterable(block.chunks))
        stored += block.items[: self._count]
        return iter(stored[-block.maxlen :] if block.maxlen else [])
