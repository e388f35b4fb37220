"""A session's wire, as a wiretap hears it."""

import pytest

from realtime_rx.abc import Endpoint
from realtime_rx.errors import ConnectError, ConnectionLostError
from realtime_rx.transports import MemoryTransport
from realtime_rx.wire import WireEvent

from .support.frames import CREATED
from .support.memory import Wire as Pipes
from .support.memory import connected, session_on
from .support.waiting import until

HERE = Endpoint(url="ws://here?key=canary", headers={"Authorization": "Bearer canary"})


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
    session = session_on(lambda: MemoryTransport(refuse=ConnectError("not today")), reconnect=False)
    heard: list[WireEvent] = []
    session.wire.subscribe(heard.append)
    with pytest.raises(ConnectError):
        await session.connect()
    await session.aclose()
    (event,) = heard
    assert (event.kind, event.connection, str(event.error)) == ("failed", 1, "not today")


async def test_who_hangs_up_is_told() -> None:
    """A connection that was lost is told once, with what the server said of it."""
    pipes = Pipes()
    session = await connected(pipes, reconnect=False)
    heard: list[WireEvent] = []
    session.wire.subscribe(heard.append)
    pipes.pipe.drop(1001, "going away")
    await until(session, lambda state: state.status == "error")
    await session.aclose()
    (event,) = heard
    assert event.kind == "closed"
    assert isinstance(event.error, ConnectionLostError)
    assert (event.error.close_code, event.error.reason) == (1001, "going away")


async def test_a_closed_session_leaves_no_wiretap() -> None:
    """Closing a session completes its wire and lets every wiretap go."""
    pipes = Pipes()
    session = await connected(pipes)
    over: list[bool] = []
    session.wire.subscribe(on_completed=lambda: over.append(True))
    assert session.subscriber_count == 1
    await session.aclose()
    assert (over, session.subscriber_count) == ([True], 0)
