"""Two visitors who come and go hundreds of times: what is left of them in each framework's server."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from benchmarks.bindings.page import watched
from benchmarks.bindings.provider import OLD_TEXT, providing
from benchmarks.bindings.serving import FRAMEWORKS, serving
from tests.bindings.browser import Site, eventually

from .visitors import VISITS, come_and_go

TIMES = 100
TABS = 3
KIB_A_SESSION = 20
"""How much a session may leave behind in the memory of its process; the allocator keeps some of its own."""


PINGS = "AsyncSocket._send_ping"
"""Of engine.io: it ends when the next ping would be due."""
POOL = "AnyIO worker thread"
"""Starlette reads files on these: there are as many as were busy at once, and an idle one ends with the next use."""


async def left(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = await site.get("/left")
    return found


def more(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What there is more of than before."""
    tasks, pages = before["tasks"], before["pages"]
    return {
        "sessions": now["sessions"],
        "subscribers": now["subscribers"],
        "pages": max(0, now["pages"] - pages),
        "tasks": {name: count for name, count in now["tasks"].items() if count > tasks.get(name, 0) and name != PINGS},
        "threads": [
            name for name, count in now["threads"].items() if count > before["threads"].get(name, 0) and name != POOL
        ],
    }


NOTHING = {"sessions": 0, "subscribers": 0, "pages": 0, "tasks": {}, "threads": []}
SHORT = {"REFLEX_STATE_MANAGER_MODE": "memory", "REFLEX_REDIS_TOKEN_EXPIRATION": "3"}
"""Reflex keeps the state of a tab that is gone for an hour, unless it is told how many seconds."""


async def settled(site: Site) -> dict[str, Any]:
    """What there is when nobody is there."""
    seen: dict[str, Any] = {}

    async def nobody() -> bool:
        seen.update(await left(site))
        return seen["sessions"] == seen["pages"] == 0

    await eventually(nobody)
    return seen


async def nothing_is_left(site: Site, before: dict[str, Any]) -> int:
    """Return when there is no more than before; gives the KiB of the process then."""
    seen: dict[str, Any] = {}

    async def is_so() -> bool:
        now = await left(site)
        seen.update(more(now, before), kib=now["kib"])
        return {name: seen[name] for name in NOTHING} == NOTHING

    try:
        await eventually(is_so)
    except TimeoutError:
        raise AssertionError(f"this is left: {seen}") from None
    return int(seen["kib"])


async def tabs(site: Site) -> None:
    """A few real ones, open at once."""
    async with AsyncExitStack() as stack:
        for _ in range(TABS):
            page = await stack.enter_async_context(watched(site.browser, site.url))
            await page.has_the_older(f"{OLD_TEXT} 1")


@pytest.mark.frameworks
@pytest.mark.browser
@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_who_leaves_leaves_nothing(framework: str) -> None:
    """Of two visitors with 200 sessions each, and of a browser's tabs, no session, task, thread, subscription, page or
    state is left, and the second hundred needs no more memory than the allocator's own."""
    visit = VISITS[framework]
    async with providing(2) as provider, serving(framework, provider.address, **SHORT) as site:
        await come_and_go(visit, site.url, provider, 5)
        await tabs(site)
        before = await settled(site)
        await come_and_go(visit, site.url, provider, TIMES)
        first = await nothing_is_left(site, before)
        await come_and_go(visit, site.url, provider, TIMES)
        second = await nothing_is_left(site, before)
        await tabs(site)
        await nothing_is_left(site, before)
        assert provider.calls == set()
    assert (second - first) / (2 * TIMES) < KIB_A_SESSION
