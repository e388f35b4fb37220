"""How a connection ends: told once, with its reason, within bounds."""

import asyncio
import json

import pytest

from realtime_rx.abc import Endpoint, Frame, Take
from realtime_rx.connection import Connection
from realtime_rx.errors import ConnectionLostError
from realtime_rx.runtime import LoopHost
from realtime_rx.testing import FakeClock
from realtime_rx.transports import MemoryTransport
from realtime_rx.wire import Wire as Tap

from .support.frames import CREATED, error, text_turn
from .support.memory import PROVIDER, Wire, connected, session_on
from .support.waiting import becomes, tasks, until


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
async def test_a_server_that_hangs_up_is_an_error_with_its_code(code: int) -> None:
    """A close that nobody here asked for ends in status 'error' with the close code, be it a clean one."""
    wire = Wire()
    session = await connected(wire, reconnect=False)
    turn = text_turn("The answer is forty two")
    wire.say(*turn[:5])
    wire.pipe.drop(code, "bye")
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert (state.error.code, state.error.fatal) == (f"close_{code}", True)
    assert "bye" in state.error.message
    await session.aclose()


async def test_nothing_that_was_said_is_lost_with_the_connection() -> None:
    """A connection lost in the middle of a turn leaves the words that had come, and nothing in flight."""
    wire = Wire()
    session = await connected(wire, reconnect=False)
    session.send_text_message("What is the answer?")
    wire.say(*text_turn("The answer is forty two")[:6])
    wire.pipe.drop(1011)
    state = await until(session, lambda state: state.status == "error")
    assert [(message.role, message.text) for message in state.messages] == [
        ("user", "What is the answer?"),
        ("assistant", "The answer is"),
    ]
    assert (state.mode, state.messages[-1].status) == ("idle", "incomplete")
    await session.aclose()


async def test_the_last_words_before_a_close_are_read() -> None:
    """Where sending fails because the server hung up, what it said before is still received, and its code is told."""

    class Deaf(MemoryTransport):
        async def send(self, frame: Frame) -> None:
            if "note" in str(frame):
                asyncio.get_running_loop().call_later(0.02, self.say_goodbye)
                raise ConnectionLostError(1006, "broken pipe")
            await super().send(frame)

        def say_goodbye(self) -> None:
            self.receive(json.dumps(error("your time is up", code="session_expired")))
            self.drop(1008, "expired")

    pipe = Deaf()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe, reconnect=False)
    await session.connect()
    session.send_event({"type": "note"})
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert state.error.code == "close_1008"
    assert state.events[-1].type == "error"
    await session.aclose()


async def test_a_pipe_that_only_fails_to_send_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sending fails and nothing more arrives, the failure of the sending is the error."""
    monkeypatch.setattr("realtime_rx.connection.LAST_WORDS", 0.02)

    class Broken(MemoryTransport):
        async def send(self, frame: Frame) -> None:
            raise ConnectionLostError(1006, "broken pipe")

    pipe = Broken()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe, reconnect=False)
    session.connect()
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert "broken pipe" in state.error.message
    await session.aclose()


async def test_a_transport_that_hangs_on_closing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hanging up ends even where a transport's close() does not."""
    monkeypatch.setattr("realtime_rx.connection.HANG_UP", 0.02)

    class Clinging(MemoryTransport):
        async def close(self) -> None:
            await asyncio.Event().wait()

    pipe = Clinging()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe)
    await session.connect()
    await asyncio.wait_for(session.aclose(), 5)
    assert tasks() == set()


async def test_hanging_up_twice_is_hanging_up_once() -> None:
    """A second stop() does not cut short the hanging up that the first one began."""
    closing, release = asyncio.Event(), asyncio.Event()

    class Slow(MemoryTransport):
        async def close(self) -> None:
            closing.set()
            await release.wait()
            await super().close()

    pipe = Slow()
    connection = Connection(
        1,
        host=LoopHost(),
        dial=dial_provider,
        transport=lambda: pipe,
        line=Tap(FakeClock()).line,
        codec=PROVIDER.codec(),
        sink=lambda _: None,
        clock=FakeClock(),
        timeout=5.0,
    )
    connection.start()
    await becomes(lambda: pipe.endpoint)
    first = asyncio.ensure_future(connection.stop())
    await closing.wait()
    second = asyncio.ensure_future(connection.stop())
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(first, second)
    assert pipe.is_closed


async def dial_provider() -> Endpoint:
    return PROVIDER.endpoint()


async def test_a_stream_that_ends_without_a_word_is_a_lost_connection() -> None:
    """Frames that just stop count as a connection that was lost."""

    class Short(MemoryTransport):
        async def deliver(self, take: Take) -> None:
            take(json.dumps(CREATED))

    session = session_on(Short, reconnect=False)
    session.connect()
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert state.error.code == "close_1006"
    await session.aclose()


async def test_a_cancelled_task_is_a_lost_connection() -> None:
    """Where somebody else cancels the connection's task, the session does not go on as if it were connected."""
    session = await connected(Wire())
    (task,) = [task for task in asyncio.all_tasks() if task.get_name() == "realtime-rx connection 1"]
    task.cancel()
    await becomes(task.done)
    assert session.state.status == "error"
    await session.aclose()
