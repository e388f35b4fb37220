"""A session's life: connecting, hanging up, closing, at any moment and from anywhere."""

import asyncio

import pytest

from realtime_rx.errors import ConnectError, ConnectionLostError, NotConnectedError
from realtime_rx.events import SessionCreated
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import MemoryTransport

from .support.frames import CREATED, text_turn
from .support.memory import PROVIDER, Wire, connected, session_on
from .support.server import Caller, saying, serving, session_at
from .support.waiting import becomes, tasks, until


async def test_connecting_twice_dials_once() -> None:
    """A second connect() while connecting waits for the same connection."""
    wire = Wire()
    session = session_on(wire)
    one, other = session.connect(), session.connect()
    wire.say(CREATED)
    await asyncio.gather(one, other)
    await session.connect()
    assert session.state.connection == 1
    assert len(wire.pipes) == 1
    await session.aclose()


async def test_a_session_is_connected_when_it_was_greeted() -> None:
    """Connecting is over when the server speaks, not when the pipe opens."""
    wire = Wire()
    session = session_on(wire)
    connecting = session.connect()
    await wire.hear()
    assert (session.state.status, connecting.done) == ("connecting", False)
    wire.say(CREATED)
    await connecting
    assert (session.state.status, session.state.session_id) == ("connected", "sess_1")
    await session.aclose()


async def test_closing_while_connecting_ends_the_connecting() -> None:
    """disconnect() while connecting fails the pending connect() by name and leaves nothing behind."""
    session = session_on(Wire())
    connecting = session.connect()
    await session.disconnect()
    with pytest.raises(ConnectError, match=r"disconnect\(\) was called"):
        await connecting
    assert (session.state.status, session.task_count, tasks()) == ("disconnected", 0, set())


async def test_aclose_while_connecting_ends_the_connecting() -> None:
    """aclose() right after connect() fails the pending connect() and leaves nothing behind."""
    session = session_on(Wire())
    connecting = session.connect()
    await session.aclose()
    with pytest.raises(ConnectError):
        await connecting
    assert (session.task_count, session.subscriber_count, tasks()) == (0, 0, set())


async def test_connect_disconnect_connect_leaves_the_last_one_connected() -> None:
    """Three verbs without waiting end in the second connection, untouched by the end of the first."""
    wire = Wire()
    session = session_on(wire)
    session.connect()
    gone = session.disconnect()
    again = session.connect()
    wire.renew()
    wire.say(CREATED)
    await asyncio.gather(gone, again)
    assert (session.state.status, session.state.connection) == ("connected", 2)
    assert (await wire.hear())["type"] == "session.update"
    await session.aclose()


async def test_frames_on_their_way_are_not_the_next_connections() -> None:
    """What an old connection had received and not yet told when the next one was begun counts for nothing."""
    wire = Wire()
    session = await connected(wire)
    wire.say(*text_turn("Too late"))
    session.disconnect()
    again = session.connect()
    wire.renew()
    wire.say(CREATED)
    await again
    assert ([*session.state.messages], session.state.connection) == ([], 2)
    await session.aclose()


async def test_disconnecting_is_idempotent() -> None:
    """disconnect() before, during and after, as often as one likes, is fine."""
    session = session_on(Wire())
    await session.disconnect()
    session = await connected(Wire())
    await asyncio.gather(session.disconnect(), session.disconnect())
    await session.disconnect()
    assert (session.state.status, session.task_count) == ("disconnected", 0)
    await session.aclose()
    await session.disconnect()


async def test_closing_twice_is_closing_once() -> None:
    """aclose() may be called again, from the loop and from another thread, and destroy() is its other name."""
    session = await connected(Wire())
    elsewhere = asyncio.to_thread(lambda: session.aclose().wait(5))
    await asyncio.gather(elsewhere, _await(session), _await(session))
    await session.destroy()
    assert (session.task_count, session.subscriber_count) == (0, 0)


async def _await(session: RealtimeSession) -> None:
    await session.aclose()


async def test_a_closed_session_stays_closed() -> None:
    """After aclose(), connect() fails and verbs raise, at once."""
    session = await connected(Wire())
    await session.aclose()
    with pytest.raises(ConnectError, match="closed"):
        await session.connect()
    with pytest.raises(NotConnectedError):
        session.send_text_message("Hello?")


async def test_a_session_that_is_closing_dials_no_more() -> None:
    """connect() while aclose() is under way fails at once and dials nobody."""
    wire = Wire()
    session = await connected(wire)
    closing = session.aclose()
    with pytest.raises(ConnectError, match="closed"):
        await session.connect()
    await closing
    assert (session.state.connection, session.state.status) == (1, "disconnected")


async def test_closing_leaves_nothing_behind() -> None:
    """After aclose() every task is gone, every stream is complete and nobody is subscribed."""
    session = await connected(Wire(), callbacks=None)
    completed = list[str]()
    for name in ("states", "server_events", "effects"):
        getattr(session, name).subscribe(on_completed=lambda name=name: completed.append(name))
    session.on_state_change(print)
    await session.aclose()
    assert completed == ["states", "server_events", "effects"]
    assert (session.task_count, session.subscriber_count, tasks()) == (0, 0, set())


async def test_async_with_connects_and_closes() -> None:
    """`async with` gives a connected session and closes it."""
    pipe = MemoryTransport()
    pipe.receive('{"type": "session.created", "session": {}}')
    async with session_on(lambda: pipe) as session:
        assert session.state.status == "connected"
    assert (session.state.status, pipe.is_closed, tasks()) == ("disconnected", True, set())


async def test_async_with_cleans_up_where_it_cannot_connect() -> None:
    """Where connecting fails, `async with` raises that and leaves nothing behind."""
    session = session_on(lambda: MemoryTransport(refuse=ConnectError("no")))
    with pytest.raises(ConnectError, match="no"):
        async with session:
            raise AssertionError("not reached")
    assert (session.task_count, tasks()) == (0, set())


async def test_a_lost_session_can_connect_again() -> None:
    """After a lost connection connect() dials anew, and the conversation is still there."""
    wire = Wire()
    session = await connected(wire, reconnect=False)
    wire.say(*text_turn("First"))
    wire.pipe.drop(1006)
    await until(session, lambda state: state.status == "error")
    wire.renew()
    connecting = session.connect()
    wire.say(CREATED, *text_turn("Second", response_id="resp_2", item_id="item_2"))
    await connecting
    state = await until(session, lambda state: len(state.messages) == 2 and state.messages[1].status == "completed")
    assert [message.text for message in state.messages] == ["First", "Second"]
    assert state.error is None
    await session.aclose()


async def test_late_frames_of_an_old_connection_never_happened() -> None:
    """A server that goes on talking on an old socket changes nothing after a reconnect."""
    talking = asyncio.Event()

    async def part(caller: Caller) -> None:
        await caller.say(CREATED)
        if len(server.callers) == 2:
            await caller.listen()
            return
        talking.set()
        while True:
            await caller.say(*text_turn("I am still here", item_id="old"))

    async with serving(part) as server:
        session = session_at(server.base_url)
        await session.connect()
        await talking.wait()
        session.disconnect()
        await session.connect()
        before = len(session.state.events)
        await becomes(lambda: session.task_count == 1)
        assert (session.state.connection, session.state.status) == (2, "connected")
        assert [type(event) for event in session.state.events][before - 1 :] == [SessionCreated]
        await session.aclose()


async def test_the_loss_of_a_connection_is_what_connecting_raises() -> None:
    """A server that hangs up instead of greeting makes connect() raise ConnectionLostError with its code."""
    wire = Wire()
    session = session_on(wire)
    connecting = session.connect()
    wire.pipe.drop(4000, "beta_api_shape_disabled")
    with pytest.raises(ConnectionLostError, match="beta_api_shape_disabled"):
        await connecting
    await session.aclose()


async def test_a_session_can_begin_with_an_earlier_state() -> None:
    """A stored state given to a new session is where it goes on from."""
    wire = Wire()
    first = await connected(wire)
    wire.say(*text_turn("Remember me"))
    await until(first, lambda state: state.usage is not None and len(state.messages) == 1 and state.mode == "idle")
    await first.aclose()
    session = RealtimeSession(PROVIDER, transport=Wire(), state=first.state)
    assert session.state.messages[0].text == "Remember me"
    await session.aclose()


async def test_a_state_change_listener_can_be_taken_off() -> None:
    """on_state_change() calls with every new state until what it gave back is called."""
    wire = Wire()
    session = await connected(wire)
    seen = list[int]()
    stop = session.on_state_change(lambda state: seen.append(len(state.events)))
    wire.say({"type": "one"})
    await becomes(lambda: seen == [2])
    stop()
    wire.say({"type": "two"})
    await until(session, lambda state: len(state.events) == 3)
    await session.aclose()
    assert seen == [2]


async def test_a_greeting_server_over_a_real_socket() -> None:
    """Over a real WebSocket a session connects, reads a turn and closes cleanly."""
    async with serving(saying(*text_turn("Hello over there"))) as server:
        session = session_at(server.base_url)
        async with session:
            state = await until(session, lambda state: state.messages and state.messages[-1].status == "completed")
            assert state.messages[-1].text == "Hello over there"
        assert tasks() == set()
