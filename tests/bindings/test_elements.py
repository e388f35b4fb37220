"""The small elements: realtime_rx_nicegui.status_badge, composer and events_inspector."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from nicegui import ElementFilter, ui
from nicegui.testing import UserInteraction
from realtime_rx_nicegui import Composer, EventsInspector, composer, events_inspector, status_badge, use_realtime

from realtime_rx import RealtimeSession
from realtime_rx.ui import pretty

from ..support.frames import CREATED, response, text_turn
from ..support.memory import Wire, connected, session_on
from ..support.waiting import becomes, until
from .pages import site


async def test_the_badge_says_what_goes_on() -> None:
    """The badge names the status, and the mode while there is a connection and something going on."""
    async with site() as pages:
        wire = Wire()
        session = session_on(wire)
        await pages.open(lambda: status_badge(use_realtime(session)))
        await pages.visitor.should_see("Disconnected")
        connecting = session.connect()
        await pages.visitor.should_see("Connecting")
        wire.say(CREATED, text_turn("Hello")[0])
        await connecting
        await pages.visitor.should_see("Connected")
        await pages.visitor.should_see("Thinking")
        await session.aclose()


async def test_a_composer_waits_for_a_connection() -> None:
    """Without a connection the box is disabled and says why; with one it sends what is written, without blanks."""
    async with site() as pages:
        wire, boxes = Wire(), list[Composer]()
        session = session_on(wire)
        client = await pages.open(lambda: boxes.append(composer(use_realtime(session))))
        with client:
            (area,) = ElementFilter(kind=ui.textarea)
        assert not area.enabled
        assert area.props["placeholder"] == "Connect to write a message"
        boxes[0].send("Too early")
        wire.say(CREATED)
        await session.connect()
        await becomes(lambda: area.enabled)
        assert area.props["placeholder"] == "Write a message"
        area.value = "  Hello  "
        boxes[0].send(area.value)
        boxes[0].send("   ")
        assert [message.text for message in session.state.messages] == ["Hello"]
        assert area.value == ""
        await session.aclose()


async def test_the_first_message_may_connect() -> None:
    """With connect_on_send the first message dials, and goes out as soon as the connection is there."""
    async with site() as pages:
        wire, boxes = Wire(), list[Composer]()
        wire.say(CREATED)
        session = session_on(wire)
        await pages.open(lambda: boxes.append(composer(use_realtime(session), connect_on_send=True)))
        boxes[0].send("Hello")
        assert await wire.hear_types(3) == ["session.update", "conversation.item.create", "response.create"]
        await session.aclose()


async def test_an_answer_can_be_interrupted() -> None:
    """The button to interrupt is there while an answer is being made, and cancels it."""
    async with site() as pages:
        wire = Wire()
        session = await connected(wire)
        client = await pages.open(lambda: composer(use_realtime(session)))
        with client:
            stop = next(iter(ElementFilter(kind=ui.button)))
        assert not stop.visible
        wire.say(*text_turn("One two three")[:4])
        await becomes(lambda: stop.visible)
        UserInteraction(pages.visitor, {stop}, "stop").click()
        assert (await wire.hear())["type"] == "response.cancel"
        wire.say(response("response.done", "resp_1", "cancelled"))
        await becomes(lambda: not stop.visible)
        await session.aclose()


class Listing:
    """An inspector whose browser is the test: what the browser is told to do is kept."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.inspector: EventsInspector | None = None

    def page(self, session: RealtimeSession, **options: Any) -> None:
        self.inspector = events_inspector(use_realtime(session, max_hz=1_000), **options)
        setattr(self.inspector, "run_method", lambda name, *args: self.told.append((name, args)))  # noqa: B010

    def emit(self, kind: str, args: Any = None) -> None:
        """Let the browser say something."""
        assert self.inspector is not None
        for listener in self.inspector._event_listeners.values():
            if listener.type == kind:
                self.inspector._handle_event({"listener_id": listener.id, "args": args})

    def lines(self) -> list[str]:
        """The types of the events that the browser has been given."""
        types: list[str] = []
        for name, args in self.told:
            if name == "show":
                continue
            types = [*(types if name == "add" else []), *(line["type"] for line in args[0])]
        return types


@asynccontextmanager
async def listing(**options: Any) -> AsyncIterator[tuple[Listing, RealtimeSession, Wire]]:
    async with site() as pages:
        wire, it = Wire(), Listing()
        session = await connected(wire, max_events=50)
        await pages.open(lambda: it.page(session, **options))
        yield it, session, wire
        assert pages.raised == []
        await session.aclose()


async def test_the_inspector_lists_the_ring() -> None:
    """The browser is given the whole ring when it is ready, and then only what is new."""
    async with listing() as (it, session, wire):
        assert it.told == []
        it.emit("ready")
        assert it.lines() == ["session-created"]
        wire.say(*text_turn("Hello there"))
        await becomes(lambda: "response-done" in it.lines())
        assert it.lines() == [event.type for event in session.state.events]
        assert [name for name, _ in it.told].count("reset") == 1


async def test_a_full_ring_is_listed_to_its_last_event() -> None:
    """When more events come than the ring holds, the browser has the ring's, numbered without gaps."""
    async with listing() as (it, session, wire):
        it.emit("ready")
        for number in range(3):
            wire.say(*text_turn("a b c d e f g h i j k l m n", response_id=f"r{number}", item_id=f"i{number}"))
        await until(session, lambda state: len(state.messages) == 3 and state.flow.response_id is None)
        await becomes(lambda: it.lines()[-50:] == [event.type for event in session.state.events])
        numbers = [line["number"] for name, args in it.told if name != "show" for line in args[0]]
        assert numbers == list(range(len(numbers)))


async def test_an_opened_event_shows_its_frame() -> None:
    """An event that is opened shows the frame as it was received, a row of deltas each of its frames."""
    async with listing() as (it, _, wire):
        it.emit("ready")
        turn = text_turn("Hello there")
        wire.say(*turn)
        await becomes(lambda: "response-done" in it.lines())
        it.emit("expand", {"first": 4, "last": 5})
        name, (number, body) = it.told[-1]
        assert (name, number) == ("show", 4)
        assert body == "\n".join(pretty(frame) for frame in turn[3:5])


async def test_an_event_that_is_gone_says_so() -> None:
    """An event that has left the ring, or never was, is answered with a sentence."""
    async with listing() as (it, _, __):
        it.emit("ready")
        it.emit("expand", {"first": 10**9, "last": 10**12})
        assert it.told[-1] == ("show", (10**9, "This event has left the ring."))


async def test_a_hidden_inspector_sends_nothing() -> None:
    """While it is not active the browser is sent nothing; when it is turned on it gets the ring."""
    async with listing(active=False) as (it, session, wire):
        it.emit("ready")
        wire.say(*text_turn("Hello there"))
        await until(session, lambda state: len(state.events) > 8)
        await becomes(lambda: it.inspector is not None)
        assert it.told == []
        assert it.inspector is not None
        it.inspector.active = True
        await becomes(lambda: it.lines() == [event.type for event in session.state.events])
