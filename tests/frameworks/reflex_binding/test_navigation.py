"""The contract's app, spoken with on two of its pages."""

import sys
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bindings.contract.guests import App, Guest
from tests.bindings.contract.serving import reflex
from tests.bindings.listening import EAR, beeps, written

pytestmark = pytest.mark.browser

NOWHERE = "http://127.0.0.1:9"


async def test_sound_goes_on_through_navigation(tmp_path: Path) -> None:
    """On another page of the app, and back on the first, the visitor is heard on, with the sound that the page began
    with."""
    path = written(tmp_path / "beeps.wav", beeps())
    async with (
        reflex(sys.executable, NOWHERE) as site,
        App("reflex", site).heard(path, loop=True) as app,
        app.visit("/voice", script=EAR) as guest,
    ):
        await guest.presses("Talk")
        await app.hears(guest)
        began = await guest.page.evaluate("heard[0].at")
        for name in ("Elsewhere", "Back"):
            await goes(guest, name)
            await expect(guest.button("Stop talking")).to_be_visible()
            await app.hears(guest)
        assert await guest.page.evaluate("heard[0].at") == began
        assert len(guest.sockets) == 2, "the page's and the sound's"


async def goes(guest: Guest, name: str) -> None:
    before = guest.page.url
    await guest.page.get_by_role("link", name=name).click()
    await guest.page.wait_for_url(lambda url: url != before)
