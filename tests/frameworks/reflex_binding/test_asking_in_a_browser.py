"""What a page asks for and what its app says, in a real Chromium."""

from itertools import count
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from tests.bindings.browser import Site, eventually

from .serving import CONFIG, redis, serving

pytestmark = pytest.mark.browser

APP = Path(__file__).with_name("asking_app")
SETTINGS = {"config": CONFIG.replace("reflex_chat", "asking_app"), "name": "asking"}
READY = "Object.keys(document.querySelector('button') ?? {}).some((key) => key.startsWith('__reactProps'))"


async def fetched(site: Site) -> str:
    """The page, as something gets it that runs no script."""
    async with ClientSession() as client, client.get(site.url) as response:
        return await response.text()


async def presses(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def sees(page: Page, words: str) -> None:
    await expect(page.get_by_text(words, exact=True)).to_be_visible()


async def is_answered(page: Page) -> None:
    """The words that are being said are shown while they are, and what they cost when they were."""
    pending = page.locator("#pending")
    await presses(page, "Ask")
    await expect(pending).to_contain_text("1, 2, 3")
    await presses(page, "Stop")
    await expect(pending).to_be_empty()
    await sees(page, "2 messages")
    await presses(page, "Ask on")
    await sees(page, "3 messages")
    await expect(page.get_by_text(" tokens")).not_to_have_text("0 tokens")


async def is_set_up(page: Page) -> None:
    """What the app sets in a handler is so in the session of this tab."""
    await presses(page, "Be kind")
    await presses(page, "Look")
    await expect(page.locator("#told")).to_have_text("1 Be kind.")


async def begins_anew(page: Page) -> None:
    """What was given up is not lost: the page, which has sound, gets another conversation, and nothing went wrong."""
    await presses(page, "Forget")
    await sees(page, "0 messages")
    await sees(page, "Connected")
    await expect(page.locator("#error")).to_be_empty()


async def test_a_page_of_ones_own() -> None:
    """A page is dialled for when it is in a browser, not when it is only fetched; it follows what is being said, its
    app's handlers change its session, nonsense changes nothing, and after ``destroy`` it has another conversation."""
    async with serving(APP, **SETTINGS) as site:
        assert "<html" in await fetched(site)
        assert (await site.get("/counts"))["sessions"] == 0
        async with site.visit(ready=READY) as visitor:
            await sees(visitor.page, "Connected")
            await presses(visitor.page, "Nonsense")
            await is_answered(visitor.page)
            await is_set_up(visitor.page)
            await begins_anew(visitor.page)
            assert (await site.get("/counts"))["sessions"] == 1

        async def nobody_is_left() -> bool:
            return (await site.get("/counts"))["sessions"] == 0

        await eventually(nobody_is_left)


async def comes_to(page: Page, told: str) -> None:
    """Load the page until it comes to a worker whose handler sees this of the session."""
    for look in count(int((await page.locator("#told").inner_text()).split()[0]) + 1):
        await page.reload()
        await page.wait_for_function(READY)
        await presses(page, "Look")
        await expect(page.locator("#told")).to_contain_text(f"{look} ")
        if await page.locator("#told").inner_text() == f"{look} {told}":
            return


async def test_another_worker_has_the_session() -> None:
    """What a handler awaits is done to the session also where another worker has it; it sees none there itself."""
    async with (
        redis() as url,
        serving(APP, **SETTINGS, REFLEX_REDIS_URL=url, GRANIAN_WORKERS="3") as site,
        site.visit(ready=READY) as visitor,
    ):
        await sees(visitor.page, "Connected")
        await comes_to(visitor.page, "elsewhere")
        await presses(visitor.page, "Be kind")
        await comes_to(visitor.page, "Be kind.")
