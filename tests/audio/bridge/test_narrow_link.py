"""A visitor whose network carries 1 Mbit/s."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from playwright.async_api import Page

from realtime_rx.audio.bridge import outbox
from tests.audio.bridge.narrow import narrow
from tests.audio.bridge.site import RATE, Site, becomes, serving, start
from tests.audio.fakes import Listener

pytestmark = pytest.mark.browser

NOISE = (6_000 * np.random.default_rng(1).normal(size=8 * RATE).clip(-4, 4)).astype("<i2").tobytes()
"""Nothing between server and page can make this smaller."""
LOUDNESS = """(() => {
    const wave = new Float32Array(2048);
    bridge.outputAnalyser.getFloatTimeDomainData(wave);
    return Math.max(...wave.subarray(1920).map(Math.abs));
})()"""


async def flushed(site: Site, page: Page, part: str, heard_s: float) -> float:
    """How long, in milliseconds, a page goes on sounding that is told to be silent once so much was heard."""
    listener = Listener()
    await site.bridge.speaker.open(listener)
    site.bridge.speaker.play(part, 0, NOISE)
    await listener.until(lambda told: bool(told.played) and told.played[-1][2] > heard_s * RATE)
    assert await page.evaluate(LOUDNESS) > 0.1
    began = perf_counter()
    site.bridge.speaker.flush()
    await page.wait_for_function(f"{LOUDNESS} === 0", polling=2)
    took = 1_000 * (perf_counter() - began)
    await listener.until(lambda told: told.drained)
    return took


async def measured(*heard_s: float) -> list[float]:
    async with serving() as site, narrow(site.url, 1_000_000) as site.url, site.page() as page:
        await start(page, listening=False)
        await becomes(lambda: site.bridge.speaker.state == "live")
        return [await flushed(site, page, str(number), seconds) for number, seconds in enumerate(heard_s)]


async def test_a_flush_is_quick_on_a_narrow_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """On 1 Mbit/s a flush is silence within 100 ms, when a reply begins and later; unpaced it takes far longer."""
    paced = await measured(1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
    later, first = np.median(paced[:3]), np.median(paced[3:])
    monkeypatch.setattr(outbox, "LEAD_MS", 60_000)
    monkeypatch.setattr(outbox, "FIRST_MS", 60_000)
    (unpaced,) = await measured(1.0)
    print(f"flush until silence on 1 Mbit/s: paced {[round(each) for each in paced]} ms, unpaced {unpaced:.0f} ms")
    assert max(later, first) < 100
    assert unpaced > 5 * max(later, first)
