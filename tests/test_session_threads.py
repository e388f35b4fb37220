"""Sessions where no loop runs, from many threads, and where the loop is gone."""

import asyncio
import threading

import pytest

from realtime_rx.errors import ConnectError
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import MemoryTransport

from .support.memory import Wire, connected, session_on
from .support.waiting import wait_until


def test_a_session_needs_no_running_loop() -> None:
    """Made in a plain script, a session lives on the library's own loop; connect() and aclose() can be waited for."""
    pipe = MemoryTransport()
    pipe.receive('{"type": "session.created", "session": {}}')
    session = session_on(lambda: pipe)
    session.connect().wait(5)
    session.send_text_message("Hello", id="msg_1")
    assert session.state.messages[0].text == "Hello"
    session.disconnect().wait(5)
    assert (session.state.status, session.task_count) == ("disconnected", 0)
    session.aclose().wait(5)
    assert (session.task_count, session.subscriber_count) == (0, 0)


def test_a_session_can_be_used_from_many_threads() -> None:
    """Verbs of eight threads at once are all carried out, each thread's in its order."""
    pipe = MemoryTransport()
    pipe.receive('{"type": "session.created", "session": {}}')
    session = session_on(lambda: pipe)
    session.connect().wait(5)

    def talk(name: int) -> None:
        for number in range(25):
            session.send_text_message(f"{name}:{number}", respond=False)

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = wait_until(session, lambda state: len(state.messages) == 200)
    said = [message.text.split(":") for message in state.messages]
    for name in range(8):
        assert [number for who, number in said if who == str(name)] == [str(number) for number in range(25)]
    session.aclose().wait(5)


def test_connecting_and_hanging_up_from_threads_ends_well() -> None:
    """Threads that connect and disconnect at random leave a session that connects and closes as ever."""

    def make() -> MemoryTransport:
        pipe = MemoryTransport()
        pipe.receive('{"type": "session.created", "session": {}}')
        return pipe

    session = session_on(make)

    def fidget() -> None:
        for _ in range(25):
            session.connect()
            session.disconnect().wait(5)

    threads = [threading.Thread(target=fidget) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.connect().wait(5)
    assert session.state.status == "connected"
    session.aclose().wait(5)
    assert (session.task_count, session.subscriber_count) == (0, 0)


def test_a_session_whose_loop_is_closed_says_so() -> None:
    """Where the loop of a session is gone, connect() fails and closing returns, both at once."""

    async def make() -> RealtimeSession:
        return session_on(Wire())

    session = asyncio.run(make())
    with pytest.raises(ConnectError, match="loop"):
        session.connect().wait(5)
    session.disconnect().wait(5)
    session.aclose().wait(5)


def test_a_loop_that_ends_takes_the_connection_with_it() -> None:
    """A session left connected when its loop ends does not look connected afterwards."""

    async def forget() -> RealtimeSession:
        return await connected(Wire())

    session = asyncio.run(forget())
    assert session.state.status == "error"
