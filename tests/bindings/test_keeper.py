"""Sessions that outlive their page for a moment: realtime_rx.ui.keeper."""

import asyncio
from typing import Any

from realtime_rx import RealtimeSession
from realtime_rx.ui import Keeper, Keepers, Lease, Relay

from ..support.memory import Wire, connected, session_on
from ..support.waiting import becomes, tasks
from .virtual import VirtualLoop


def lease(session: RealtimeSession, owner: object) -> Lease:
    return Lease(session, Relay({}), owner, linger=30.0)


def is_closed(session: RealtimeSession) -> bool:
    completed: list[bool] = []
    session.states.subscribe(on_completed=lambda: completed.append(True)).dispose()
    return bool(completed)


async def test_a_reload_finds_its_session() -> None:
    """A session that was released is still there for who claims it in time, and is not closed later."""
    loop, wire = VirtualLoop(), Wire()
    keeper, session = Keeper(loop), await connected(wire)
    keeper.keep("tab", lease(session, owner="page 1"))
    keeper.release("tab", "page 1")
    loop.advance(29)
    found = keeper.claim("tab", "page 2")
    assert found is not None
    assert found.session is session
    loop.advance(60)
    assert session.state.status == "connected"
    await keeper.aclose()


async def test_a_closed_tab_ends_its_session() -> None:
    """A session that nobody claims is closed when its time is over, with every task of it."""
    loop, wire = VirtualLoop(), Wire()
    keeper, session = Keeper(loop), await connected(wire)
    keeper.keep("tab", lease(session, owner="page"))
    keeper.release("tab", "page")
    loop.advance(31)
    assert keeper.sessions == ()
    await becomes(lambda: is_closed(session))
    await becomes(lambda: session.task_count == 0)
    assert wire.pipe.is_closed


async def test_who_lost_a_session_cannot_end_it() -> None:
    """A page that goes after its reload has come takes nothing with it."""
    loop, wire = VirtualLoop(), Wire()
    keeper, session = Keeper(loop), await connected(wire)
    keeper.keep("tab", lease(session, owner="page 1"))
    keeper.claim("tab", "page 2")
    keeper.release("tab", "page 1")
    loop.advance(60)
    assert keeper.sessions == (session,)
    await keeper.aclose()


async def test_another_session_under_a_key_replaces_the_first() -> None:
    """What was kept under a key is closed when something else is kept there, and a key can get a new name."""
    keeper, first, second = Keeper(VirtualLoop()), session_on(Wire()), session_on(Wire())
    keeper.keep("page", lease(first, owner=1))
    keeper.keep("page", lease(second, owner=1))
    keeper.rename("page", "tab")
    await becomes(lambda: is_closed(first))
    assert keeper.claim("page", 2) is None
    assert keeper.sessions == (second,)
    await keeper.aclose()


async def test_a_session_that_is_over_is_forgotten() -> None:
    """A session that its page closes is kept no longer, under whatever name; one that is over already never is."""
    loop = VirtualLoop()
    keeper, session, over = Keeper(loop), session_on(Wire()), session_on(Wire())
    keeper.keep("page", lease(session, owner="page"))
    keeper.rename("page", "tab")
    keeper.release("tab", "page")
    await session.aclose()
    assert keeper.claim("tab", "page 2") is None
    await over.aclose()
    keeper.keep("page", lease(over, owner="page"))
    keeper.rename("page", "tab")
    assert keeper.sessions == ()
    loop.advance(60)


async def test_a_stopping_server_closes_every_session() -> None:
    """aclose() returns when no session has a task left, those that wait for a reload included."""
    keeper = Keeper(asyncio.get_running_loop())
    sessions = [await connected(Wire()) for _ in range(3)]
    for number, session in enumerate(sessions):
        keeper.keep(number, lease(session, owner=number))
    keeper.release(1, 1)
    await keeper.aclose()
    assert keeper.sessions == ()
    assert all(map(is_closed, sessions))
    assert tasks() == set()


async def test_each_loop_has_its_keeper() -> None:
    """A loop has one keeper for as long as it lives; closing those of the loop that runs leaves the others alone."""
    keepers, here, other = Keepers(), asyncio.get_running_loop(), asyncio.new_event_loop()
    sessions = [session_on(Wire()) for _ in range(2)]
    keepers.of(here).keep(1, lease(sessions[0], owner=1))
    keepers.of(other, VirtualLoop()).keep(1, lease(sessions[1], owner=1))
    assert keepers.of(here) is keepers.of(here)
    assert keepers.sessions == tuple(sessions)
    await keepers.aclose()
    assert (here in keepers, other in keepers) == (False, True)
    assert keepers.sessions == (sessions[1],)
    other.close()
    keepers.of(here)
    assert keepers.sessions == ()
    await sessions[1].aclose()


def test_a_relay_calls_the_page_that_is_there() -> None:
    """A session's callbacks are those of the page that shows it now; one that the new page lacks is not called."""
    called: list[Any] = []
    relay = Relay({"on_message": lambda value: called.append(("old", value)), "on_tool_call": lambda call: "old"})
    options = relay.options()
    options["on_message"](1)
    relay.point_to({"on_message": lambda value: called.append(("new", value))})
    options["on_message"](2)
    assert called == [("old", 1), ("new", 2)]
    assert options["on_tool_call"](None) is None
