"""What a visitor may do about a page's sound, in every framework: in a Chromium whose microphone hears beeps."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from ..listening import EAR, beeps, microphone, written
from .guests import DENYING, App

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SOUNDS = "heard.some(({ samples }) => samples.some((sample) => sample !== 0))"
LISTENS = "heard.length > 0"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def beeped_at(app: App, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    """The app, for visitors whose microphones hear beeps, for ever."""
    path = written(tmp_path_factory.mktemp("beeps") / "beeps.wav", beeps())
    async with app.seen_by(*microphone(path, loop=True)) as beeped_at:
        yield beeped_at


async def test_a_muted_microphone_is_silent(beeped_at: App) -> None:
    """A muted microphone sends silence, and says so; it is heard again when it is unmuted, and no more when the visitor
    stops talking."""
    async with beeped_at.visit("/voice") as guest:
        await guest.presses("Talk")
        await beeped_at.hears(guest)
        await guest.presses("Mute the microphone")
        await guest.sees_on_the_page("The microphone is muted")
        await beeped_at.hears_silence(guest)
        await guest.presses("Mute the microphone")
        await beeped_at.hears(guest)
        await guest.presses("Stop talking")
        await expect(guest.button("Talk", pressed=False)).to_be_visible()


async def test_a_reload_goes_on_talking(beeped_at: App) -> None:
    """After a reload the same session hears the visitor again and sounds, without a click."""
    async with beeped_at.visit("/voice", script=EAR) as guest:
        await guest.presses("Talk")
        await guest.says("Count to thirty")
        await guest.sees(guest.answers, "1, 2, 3,")
        await beeped_at.hears(guest)
        before = await beeped_at.log(guest)
        await guest.page.reload()
        await expect(guest.button("Stop talking")).to_be_visible()
        await expect(guest.own).not_to_have_count(0)
        await guest.sees(guest.status, "Connected")
        await beeped_at.hears(guest)
        await guest.page.wait_for_function(SOUNDS)
        assert (await beeped_at.log(guest))["session_id"] == before["session_id"]


async def test_a_second_visitor_hears_nothing(beeped_at: App) -> None:
    """What one visitor is told is heard on their page alone, though another one's page sounds, too."""
    async with beeped_at.visit("/voice", script=EAR) as one, beeped_at.visit("/voice", script=EAR) as two:
        for guest in (one, two):
            await guest.presses("Sound")
            await guest.page.wait_for_function(LISTENS)
        await one.says("Count to three")
        await one.sees(one.answers, "1, 2, 3.")
        await one.page.wait_for_function(SOUNDS)
        assert not await two.page.evaluate(SOUNDS)
        await expect(two.log.get_by_role("article")).to_have_count(0)


async def test_the_menu_of_sound_stays_open(beeped_at: App) -> None:
    """A click inside of the menu, wherever a framework puts that, changes what it says; one outside closes it."""
    async with beeped_at.visit("/voice") as guest:
        await guest.presses("Talk")
        await expect(guest.button("Stop talking", pressed=True)).to_be_visible()
        await guest.presses("Sound settings")
        echo = guest.page.get_by_role("checkbox", name="Cancel echo")
        await echo.click()
        await expect(echo).not_to_be_checked()
        await guest.box.click()
        await expect(echo).to_have_count(0)


async def test_a_denied_microphone_says_what_to_do(app: App) -> None:
    """Who denies the microphone is told how to allow it, goes on in writing, and still hears the answers."""
    async with app.seen_by(*DENYING) as denying, denying.visit("/voice", script=EAR) as guest:
        await guest.presses("Talk")
        await guest.sees_on_the_page("The microphone was denied: allow it in the browser's settings")
        await guest.says("Hello")
        await guest.sees(guest.answers, "What can I do for you?")
        await guest.page.wait_for_function(SOUNDS)
