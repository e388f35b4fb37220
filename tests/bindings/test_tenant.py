"""A page and its private session: realtime_rx.ui.tenant."""

from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx import ConfigurationError
from realtime_rx.ui import Keeper, Tenant, page_bridges

from ..support.memory import Wire, session_on
from .virtual import VirtualLoop


def tenant(keeper: Keeper, page: str, **terms: Any) -> Tenant:
    return Tenant(keeper, page, **{"linger": 30.0, "bind": lambda _, callback: callback, **terms})


def private() -> Any:
    return session_on(Wire())


async def test_a_reload_finds_what_was_left() -> None:
    """The page after a reload has the session of the one before; its own is closed."""
    loop = VirtualLoop()
    keeper = Keeper(loop)
    first, second = tenant(keeper, "page 1"), tenant(keeper, "page 2")
    session = first.begin(private, {}).session
    assert first.find("tab") is None
    first.leave()
    loop.advance(29)
    second.begin(private, {})
    found = second.find("tab")
    assert found is not None
    assert found.session is session
    loop.advance(60)
    assert keeper.sessions == (session,)
    await keeper.aclose()


async def test_callbacks_are_those_of_the_page_that_is_there() -> None:
    """What a session calls is bound to the page that shows it now."""
    called: list[str] = []

    def bound_to(page: str) -> Callable[..., Any]:
        return lambda _, callback: lambda *args: (called.append(page), callback(*args))

    keeper = Keeper(VirtualLoop())
    first = tenant(keeper, "page 1", bind=bound_to("page 1"))
    second = tenant(keeper, "page 2", bind=bound_to("page 2"))
    options = {"on_status_change": called.append}
    session = first.begin("local", options).session
    first.find("tab")
    second.begin("local", options)
    second.find("tab")
    session.connect()
    await keeper.aclose()
    assert called[:2] == ["page 2", "connecting"]
    assert "page 1" not in called


async def test_what_nobody_saw_does_not_wait() -> None:
    """A page that goes before its browser was there, as a bot's, leaves nothing; one that was seen waits."""
    loop = VirtualLoop()
    keeper = Keeper(loop)
    unseen, seen = tenant(keeper, "page 1"), tenant(keeper, "page 2")
    unseen.begin(private, {})
    seen.begin(private, {})
    seen.find("tab")
    unseen.leave()
    seen.leave()
    assert len(keeper.sessions) == 1
    loop.advance(31)
    assert keeper.sessions == ()


async def test_who_starts_over_has_one_session() -> None:
    """A second session of a page takes the place of the first."""
    keeper = Keeper(VirtualLoop())
    page = tenant(keeper, "page")
    page.begin(private, {})
    second = page.begin(private, {}).session
    assert keeper.sessions == (second,)
    await keeper.aclose()


async def test_sound_comes_with_options() -> None:
    """A session that is made of options has the page's sound, where there are bridges; any other has its own."""
    bridges = page_bridges()
    keeper = Keeper(VirtualLoop())
    page = tenant(keeper, "page", bridges=bridges)
    lease = page.begin("local", {})
    assert lease.sound is not None
    assert page.begin(private, {}).sound is None
    assert tenant(keeper, "other").begin("local", {}).sound is None
    with pytest.raises(ConfigurationError, match="leave out voice"):
        page.begin(private, {"voice": "a"})
    await keeper.aclose()
