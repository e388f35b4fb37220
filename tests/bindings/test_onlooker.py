"""Looking at a session from a page: realtime_rx.ui.onlooker."""

from typing import Any

from msgspec.structs import replace

from realtime_rx import SessionState
from realtime_rx.ui import Listeners, Onlooker, Shown, Watch

from ..support.frames import error, text_turn
from ..support.memory import Wire, connected
from ..support.waiting import until
from .virtual import VirtualLoop


class Kept:
    """A callback that keeps what it is called with."""

    def __init__(self) -> None:
        self.is_gone = False
        self.told: list[Any] = []

    def fire(self, *args: Any) -> None:
        self.told += args


def test_a_watch_tells_what_is_new() -> None:
    """A watch tells what its selector gives when that is something else, and gives back what telling it gave."""
    state = SessionState()
    watch = Watch(lambda state: state.status, lambda status: f"told {status}", state)
    assert watch.last == "disconnected"
    assert watch.look(state) is None
    assert watch.look(replace(state, status="connecting")) == "told connecting"
    assert watch.look(replace(state, status="connecting", mode="listening")) is None


def test_what_was_read_ahead_is_to_be_told() -> None:
    """What was read of a state that was not shown yet is known when the next is shown, once, where it was news."""
    before = SessionState()
    ahead, again = replace(before, status="connecting"), replace(before, stalled=True)
    shown = Shown(before)
    assert (shown.read("status", ahead), shown.read("mode", ahead)) == ("connecting", "idle")
    assert shown.show(again) == ({"state": again}, {"status": "connecting"})
    assert shown.show(ahead) == ({"status": "connecting", "state": ahead}, {})


def test_listeners_come_and_go() -> None:
    """Who has ended it, or is gone from the page, is told nothing more; the others are."""
    first, second, third, listeners = Kept(), Kept(), Kept(), Listeners()
    assert not listeners
    end = listeners.add(first)
    listeners.add(second)
    listeners.add(third)
    listeners.tell(1)
    end()
    end()
    second.is_gone = True
    listeners.tell(2)
    assert (first.told, second.told, third.told) == ([1], [1], [1, 2])
    listeners.clear()
    assert not listeners


async def test_one_looks_at_one_session_at_a_time() -> None:
    """States are brought latest only, events and errors one by one; of a session before nothing is heard any more."""
    loop, wires, shown = VirtualLoop(), (Wire(), Wire()), list[SessionState]()
    events, errors = Kept(), Kept()
    heard, noticed = Listeners(), Listeners()
    heard.add(events)
    noticed.add(errors)
    first, second = [await connected(wire) for wire in wires]
    onlooker = Onlooker(loop, shown.append, events=heard, errors=noticed, max_hz=30.0)
    onlooker.look_at(first)
    assert shown == [first.state]
    wires[0].say(*text_turn("Hello there"), error("No more"))
    await until(first, lambda state: state.error is not None)
    loop.advance(1)
    assert shown == [shown[0], first.state]
    assert [event.type for event in events.told] == [event.type for event in first.state.events][-len(events.told) :]
    assert [each.message for each in errors.told] == ["No more"]
    onlooker.look_at(second)
    first.send_text_message("Hello?", respond=False)
    loop.advance(1)
    assert shown[2:] == [second.state]
    onlooker.close()
    onlooker.close()
    assert second.subscriber_count == first.subscriber_count
    for session in (first, second):
        await session.aclose()
