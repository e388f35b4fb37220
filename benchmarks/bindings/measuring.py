"""One run: a server, some visitors, and a reply that grows on each of their pages at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from statistics import fmean

from benchmarks.bindings.page import Moment, Watched, latencies, watched
from benchmarks.bindings.processes import cpu_s
from benchmarks.bindings.provider import OLD_TEXT, OLDER, Provider, Reply, providing
from benchmarks.bindings.serving import serving
from tests.bindings.browser import Site

DELTAS = 100
"""A second."""
SOUNDS = 50
"""A second: 20 ms each."""
SPOKEN_DELTAS = 10
"""A second, while there is sound as well: less text, so that sound would show among it."""
IDLE_S = 5.0
PATIENCE_S = 60.0
LITTLE_S = 0.05
"""Of a second: what an idle server may take."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a page cost its server and its browser, each visitor's share. Shares are of one core; times are in ms."""

    visitors: int
    seconds: float
    updates: tuple[float, ...]
    """A second, of each visitor's page."""
    exact: tuple[bool, ...]
    """Whether each page had the whole text in the end."""
    latencies: tuple[float, ...]
    server: float
    """Without what the server takes while nothing happens."""
    idle_server: float
    scripts: float
    """Of the time of the page's main thread; by the clock, so it grows where others want the processor too."""
    thread: float
    """CPU of all of the page's main thread: scripts, layout and painting."""
    socket: float
    """Bytes a second."""
    older: tuple[dict[str, int], ...]
    elsewhere: tuple[str, ...] = ()
    """What pages asked of other machines."""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What came by the sockets of a page's own scripts while there was speech."""

    seconds: float
    sound: int
    """Bytes of it that each session got."""
    received: tuple[int, ...]
    """Bytes, of each page."""
    sounding: tuple[int, ...]
    """Frames with sound in them, of each page."""
    workers: tuple[int, ...]
    """Of each page: there the sound has its socket."""


@asynccontextmanager
async def visited(framework: str, visitors: int, older: int = OLDER) -> AsyncIterator["Visit"]:
    """A server with that many visitors, whose sessions are connected and show their older messages."""
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(providing(older))
        site = await stack.enter_async_context(serving(framework, provider.address))
        pages = [await stack.enter_async_context(watched(site.browser, site.url)) for _ in range(visitors)]
        for page in pages:
            await page.has_the_older(f"{OLD_TEXT} {older - 1}")
        await quiet(site.process.pid)
        yield Visit(provider, site, pages)


async def quiet(pid: int) -> None:
    """Return when the server has nothing left to do."""
    async with asyncio.timeout(PATIENCE_S):
        used = LITTLE_S
        while used >= LITTLE_S:
            before = cpu_s(pid)
            await asyncio.sleep(1.0)  # of which it takes so much
            used = cpu_s(pid) - before


@dataclass(frozen=True)
class Visit:
    provider: Provider
    site: Site
    pages: Sequence[Watched]

    async def write(self, seconds: float, deltas: int = DELTAS) -> Figures:
        """Have a reply written on every page."""
        idle, _, _ = await self._cost(asyncio.sleep(IDLE_S))
        reply = Reply("Counting")
        profiles = [await page.scripts() for page in self.pages]
        busy, before, after = await self._cost(self._say(reply, seconds, deltas))
        scripts = [await profile.share() for profile in profiles]
        exact = [await page.shows(reply.text) for page in self.pages]
        logs = [await page.log() for page in self.pages]
        number, span = len(self.pages), after[0].at - before[0].at
        return Figures(
            visitors=number,
            seconds=span,
            updates=tuple(len(log) / span for log in logs),
            exact=tuple(exact),
            latencies=tuple(1_000 * each for log in logs for each in latencies(log, reply.sent_at)),
            server=(busy - idle) / number,
            idle_server=idle / number,
            scripts=fmean(scripts),
            thread=mean_growth(before, after, lambda moment: moment.thread_s) / span,
            socket=mean_growth(before, after, lambda moment: moment.received) / span,
            older=tuple([await page.older() for page in self.pages]),
            elsewhere=tuple(url for page in self.pages for url in page.elsewhere),
        )

    async def speak(self, seconds: float) -> Spoken:
        """Have a reply spoken on every page."""
        before = [(page.traffic.received, page.traffic.sounds) for page in self.pages]
        await self._say(reply := Reply("Speaking"), seconds, SPOKEN_DELTAS, SOUNDS)
        for page in self.pages:
            await page.shows(reply.text)
        traffic = [page.traffic for page in self.pages]
        return Spoken(
            seconds=seconds,
            sound=round(SOUNDS * seconds) * 960,
            received=tuple(now.received - received for now, (received, _) in zip(traffic, before, strict=True)),
            sounding=tuple(now.sounds - sounds for now, (_, sounds) in zip(traffic, before, strict=True)),
            workers=tuple(len(page.page.workers) for page in self.pages),
        )

    async def _cost(self, work: Awaitable[object]) -> tuple[float, list[Moment], list[Moment]]:
        """The server's share of a core while this happens, and each page before and after it."""
        before = [await page.moment() for page in self.pages]
        begun, used = time.monotonic(), cpu_s(self.site.process.pid)
        await work
        share = (cpu_s(self.site.process.pid) - used) / (time.monotonic() - begun)
        return share, before, [await page.moment() for page in self.pages]

    async def _say(self, reply: Reply, seconds: float, deltas: int, sounds: int = 0) -> None:
        for page in self.pages:
            await page.begin(reply.start)
        await self.provider.reply(reply, seconds=seconds, deltas=deltas, sounds=sounds)


def mean_growth(before: Sequence[Moment], after: Sequence[Moment], of: Callable[[Moment], float]) -> float:
    return fmean(of(late) - of(early) for early, late in zip(before, after, strict=True))
