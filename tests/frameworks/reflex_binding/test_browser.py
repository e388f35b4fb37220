"""The example, built and served, in a real Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.bindings.browser import Site, eventually

from .serving import redis, serving

pytestmark = pytest.mark.browser


async def visit(context: BrowserContext, site: Site) -> Page:
    page = await context.new_page()
    await page.goto(site.url)
    await box(page).wait_for()
    return page


@asynccontextmanager
async def visitor(site: Site) -> AsyncIterator[Page]:
    """A visitor of the app, on whose page nothing may fail."""
    context = await site.browser.new_context(viewport={"width": 1000, "height": 800})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield await visit(context, site)
    await context.close()
    assert errors == []


def box(page: Page) -> Any:
    return page.get_by_placeholder("Write a message")


async def write(page: Page, text: str) -> None:
    await box(page).fill(text)
    await box(page).press("Enter")


async def sees(page: Page, text: str) -> None:
    await expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)


async def asks_for_pizza(page: Page) -> None:
    await page.get_by_role("button", name="Order a pizza").click()
    await sees(page, "waits for your approval")
    await page.get_by_role("button", name="Allow").click()
    await sees(page, "A pizza with mushrooms is on its way")


async def interrupts(page: Page) -> None:
    await write(page, "Count to two hundred")
    await sees(page, "1, 2, 3")
    await page.get_by_role("button", name="Interrupt").click()
    await sees(page, "Interrupted")


async def goes_and_comes_back(page: Page) -> None:
    await page.get_by_role("link", name="About").click()
    await sees(page, "Suggestions taken: 1")
    await sees(page, "Connected")
    await page.get_by_role("link", name="Back to the chat").click()
    await sees(page, "2+2 is 4.")


async def reloads(page: Page) -> None:
    await page.reload()
    await sees(page, "2+2 is 4.")
    await sees(page, "Connected")
    await write(page, "What is 4+4?")
    await sees(page, "4+4 is 8.")


async def stays_away(page: Page, site: Site) -> None:
    """The same tab, but for longer than its session is kept."""
    await page.goto("about:blank")

    async def ended() -> bool:
        return (await site.get("/counts"))["sessions"] == 1

    await eventually(ended)
    await page.goto(site.url)
    await sees(page, "Disconnected")
    await expect(page.get_by_text("3+3 is 6.")).to_have_count(0)
    await write(page, "What is 5+5?")
    await sees(page, "5+5 is 10.")
    await page.get_by_role("button", name="Disconnect").click()
    await sees(page, "Disconnected")


async def talked(site: Site) -> int:
    """In how many sessions something was said."""
    return sum(map(bool, (await site.get("/counts"))["said"]))


async def nobody_is_left(site: Site) -> None:
    async def empty() -> bool:
        counts = await site.get("/counts")
        return not any(counts[name] for name in ("sessions", "tasks", "subscribers", "bridges"))

    await eventually(empty)


async def test_conversations_in_a_browser() -> None:
    """Typing, streaming, a tool with approval, interrupting; navigation and a reload keep the conversation, a second
    visitor has another, who stays away begins anew, and closed tabs leave nothing."""
    async with serving() as site:
        await they_converse(site)


async def test_conversations_with_redis() -> None:
    """All of that is so where Reflex keeps its states in Redis."""
    async with redis() as url, serving(REFLEX_REDIS_URL=url) as site:
        await they_converse(site)


async def they_converse(site: Site) -> None:
    async with visitor(site) as first, visitor(site) as second:
        await sees(first, "Disconnected")
        await write(first, "What is 2+2?")
        await sees(first, "2+2 is 4.")
        await expect(first.get_by_text("What is 2+2?", exact=True)).to_have_count(1)
        await asks_for_pizza(first)
        await interrupts(first)
        await goes_and_comes_back(first)
        await reloads(first)
        assert await talked(site) == 1
        await expect(second.get_by_text("2+2 is 4.")).to_have_count(0)
        await write(second, "What is 3+3?")
        await sees(second, "3+3 is 6.")
        assert await talked(site) == 2
        await stays_away(second, site)
    await nobody_is_left(site)
