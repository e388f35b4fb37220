"""The edits between two versions of a conversation: realtime_rx.ui.diff."""

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx import Message, TextPart
from realtime_rx.ui import Added, Changed, Edit, Moved, Removed, edits

IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def message(key: str, text: str = "") -> Message:
    return Message(id=key, role="user", parts=(TextPart(text=text),))


def applied(before: list[Message], changes: list[Edit[Message]]) -> list[Message]:
    """The list after the edits, each applied as an element tree applies it."""
    shown = list(before)
    for change in changes:
        match change:
            case Added(index, item):
                shown.insert(index, item)
            case Changed(old, item):
                shown[shown.index(old)] = item
            case Moved(index, key):
                (moved,) = (each for each in shown if each.id == key)
                shown.remove(moved)
                shown.insert(index, moved)
            case Removed(key):
                shown = [each for each in shown if each.id != key]
    return shown


def test_nothing_changed() -> None:
    """Two versions with the same items need no edit."""
    items = [message("a"), message("b")]
    assert edits(items, items) == []
    assert edits(items, list(items)) == []


def test_a_delta_is_one_edit() -> None:
    """A longer last message is one change, however many messages stand before it."""
    rest = [message(f"m{n}") for n in range(500)]
    old, new = message("last", "Hel"), message("last", "Hello")
    assert edits([*rest, old], [*rest, new]) == [Changed(old, new)]


def test_a_new_message_is_one_edit() -> None:
    """A message at the end, or in the middle, is one addition at its position."""
    a, b, c = message("a"), message("b"), message("c")
    assert edits([a, b], [a, b, c]) == [Added(2, c)]
    assert edits([a, c], [a, b, c]) == [Added(1, b)]


def test_a_message_finds_its_place() -> None:
    """A message that turns out to belong in front of another is moved, not made anew."""
    a, b, c = message("a"), message("b"), message("c")
    assert edits([a, b, c], [a, c, b]) == [Moved(1, "c")]


def test_a_deleted_message_is_one_edit() -> None:
    """A message that is gone is removed, and the others stay."""
    a, b, c = message("a"), message("b"), message("c")
    assert edits([a, b, c], [a, c]) == [Removed("b")]


@given(IDS, IDS, st.sets(st.sampled_from("abcdefgh")))
def test_edits_lead_there(before: list[str], after: list[str], changed: set[str]) -> None:
    """Applied in order, the edits make the second version of the first, whatever the two are."""
    old = {key: message(key) for key in before}
    new = {key: message(key, "new") if key in changed or key not in old else old[key] for key in after}
    first, second = list(old.values()), list(new.values())
    result = applied(first, edits(first, second))
    assert len(result) == len(second)
    assert all(mine is theirs for mine, theirs in zip(result, second, strict=True))
