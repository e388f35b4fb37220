"""The demo in a real Chromium: typing, streaming, tools, reloading, a second visitor, a closed tab."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.bindings.browser import Site, eventually, serving

SERVER = "tests.frameworks.panel_binding.serve"

pytestmark = pytest.mark.browser


@asynccontextmanager
async def visit(site: Site) -> AsyncIterator[Page]:
    """A visitor of the demo, on whose page nothing may fail."""
    context = await site.browser.new_context(viewport={"width": 1100, "height": 800})
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(site.url)
    await box(page).wait_for()
    yield page
    await context.close()
    assert errors == []


def box(page: Page) -> Any:
    return page.get_by_placeholder("Write a message")


async def write(page: Page, text: str) -> None:
    await box(page).fill(text)
    await box(page).press("Enter")


async def sees(page: Page, text: str) -> None:
    await expect(page.get_by_text(text).first).to_be_visible(timeout=20_000)


async def nobody_is_left(site: Site) -> None:
    async def empty() -> bool:
        return (await site.get("/counts"))["sessions"] == 0

    await eventually(empty)


async def test_a_conversation_in_a_browser() -> None:
    """What is written is answered word by word, a tool runs once it is allowed, and what is interrupted says so."""
    async with serving(SERVER) as site, visit(site) as page:
        await sees(page, "Disconnected")
        await write(page, "What is 2+2?")
        await sees(page, "2+2 is 4.")
        await expect(page.get_by_text("What is 2+2?", exact=True)).to_have_count(1)
        await sees(page, "Connected")
        await write(page, "Order a pizza")
        await sees(page, "waits for your approval")
        await page.get_by_role("button", name="Allow").click()
        await sees(page, "Order pizza: A pizza with mushrooms is on its way (sample data).")
        await write(page, "Count to two hundred")
        await sees(page, "1, 2, 3")
        await page.get_by_role("button", name="Interrupt").click()
        await sees(page, "Interrupted")


async def test_visitors_in_browsers_are_apart() -> None:
    """A second visitor sees nothing of the first, a reload goes on where it was, and closed tabs leave nothing."""
    async with serving(SERVER) as site:
        async with visit(site) as first, visit(site) as second:
            await write(first, "What is 2+2?")
            await sees(first, "2+2 is 4.")
            await write(second, "What is 3+3?")
            await sees(second, "3+3 is 6.")
            await expect(second.get_by_text("2+2 is 4.")).to_have_count(0)
            await first.reload()
            await sees(first, "2+2 is 4.")
            await write(first, "What is 4+4?")
            await sees(first, "4+4 is 8.")
            assert (await site.get("/counts"))["sessions"] == 2
        await nobody_is_left(site)
        assert await site.get("/counts") == {"sessions": 0, "said": [], "tasks": 0, "bridges": 0}


async def test_a_tab_that_is_duplicated_begins_anew() -> None:
    """Another tab with a copy of the first one's storage has a conversation of its own, and takes none away."""
    async with serving(SERVER) as site, visit(site) as first:
        await write(first, "What is 2+2?")
        await sees(first, "2+2 is 4.")
        async with first.expect_popup() as opened:
            await first.evaluate("window.open(location.href)")
        second = await opened.value
        await box(second).wait_for()
        await expect(second.get_by_text("Disconnected")).to_have_count(1)
        await write(second, "What is 3+3?")
        await sees(second, "3+3 is 6.")
        await expect(second.get_by_text("2+2 is 4.")).to_have_count(0)
        await first.reload()
        await sees(first, "2+2 is 4.")
