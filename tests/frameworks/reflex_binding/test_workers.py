"""The example with several workers, which have their states and each other's tabs in Redis."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.bindings.browser import Site, eventually
from tests.bindings.contract.guests import App, Guest
from tests.bindings.listening import microphone, written
from tests.local.spoken import say, silence

from .serving import redis, serving
from .test_browser import asks_for_pizza

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WORKERS = 3
LOOKS = 20
"""So often is a worker asked to have met each, as good as certainly."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    path = written(
        tmp_path_factory.mktemp("voice") / "spoken.wav", silence(1_000) + say("Count to three") + silence(60_000)
    )
    async with (
        redis() as url,
        serving(REFLEX_REDIS_URL=url, GRANIAN_WORKERS=str(WORKERS)) as site,
        site.seen_by(*microphone(path)) as site,
    ):
        yield site


async def workers(site: Site) -> dict[int, dict[str, Any]]:
    """What each worker tells of itself, by its process."""
    told = await asyncio.gather(*(site.get("/worker") for _ in range(LOOKS)))
    return {each["process"]: each for each in told}


async def talks(site: Site) -> list[list[str]]:
    """What was said in each session in which something was."""
    return [said for each in (await workers(site)).values() for said in each["said"] if said]


async def owner(site: Site, words: str) -> int:
    """The process that has the session in which that was said."""
    found: list[int] = []

    async def look() -> bool:
        found.extend(
            process for process, told in (await workers(site)).items() if any(words in said for said in told["said"])
        )
        return bool(found)

    await eventually(look)
    return found[0]


async def test_a_tab_has_one_session_in_whatever_worker(site: Site) -> None:
    """Several tabs type, allow a tool, reload and go on: each has one session, and workers other than those that have
    the sockets do what is asked."""
    app = App("reflex", site)
    async with app.visit() as first, app.visit() as second, app.visit() as third:
        guests = (first, second, third)
        for number, guest in enumerate(guests, 1):
            await guest.says(f"What is {number}+2?")
            await guest.sees(guest.answers, f"{number}+2 is {number + 2}.")
            await expect(guest.own).to_have_count(1)
        await asks_for_pizza(first)
        for guest in guests:  # comes to any worker
            for _ in range(3):
                await guest.page.reload()
                await guest.sees(guest.status, "Connected")
        await second.says("What is 4+4?")
        await second.sees(second.answers, "4+4 is 8.")
        await second.sees(second.answers.first, "2+2 is 4.")
        assert [text for said in await talks(site) for text in said].count("What is 4+4?") == 1
        assert len(await talks(site)) == len(guests)

    async def nobody_is_left() -> bool:
        return not any(each["sessions"] or each["bridges"] for each in (await workers(site)).values())

    await eventually(nobody_is_left)


async def presses(guest: Guest, until: str) -> None:
    """Click on the microphone's button, which comes to be called so."""
    await guest.page.locator("realtime-rx-microphone button").click()
    await expect(guest.button(until, exact=True)).to_be_visible()  # "Talk" is in "Stop talking", too


async def test_sound_finds_its_worker(site: Site) -> None:
    """A page's sound socket comes to the worker that has the session, with every reload, and its visitor is heard."""
    async with App("reflex", site).visit() as guest:
        for _ in range(3):
            await guest.page.reload()
            await presses(guest, "Stop talking")
            await guest.sees(guest.status, "Listening")
            await presses(guest, "Talk")
        await presses(guest, "Stop talking")
        await guest.sees(guest.answers, "1, 2, 3.")


async def test_a_lost_worker_is_noticed(site: Site) -> None:
    """Where the worker that has a session is killed, its page says that the conversation is lost and begins anew; the
    tabs of other workers notice nothing."""
    async with App("reflex", site).visit() as lost:
        await lost.says("What is 6+1?")
        await lost.sees(lost.answers, "6+1 is 7.")
        os.kill(await owner(site, "6+1 is 7."), signal.SIGKILL)
        await lost.sees_on_the_page("This conversation was lost")
        await lost.sees(lost.status, "Disconnected")
        await expect(lost.answers).to_have_count(0)
        await lost.says("What is 7+1?")
        await lost.sees(lost.answers, "7+1 is 8.")
        await expect(lost.page.get_by_text("This conversation was lost")).to_have_count(0)
