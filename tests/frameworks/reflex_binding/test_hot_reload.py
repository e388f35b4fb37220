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

from tests.bindings.browser import ROOT, browsing, environment, free_port
from tests.bindings.listening import microphone, written
from tests.local.spoken import say, silence

from .serving import BUILD_S, CACHE, EXAMPLE, alone, copy, end, said

pytestmark = pytest.mark.browser

HOME = CACHE / Path(sys.prefix).name / "developed"


@asynccontextmanager
async def developing() -> AsyncIterator[str]:
    """The address of the example's pages."""
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
        yield f"http://localhost:{pages}"
    finally:
        await end(process)


async def test_a_changed_app_begins_anew(tmp_path: Path) -> None:
    """A page whose sound comes from another port than itself is spoken with; when the app's program is changed its
    conversation ends, the page says so, and the next one begins without a reload."""
    spoken = written(tmp_path / "spoken.wav", silence(1_500) + say("Count to three") + silence(60_000))
    async with alone(HOME), developing() as url, browsing(*microphone(spoken)) as browser:
        page = await browser.new_page()
        await page.goto(url)
        button = page.locator("realtime-rx-microphone")
        await expect(button).to_have_attribute("data-phase", re.compile("idle|waiting"), timeout=60_000)
        await button.get_by_role("button").click()
        await expect(page.get_by_text("1, 2, 3")).to_be_visible(timeout=20_000)
        program = HOME / "reflex_chat" / "reflex_chat.py"
        program.write_text(program.read_text("utf-8").replace('"About", href', '"Something else", href'), "utf-8")
        await expect(page.get_by_text("Something else")).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("This conversation was lost")).to_be_visible(timeout=20_000)
        await expect(page.get_by_text("1, 2, 3")).to_have_count(0)
        await expect(button).to_have_attribute("data-phase", re.compile("idle|waiting"), timeout=20_000)
        await page.get_by_placeholder("Write a message").fill("What is 2+2?")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("2+2 is 4.")).to_be_visible(timeout=20_000)
