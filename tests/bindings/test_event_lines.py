"""The last events as short lines: realtime_rx.ui.event_lines."""

import pytest

from realtime_rx.events import AudioDelta, ItemAdded, ProviderEvent, ServerEvent, SessionCreated, TextDelta
from realtime_rx.items import Item
from realtime_rx.ui.event_lines import event_detail, newer


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (TextDelta(item_id="i", delta="a\nb"), "a b"),
        (AudioDelta(item_id="i", byte_count=4800), "4800 bytes"),
        (ItemAdded(item=Item(id="i", role="user")), "message user i"),
        (SessionCreated(session_id="sess_1"), "sess_1"),
        (ProviderEvent(raw_type="odd.event"), "odd.event"),
        (TextDelta(item_id="i", delta="x" * 500), "x" * 120),
    ],
)
def test_an_event_has_one_line(event: ServerEvent, detail: str) -> None:
    """The detail of an event is what tells it from others of its type, on one line of bounded length."""
    assert event_detail(event) == detail


def test_the_newer_items_of_a_ring() -> None:
    """What came behind the last item seen is found by identity; all of it where that one has left the ring."""
    a, b, c = object(), object(), object()
    assert newer([a, b, c], a) == [b, c]
    assert newer([a, b, c], c) == []
    assert newer([b, c], a) == [b, c]
    assert newer([a, b], None) == [a, b]
