"""The example while it is being developed: its pages from one server, its states from another, both of which look for
changes."""

import asyncio
import re
import sys
from asyncio.subprocess import STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bindings.browser import ROOT, Site, browsing, environment, free_port
from tests.bindings.contract.guests import App
from tests.bindings.listening import microphone, written
from tests.local.spoken import say, silence

from .serving import BUILD_S, CACHE, EXAMPLE, alone, copy, end, said

pytestmark = pytest.mark.browser

HOME = CACHE / Path(sys.prefix).name / "developed"
IS_READY = re.compile("idle|waiting")
REBUILD_MS = 60_000


@asynccontextmanager
async def developing(*flags: str) -> AsyncIterator[Site]:
    """The example's pages, and a browser that is started with these flags as well."""
    copy(EXAMPLE, HOME)
    log = HOME / "server.log"
    pages, states = free_port(), free_port()
    ports = ("--frontend-port", str(pages), "--backend-port", str(states), "--backend-host", "127.0.0.1")
    command = (str(ROOT / "tools" / "reflex"), sys.prefix, str(HOME), "run", "--env", "dev", *ports)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment(), stdout=output.fileno(), stderr=STDOUT, start_new_session=True
        )
    try:
        async with asyncio.timeout(BUILD_S):
            while "Backend running at" not in said(log):
                assert process.returncode is None, said(log)
                await asyncio.sleep(0.2)
        async with browsing(*flags) as browser:
            yield Site(f"http://localhost:{pages}", process, browser)
    finally:
        await end(process)


async def test_a_changed_app_begins_anew(tmp_path: Path) -> None:
    """A page whose sound comes from another port than itself is spoken with; when the app's program is changed its
    conversation ends, the page says so, and the next one begins without a reload."""
    spoken = written(tmp_path / "spoken.wav", silence(1_500) + say("Count to three") + silence(60_000))
    async with alone(HOME), developing(*microphone(spoken)) as site, App("reflex", site).visit() as guest:
        button = guest.page.locator("realtime-rx-microphone")
        await expect(button).to_have_attribute("data-phase", IS_READY)
        await button.get_by_role("button").click()
        await guest.sees(guest.answers, "1, 2, 3")
        program = HOME / "reflex_chat" / "reflex_chat.py"
        program.write_text(program.read_text("utf-8").replace('"About", href', '"Something else", href'), "utf-8")
        await expect(guest.page.get_by_text("Something else")).to_be_visible(timeout=REBUILD_MS)
        await guest.sees_on_the_page("This conversation was lost")
        await expect(guest.answers).to_have_count(0)
        await expect(button).to_have_attribute("data-phase", IS_READY)
        await guest.says("What is 2+2?")
        await guest.sees(guest.answers, "2+2 is 4.")
