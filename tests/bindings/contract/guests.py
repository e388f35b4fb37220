"""Who comes to an app, and what they see and do: by roles and names alone, so the same in every framework."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from ..browser import DEADLINE, Site, eventually
from ..listening import microphone

READY = {
    "nicegui": "window.did_handshake",
    "panel": "window.Bokeh?.documents.length",
    "reflex": "document.querySelector('form')",
}
"""What is so on a page that hears what its visitor does."""
MISSED = {"panel": ("cdn.holoviz.org", "cdn.jsdelivr.net")}
"""Where a framework looks for its own style sheets and icons."""
PATIENCE_MS = 1_000 * DEADLINE


@dataclass
class Guest:
    """A visitor's page."""

    page: Page

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def status(self) -> Locator:
        return self.page.get_by_role("status")

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

    async def says(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Write a message")
        await box.fill(text)
        await box.press("Enter")

    async def presses(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).first.click()

    async def sees(self, where: Locator, text: str) -> None:
        """The last one there is comes to say this."""
        await expect(where.last).to_contain_text(text, timeout=PATIENCE_MS)

    async def sees_on_the_page(self, text: str) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)


@dataclass
class App:
    """One of the apps, served."""

    framework: str
    site: Site

    @asynccontextmanager
    async def visit(self, path: str = "/", *, script: str = "") -> AsyncIterator[Guest]:
        framework = {"ready": READY[self.framework], "missed": MISSED.get(self.framework, ())}
        async with self.site.visit(path, script=script, **framework) as visitor:
            visitor.page.set_default_timeout(PATIENCE_MS)
            guest = Guest(visitor.page)
            await expect(guest.status).to_contain_text("Disconnected", timeout=PATIENCE_MS)
            yield guest

    @asynccontextmanager
    async def heard(self, sound: Path, *, loop: bool = False) -> AsyncIterator["App"]:
        """The same, for visitors whose microphone hears this file."""
        async with self.site.seen_by(*microphone(sound, loop=loop)) as site:
            yield App(self.framework, site)

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
