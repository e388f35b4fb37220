"""The example, built and served, in a real Chromium: its pages, and its states in memory and in Redis."""

import pytest
from playwright.async_api import expect

from tests.bindings.browser import Site, eventually
from tests.bindings.contract.guests import App, Guest

from .serving import redis, serving

pytestmark = pytest.mark.browser


async def asks_for_pizza(guest: Guest) -> None:
    await guest.presses("Order a pizza")
    await expect(guest.call("order_pizza waits for your approval")).to_be_visible()
    await guest.presses("Allow")
    await guest.sees(guest.answers, "A pizza with mushrooms is on its way")


async def interrupts(guest: Guest) -> None:
    await guest.says("Count to two hundred")
    await guest.sees(guest.answers, "1, 2, 3")
    await guest.presses("Interrupt")
    await guest.sees(guest.answers, "Interrupted")


async def goes_and_comes_back(guest: Guest) -> None:
    await guest.page.get_by_role("link", name="About").click()
    await guest.sees_on_the_page("Suggestions taken: 1")
    await guest.sees(guest.status, "Connected")
    await guest.page.get_by_role("link", name="Back to the chat").click()
    await guest.sees(guest.answers.first, "2+2 is 4.")


async def reloads(guest: Guest) -> None:
    await guest.page.reload()
    await guest.sees(guest.answers.first, "2+2 is 4.")
    await guest.sees(guest.status, "Connected")
    await guest.says("What is 4+4?")
    await guest.sees(guest.answers, "4+4 is 8.")


async def stays_away(guest: Guest, app: App) -> None:
    """The same tab, but for longer than its session is kept."""
    place = guest.page.url
    await guest.page.goto("about:blank")

    async def ended() -> bool:
        return (await app.site.get("/counts"))["sessions"] == 1

    await eventually(ended)
    await guest.page.goto(place)
    await guest.sees(guest.status, "Disconnected")
    await expect(guest.answers).to_have_count(0)
    await guest.says("What is 5+5?")
    await guest.sees(guest.answers, "5+5 is 10.")
    await guest.presses("Disconnect")
    await guest.sees(guest.status, "Disconnected")


async def without_its_script(site: Site) -> None:
    """Words of a conversation in an address would be in logs and histories."""
    context = await site.browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(site.url)
    box = page.get_by_role("textbox")
    await box.fill("My name is Ada")
    await box.press("Enter")
    await page.get_by_role("button", name="Send").click()
    assert page.url.rstrip("/") == site.url
    await expect(box).to_have_value("My name is Ada")
    await context.close()


async def talked(app: App) -> int:
    """In how many sessions something was said."""
    return sum(map(bool, (await app.site.get("/worker"))["said"]))


async def test_conversations_in_a_browser() -> None:
    """A conversation goes along to another page of the app and back; a second visitor has another, who stays away
    begins anew, and closed tabs leave nothing; and on a page whose script is not there yet words stay in their box."""
    async with serving() as site:
        await they_converse(App("reflex", site))
        await without_its_script(site)


async def test_conversations_with_redis() -> None:
    """All of that is so where Reflex keeps its states in Redis."""
    async with redis() as url, serving(REFLEX_REDIS_URL=url) as site:
        await they_converse(App("reflex", site))


async def they_converse(app: App) -> None:
    async with app.visit() as first, app.visit() as second:
        await first.says("What is 2+2?")
        await first.sees(first.answers, "2+2 is 4.")
        await expect(first.own).to_have_count(1)
        await asks_for_pizza(first)
        await interrupts(first)
        await goes_and_comes_back(first)
        await reloads(first)
        assert await talked(app) == 1
        await expect(second.answers).to_have_count(0)
        await second.says("What is 3+3?")
        await second.sees(second.answers, "3+3 is 6.")
        assert await talked(app) == 2
        await stays_away(second, app)
    await app.nobody_is_left()
