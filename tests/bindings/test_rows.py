"""The rows of a conversation: realtime_rx.ui.rows."""

from collections.abc import Callable
from random import Random

from realtime_rx.state import Message
from realtime_rx.ui import Rows


def message(name: str) -> Message:
    return Message(id=name, role="user")


class List:
    """A framework's list, in which rows are put behind the others, moved and taken away."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.updates: list[str] = []
        self.rows = Rows(self.put, move=self.move, remove=lambda row: self.names.remove(row.name))

    def put(self, message: Message) -> "Line":
        self.names.append(message.id)
        return Line(message.id, self.updates.append)

    def move(self, row: "Line", index: int) -> None:
        self.names.remove(row.name)
        self.names.insert(index, row.name)


class Line:
    """The row of one message."""

    def __init__(self, name: str, updated: Callable[[str], None]) -> None:
        self.name = name
        self._updated = updated

    def update(self, message: Message) -> None:
        self._updated(message.id)


def test_rows_are_made_once() -> None:
    """A message that is the same object is left alone, another version of it updates its row."""
    shown, first = List(), message("a")
    shown.rows.show((first, message("b")))
    one, two = shown.rows.in_order
    changes = shown.rows.show((first, message("b")))
    assert shown.rows.in_order == [one, two]
    assert shown.updates == ["b"]
    assert len(changes) == 1
    assert shown.rows.show(()) != []
    assert shown.rows.in_order == []


def test_rows_stand_as_the_messages_do() -> None:
    """Whatever messages come, go and change places, the list has their rows in their order."""
    shown, chance = List(), Random(1)
    for _ in range(200):
        names = chance.sample("abcdefgh", chance.randint(0, 8))
        shown.rows.show(tuple(map(message, names)))
        assert shown.names == names
        assert [row.name for row in shown.rows.in_order] == names
