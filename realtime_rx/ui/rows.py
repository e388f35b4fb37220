"""A framework's views of the messages of a conversation, each made once and then changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar, assert_never

from realtime_rx.state import Message
from realtime_rx.ui.diff import Added, Changed, Edit, Moved, Removed, edits

__all__ = ["Row", "Rows"]


class Row(Protocol):
    """What shows one message."""

    def update(self, message: Message) -> None:
        """Show this version of it."""
        ...


R = TypeVar("R", bound=Row)


class Rows(Generic[R]):
    """The rows of the messages that are shown. ``make`` puts a new one behind the others; where a framework can move
    one it does so by ``move(row, index)``, and takes it away by ``remove(row)``."""

    def __init__(
        self,
        make: Callable[[Message], R],
        *,
        move: Callable[[R, int], object] = lambda row, index: None,
        remove: Callable[[R], object] = lambda row: None,
    ) -> None:
        self._make = make
        self._move = move
        self._remove = remove
        self._shown: Sequence[Message] = ()
        self._rows: dict[str, R] = {}

    @property
    def in_order(self) -> list[R]:
        return [self._rows[message.id] for message in self._shown]

    def show(self, messages: Sequence[Message]) -> list[Edit[Message]]:
        """Show these; gives back what changed."""
        before, self._shown = self._shown, messages
        changes = edits(before, messages)
        for edit in changes:
            self._apply(edit)
        return changes

    def _apply(self, edit: Edit[Message]) -> None:
        match edit:
            case Added(index, message):
                row = self._rows[message.id] = self._make(message)
                if index < len(self._rows) - 1:
                    self._move(row, index)
            case Changed(_, message):
                self._rows[message.id].update(message)
            case Moved(index, message_id):
                self._move(self._rows[message_id], index)
            case Removed(message_id):
                self._remove(self._rows.pop(message_id))
            case _:
                assert_never(edit)
