"""``python -m realtime_rx_panel``, as a visitor meets it."""

import pytest
from playwright.async_api import expect

from tests.bindings.browser import serving
from tests.bindings.contract.guests import App

pytestmark = pytest.mark.browser


async def test_the_demo_talks() -> None:
    """A suggestion is asked by a click, its tool runs once it is allowed, and one may choose to hold the button."""
    async with serving("realtime_rx_panel", "--no-browser") as site, App("panel", site).visit() as guest:
        await guest.presses("Order a pizza")
        await expect(guest.call("order_pizza waits for your approval")).to_be_visible()
        await guest.presses("Allow")
        await guest.sees(guest.answers, "Order pizza: A pizza with mushrooms is on its way (sample data).")
        await guest.sees(guest.status, "Connected")
        push_to_talk = guest.page.get_by_role("checkbox", name="Push to talk")
        await push_to_talk.click()
        await expect(guest.button("Hold to talk")).to_be_visible()
        await push_to_talk.click()
        await expect(guest.button("Talk").first).to_be_visible()
        await guest.presses("Disconnect")
        await guest.sees(guest.status, "Disconnected")
