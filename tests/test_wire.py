"""A session's wire, as a wiretap hears it."""

from collections.abc import AsyncIterator

import pytest

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.errors import ConnectError
from realtime_rx.transports import MemoryTransport
from realtime_rx.wire import Wire, WireEvent

from .support.frames import CREATED
from .support.memory import Wire as Pipes
from .support.memory import connected, session_on
from .support.waiting import until

HERE = Endpoint(url="ws://here?key=canary", headers={"Authorization": "Bearer canary"})


def tapping(wire: Wire) -> list[WireEvent]:
    heard: list[WireEvent] = []
    wire.events.subscribe(heard.append)
    return heard


async def test_a_wiretap_hears_both_ways() -> None:
    """Every frame is told once, in order, with the connection that it went over."""
    pipes = Pipes()
    session = await connected(pipes)
    heard: list[WireEvent] = []
    session.wire.subscribe(heard.append)
    session.send_text_message("Hello")
    assert await pipes.hear_types(2) == ["conversation.item.create", "response.create"]
    pipes.say({"type": "something.new"})
    await until(session, lambda state: state.events[-1].type == "custom")
    await session.aclose()
    assert [event.kind for event in heard] == ["sent", "sent", "received", "closed"]
    assert "Hello" in str(heard[0].frame)
    assert {event.connection for event in heard} == {1}


async def test_each_dial_is_another_connection() -> None:
    """The connections of a wire are counted, and each is opened before it carries anything."""
    pipes = Pipes()
    session = session_on(pipes)
    heard: list[WireEvent] = []
    session.wire.subscribe(heard.append)
    for _ in range(2):
        connecting = session.connect()
        pipes.say(CREATED)
        await connecting
        await session.disconnect()
        pipes.renew()
    await session.aclose()
    assert [event.connection for event in heard if event.kind == "opened"] == [1, 2]
    assert [event.kind for event in heard].count("closed") == 2


async def test_a_dial_that_fails_is_told() -> None:
    """A dial that fails is told with its reason, and carries nothing."""
    wire = Wire(lambda: 7.0)
    heard = tapping(wire)
    transport = wire.tapped(lambda: MemoryTransport(refuse=ConnectError("not today")))()
    with pytest.raises(ConnectError):
        await transport.open(HERE)
    (event,) = heard
    assert (event.kind, str(event.error), event.at) == ("failed", "not today", 7.0)


async def test_a_transport_may_give_any_iterator() -> None:
    """A transport whose frames are no generator is tapped like any other."""

    class Once(MemoryTransport):
        def frames(self) -> AsyncIterator[Frame]:  # type: ignore[override]
            return self

        def __aiter__(self) -> AsyncIterator[Frame]:
            return self

        async def __anext__(self) -> Frame:
            if self.is_closed:
                raise StopAsyncIteration
            await self.close()
            return "one"

    transport = Wire(lambda: 0.0).tapped(Once)()
    await transport.open(HERE)
    assert [frame async for frame in transport.frames()] == ["one"]


def test_a_wire_event_shows_no_secret() -> None:
    """What an event shows of itself holds neither the frame nor the credentials."""
    event = WireEvent(kind="sent", connection=1, at=0.0, endpoint=HERE, frame='{"key": "canary"}')
    assert "canary" not in repr(event)


async def test_a_closed_session_leaves_no_wiretap() -> None:
    """Closing a session completes its wire and lets every wiretap go."""
    pipes = Pipes()
    session = await connected(pipes)
    over: list[bool] = []
    session.wire.subscribe(on_completed=lambda: over.append(True))
    assert session.subscriber_count == 1
    await session.aclose()
    assert (over, session.subscriber_count) == ([True], 0)
