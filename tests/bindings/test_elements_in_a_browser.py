"""The elements in a real browser: what only a browser can show."""

import pytest

from .browser import Site
from .serve import BURST, HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

COUNT_UPDATES = """
window.updates = 0;
new MutationObserver((changes) => {
  if (changes.some((change) => change.target.parentElement?.closest(".rt-text"))) window.updates += 1;
}).observe(document, { subtree: true, characterData: true, childList: true });
"""


async def test_hostile_text_stays_text(pages: Site) -> None:
    """Markup in a message runs no script, loads nothing from elsewhere and is shown as it was written."""
    async with pages.visit("/hostile") as visitor:
        await visitor.sees("<img src=x", ".rt-markdown")
        await visitor.sees("<img src=x", ".rt-user .rt-text")
        (said,) = await visitor.texts(".rt-user .rt-text")
        assert said == HOSTILE
        assert await visitor.page.evaluate("window.hacked") is None
        assert await visitor.page.locator(".rt-message img, .rt-message script").count() == 0
        assert await visitor.page.locator(".rt-markdown strong").inner_text() == "bold"
        links = await visitor.page.locator(".rt-markdown a").evaluate_all("all => all.map((a) => a.protocol)")
        assert "javascript:" not in links


async def test_a_thousand_deltas_a_second(pages: Site) -> None:
    """At a thousand deltas a second the page is updated at most some thirty times a second, and ends exact."""
    async with pages.visit("/burst", script=COUNT_UPDATES) as visitor:
        await visitor.sees("Connected", ".rt-badge")
        await visitor.page.get_by_role("button", name="Go").click()
        await visitor.page.locator(".rt-markdown").wait_for()
        assert await visitor.page.locator(".rt-markdown").inner_text() == BURST
        assert 5 < await visitor.page.evaluate("window.updates") < 150
        assert await visitor.page.locator(".rt-event").count() <= 200
        await visitor.sees("500 of 500", ".rt-events-count")
