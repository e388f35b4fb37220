"""A page in Chromium, and what Chromium and a probe in it say of its work."""

import base64
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page
from playwright.async_api import TimeoutError as NotSeen

from benchmarks.bindings.provider import OLD_TEXT, PATTERN
from tests.bindings.browser import THIS_MACHINE, stay_here

PROBE = Path(__file__).with_name("probe.js").read_text("utf-8")
PATIENCE_MS = 60_000
NO_SCRIPT = frozenset({"(root)", "(idle)", "(program)"})
BINARY = 2
"""The opcode of a WebSocket's binary frames, which the protocol of Chromium's tools has as base64."""
TURNED = tuple(PATTERN[n:] + PATTERN[:n] for n in range(len(PATTERN)))
SOUNDS = tuple(form for each in TURNED for form in (each * 4, base64.b64encode(each * 4)))
"""A few samples of the sound as they are and as base64, wherever they begin."""


@dataclass
class Traffic:
    """What the page got by the sockets that its own scripts opened. Those of a worker are not among them."""

    frames: int = 0
    received: int = 0
    """Bytes, before any compression."""
    sounds: int = 0
    """Frames with sound in them."""

    def got(self, event: Mapping[str, Any]) -> None:
        response = event["response"]
        text = response["payloadData"]
        payload = base64.b64decode(text) if response["opcode"] == BINARY else text.encode()
        self.frames += 1
        self.received += len(payload)
        self.sounds += any(sound in payload for sound in SOUNDS)


@dataclass(frozen=True)
class Moment:
    """What the page had done by then, in seconds of CPU of its main thread, and what it had got."""

    at: float
    thread_s: float
    received: int


@dataclass(frozen=True)
class Scripts:
    """A profile that is being made of the page's main thread."""

    cdp: CDPSession

    async def share(self) -> float:
        """Of the time until now, how much scripts took, their microtasks and garbage collection included."""
        profile = (await self.cdp.send("Profiler.stop"))["profile"]
        names = {node["id"]: node["callFrame"]["functionName"] for node in profile["nodes"]}
        taken = zip(profile["samples"], profile["timeDeltas"], strict=True)
        busy = sum(us for sample, us in taken if names[sample] not in NO_SCRIPT)
        return busy / (profile["endTime"] - profile["startTime"])


@dataclass
class Watched:
    """A visitor's page."""

    page: Page
    cdp: CDPSession
    traffic: Traffic = field(default_factory=Traffic)
    elsewhere: list[str] = field(default_factory=list)
    """What it asked of other machines, in vain: how fast these answer is not measured."""

    async def moment(self) -> Moment:
        answer = await self.cdp.send("Performance.getMetrics")
        metrics = {each["name"]: each["value"] for each in answer["metrics"]}
        return Moment(time.monotonic(), metrics["ThreadTime"], self.traffic.received)

    async def scripts(self) -> "Scripts":
        """Begin to look what the page's main thread does."""
        await self.cdp.send("Profiler.start")
        return Scripts(self.cdp)

    async def has_the_older(self, last: str) -> None:
        """Return when the last of the older messages is there; not every page shows all of them."""
        await self.page.wait_for_function(f"probe.shows({json.dumps(last)})", timeout=PATIENCE_MS)

    async def begin(self, word: str) -> None:
        """Follow the message that begins with this word."""
        await self.page.evaluate("([word, old]) => probe.begin(word, old)", [word, OLD_TEXT])

    async def shows(self, text: str) -> bool:
        """Whether the message becomes exactly this."""
        try:
            await self.page.wait_for_function("text => probe.text() === text", arg=text, timeout=10_000)
        except NotSeen:
            return False
        return True

    async def text(self) -> str:
        return await self.page.evaluate("probe.text()")

    async def log(self) -> list[tuple[float, int]]:
        """When the message changed, in seconds since the epoch, and which delta was the last in it then."""
        return [(at / 1_000, number) for at, number in await self.page.evaluate("probe.log()")]

    async def older(self) -> dict[str, int]:
        """How many older messages were shown, how many of their DOM nodes are left, how often one was changed."""
        return await self.page.evaluate("probe.old()")


@asynccontextmanager
async def watched(browser: Browser, url: str) -> AsyncIterator[Watched]:
    """A visitor with a browser profile of their own, who has clicked somewhere: so the page may sound."""
    context = await browser.new_context(viewport={"width": 1100, "height": 800})
    await context.add_init_script(PROBE)
    page = await context.new_page()
    visitor = Watched(page, await context.new_cdp_session(page))
    await context.route("**", lambda route: stay_here(route, THIS_MACHINE, visitor.elsewhere))
    visitor.cdp.on("Network.webSocketFrameReceived", visitor.traffic.got)
    for domain in ("Network", "Performance", "Profiler"):
        await visitor.cdp.send(f"{domain}.enable")
    try:
        await page.goto(url)
        await page.mouse.click(5, 5)
        yield visitor
    finally:
        await context.close()


def latencies(log: Sequence[tuple[float, int]], sent_at: Sequence[float]) -> list[float]:
    """From when each delta was sent until it was in the DOM, in seconds; those that never were are left out."""
    found: list[float] = []
    for at, number in log:
        found += [at - sent for sent in sent_at[len(found) : number]]
    return found
