"""Sessions without a network, and waiting for what other threads do."""

import time
from collections.abc import Callable

from realtime_rx_panel import Realtime

from realtime_rx import RealtimeSession, use_realtime
from realtime_rx.events import ItemAdded, TextDelta
from realtime_rx.items import Item, TextPart

DEADLINE = 15.0


def eventually(condition: Callable[[], object]) -> None:
    """Return when it holds."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)  # nothing announces it


def private() -> RealtimeSession:
    return use_realtime("local", output_modalities=("text",))


def begin(session: RealtimeSession, message_id: str = "a", text: str = "") -> None:
    """The assistant begins a message."""
    parts = (TextPart(text=text, state="streaming"),)
    session.dispatch(ItemAdded(item=Item(id=message_id, role="assistant", status="in_progress", parts=parts)))


def say(session: RealtimeSession, text: str, message_id: str = "a") -> None:
    session.dispatch(TextDelta(item_id=message_id, delta=text))


def connected(rt: Realtime) -> None:
    eventually(lambda: rt.status == "connected")
