"""Waiting for what a session does: until it has happened, or until a deadline."""

import asyncio
import threading
from collections.abc import Callable

from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState

DEADLINE = 30.0

Predicate = Callable[[SessionState], object]


async def until(session: RealtimeSession, predicate: Predicate) -> SessionState:
    """The first state for which the predicate holds, from now on."""
    loop = asyncio.get_running_loop()
    reached: asyncio.Future[SessionState] = loop.create_future()

    def look(state: SessionState) -> None:
        if predicate(state) and not reached.done():
            reached.set_result(state)

    watch = session.states.subscribe(lambda state: loop.call_soon_threadsafe(look, state) and None)
    try:
        return await asyncio.wait_for(reached, DEADLINE)
    except TimeoutError:
        raise AssertionError(f"it did not come to that: {session.state}") from None
    finally:
        watch.dispose()


def wait_until(session: RealtimeSession, predicate: Predicate) -> SessionState:
    """The same on a thread without a loop."""
    reached = threading.Event()
    found: list[SessionState] = []

    def look(state: SessionState) -> None:
        if predicate(state) and not found:
            found.append(state)
            reached.set()

    watch = session.states.subscribe(look)
    try:
        assert reached.wait(DEADLINE), f"it did not come to that: {session.state}"
    finally:
        watch.dispose()
    return found[0]


async def becomes(condition: Callable[[], object]) -> None:
    """Return when the condition holds; for what no stream tells."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)


def tasks() -> set[str]:
    """The names of the tasks of this loop that belong to the library."""
    return {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("realtime-rx")}
