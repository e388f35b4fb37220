"""Who comes to an app, and what they see and do: by roles and names alone, so the same in every framework."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import time
from typing import Any

from playwright.async_api import Locator, Page, WebSocket, expect

from ..browser import Site, eventually
from ..listening import BEEP_S, microphone
from .inside import Log

READY = {
    "nicegui": "window.did_handshake",
    "panel": "window.Bokeh?.documents.length",
    "reflex": "Object.keys(document.querySelector('form') ?? {}).some((key) => key.startsWith('__reactProps'))",
}
"""What is so on a page that hears what its visitor does."""
CHUNKS = 5
"""What was under way when it was asked for is among the first of them."""
PAUSE_S = 0.35
"""Longer than a voice pauses between two words."""
DENYING = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
"""Flags for a Chromium that has a microphone and lets no page hear it."""


@dataclass
class Guest:
    """A visitor's page, the sockets that it has opened, and when they came, in seconds since the epoch."""

    page: Page
    sockets: list[WebSocket] = field(default_factory=list[WebSocket])
    came: float = field(default_factory=time)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def status(self) -> Locator:
        """Whether they are connected: an element of the sound that has something to say comes after it."""
        return self.page.get_by_role("status").first

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    @property
    def answers(self) -> Locator:
        return self.log.get_by_role("article", name="Assistant")

    @property
    def own(self) -> Locator:
        """What they said."""
        return self.log.get_by_role("article", name="You")

    def call(self, title: str) -> Locator:
        """A tool call of which this is to be said."""
        return self.log.get_by_role("group", name=title)

    def button(self, name: str, **state: bool) -> Locator:
        return self.page.get_by_role("button", name=name, **state)

    @property
    def box(self) -> Locator:
        """Where they write."""
        return self.page.get_by_role("textbox", name="Write a message")

    async def says(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def presses(self, name: str) -> None:
        await self.button(name).first.click()

    async def sees(self, where: Locator, text: str) -> None:
        """The last one there is comes to say this."""
        await expect(where.last).to_contain_text(text)

    async def sees_on_the_page(self, text: str) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()


@dataclass
class App:
    """One of the apps, served."""

    framework: str
    site: Site

    @asynccontextmanager
    async def visit(self, path: str = "/", *, script: str = "") -> AsyncIterator[Guest]:
        async with self.site.visit(path, script=script, ready=READY[self.framework]) as visitor:
            guest = Guest(visitor.page, visitor.sockets)
            await expect(guest.status).to_contain_text("Disconnected")
            yield guest

    async def opened(self, page: Page) -> Guest:
        """The visitor of a page that another one opened."""
        await page.wait_for_function(READY[self.framework])
        return Guest(page)

    @asynccontextmanager
    async def seen_by(self, *flags: str) -> AsyncIterator["App"]:
        """The same, for visitors with a Chromium that is started with these flags as well."""
        async with self.site.seen_by(*flags) as site:
            yield App(self.framework, site)

    def heard(self, sound: Path, *, loop: bool = False) -> AbstractAsyncContextManager["App"]:
        """The same, for visitors whose microphone hears this file."""
        return self.seen_by(*microphone(sound, loop=loop))

    async def log(self, guest: Guest) -> dict[str, Any]:
        """What went over the latest connection that was made since this visitor came."""
        logs = [log for log in await self.site.get("/logs") if log["began"] >= guest.came]
        return max(logs, key=lambda log: log["began"], default=asdict(Log()))

    async def hears(self, guest: Guest) -> None:
        """Wait until more that is loud comes from their microphone."""
        before = (await self.log(guest))["louds"]

        async def so() -> bool:
            return (await self.log(guest))["louds"] > before + CHUNKS

        await eventually(so)

    async def hears_silence(self, guest: Guest) -> None:
        """Wait until what comes from their microphone has been nothing but zeros for a while."""

        async def so() -> bool:
            log = await self.log(guest)
            return log["loud"] == 0 and log["pause_s"] > 2 * BEEP_S

        await eventually(so)

    async def has_said_it(self, guest: Guest) -> None:
        """Wait until a visitor who talked is quiet again."""

        async def so() -> bool:
            log = await self.log(guest)
            return log["louds"] and log["pause_s"] > PAUSE_S

        await eventually(so)

    async def nobody_is_left(self) -> None:
        """Wait until nothing is left of any visitor but the library's one thread."""

        counts: dict[str, int] = {}

        async def so() -> bool:
            counts.update(await self.site.get("/counts"))
            return counts["threads"] <= 1 and not any(count for kind, count in counts.items() if kind != "threads")

        try:
            await eventually(so)
        except TimeoutError:
            raise AssertionError(f"there is still: {counts}") from None
