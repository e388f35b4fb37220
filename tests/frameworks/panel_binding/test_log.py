"""A box that stays at its end: realtime_rx_panel.log."""

import pytest
from playwright.async_api import Page, expect

from tests.bindings.browser import serving
from tests.bindings.contract.guests import App

pytestmark = pytest.mark.browser

OVERFLOWS = "box => box.scrollHeight > box.clientHeight + 200"
AT_ITS_END = "box => Math.abs(box.scrollHeight - box.clientHeight - box.scrollTop) < 2"


async def comes(page: Page, condition: str) -> None:
    """It comes to hold of the conversation's box."""
    box = await page.get_by_role("log").element_handle()
    await page.wait_for_function(condition, arg=box)


async def test_a_growing_conversation_shows_its_end_until_one_scrolls_up() -> None:
    """The page follows what is said without a word to the server, leaves a reader where they are, and takes them back
    by a button."""
    async with serving("realtime_rx_panel", "--no-browser") as site, App("panel", site).visit() as guest:
        said: list[str] = []
        for socket in guest.sockets:
            socket.on("framesent", lambda frame: said.append(str(frame)))
        for times in range(1, 4):
            await guest.says("Count to one hundred")
            await expect(guest.answers).to_have_count(times)
            await guest.sees(guest.answers, "99, 100.")
        await comes(guest.page, OVERFLOWS)
        await comes(guest.page, AT_ITS_END)
        jump = guest.button("Go to the latest message")
        await expect(jump).to_be_hidden()
        await guest.log.hover()
        await guest.page.mouse.wheel(0, -5_000)
        await expect(jump).to_be_visible()
        await guest.says("Count to five")
        await guest.sees(guest.answers, "1, 2, 3, 4, 5.")
        assert await guest.log.evaluate("box => box.scrollTop") == 0
        await jump.click()
        await comes(guest.page, AT_ITS_END)
        await expect(jump).to_be_hidden()
        assert "Count to one hundred" in "".join(said)
        assert "scroll_position" not in "".join(said)
