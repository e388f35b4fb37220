"""A page with a bridge, its server in this process, and a Chromium whose microphone hears a file."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from aiohttp import web
from playwright.async_api import Browser, Page

from realtime_rx.audio.bridge import STATIC, AiohttpSocket, AudioBridge, Bridges
from tests.bindings.browser import browsing

RATE = 24_000
DEADLINE = 15.0
PAGE = """<!doctype html><title>Sound</title><script type="module">
import { createBridge } from "./static/bridge.js";
const token = "%s";
window.states = [];
window.again = () => createBridge({ url: "/audio", token, sampleRate: 24000, echoCancellation: false,
                                    noiseSuppression: false, autoGainControl: false });
window.bridge = again();
if (location.hash === "#asleep") {
  bridge.start({ microphone: false });
  addEventListener("click", () => bridge.start({ microphone: false }));
}
bridge.addEventListener("state", ({ detail }) => states.push(detail));
</script>"""


BLOCK_THE_PAGE = "setInterval(() => { const end = Date.now() + 150; while (Date.now() < end); }, 500)"


class TimedSocket(AiohttpSocket):
    """Notes how old the microphone's frames are when they arrive, in milliseconds, and how many samples are sent."""

    def __init__(self, socket: web.WebSocketResponse, ages: list[float], sent: list[int]) -> None:
        super().__init__(socket)
        self._ages = ages
        self._sent = sent

    async def send_bytes(self, data: bytes) -> None:
        self._sent.append((len(data) - 8) // 2)
        await super().send_bytes(data)

    async def receive(self) -> str | bytes | None:
        message = await super().receive()
        if isinstance(message, bytes):
            sent = int.from_bytes(message[4:8], "little")
            self._ages.append((time.time() * 1_000 - sent) % 2**32)
        return message


@dataclass
class Site:
    """One visitor's bridge and the pages that show it."""

    url: str
    bridge: AudioBridge
    browser: Browser
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)

    @property
    def sent(self) -> int:
        """Samples, on all sockets."""
        return sum(self.frames)

    @asynccontextmanager
    async def page(self, path: str = "/", *, script: str = "") -> AsyncIterator[Page]:
        """``script`` runs in the page before anything of its own."""
        context = await self.browser.new_context()
        if script:
            await context.add_init_script(script)
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(self.url + path)
        await page.wait_for_function("window.bridge")
        yield page
        await context.close()
        assert errors == []


def tone_file(path: Path, hertz: float, seconds: float = 2.0) -> Path:
    """A WAV that holds a whole number of waves, so that it may be repeated without a click."""
    samples = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(48_000 * seconds)) / 48_000)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((samples * 32_767).astype("<i2").tobytes())
    return path


@asynccontextmanager
async def serving(*flags: str) -> AsyncIterator[Site]:
    """With a Chromium of its own that is started with these flags."""
    async with sounding(*flags) as browser, served_to(browser) as site:
        yield site


def sounding(*flags: str) -> AbstractAsyncContextManager[Browser]:
    """A Chromium whose pages may sound at once."""
    return browsing("--autoplay-policy=no-user-gesture-required", *flags)


@asynccontextmanager
async def served_to(browser: Browser) -> AsyncIterator[Site]:
    """A bridge and its server, for visitors with this browser."""
    bridge, bridges = AudioBridge(), Bridges()
    token = bridges.add(bridge)
    sockets: list[web.WebSocketResponse] = []
    ages: list[float] = []
    frames: list[int] = []

    async def audio(request: web.Request) -> web.WebSocketResponse:
        accepted = (await AiohttpSocket.accept(request)).response
        sockets.append(accepted)
        await bridges.serve(TimedSocket(accepted, ages, frames), request.headers.get("Origin"))
        return accepted

    def page(text: str) -> Callable[[web.Request], web.Response]:
        return lambda _request: web.Response(text=PAGE % text, content_type="text/html")

    async def good(request: web.Request) -> web.Response:
        return page(token)(request)

    async def bad(request: web.Request) -> web.Response:
        return page("not.it")(request)

    app = web.Application()
    app.add_routes([web.get("/", good), web.get("/bad", bad), web.get("/audio", audio), web.static("/static", STATIC)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield Site(f"http://127.0.0.1:{port}", bridge, browser, sockets, ages, frames)
    finally:
        bridge.close()
        await runner.cleanup()


async def start(page: Page, *, listening: bool = True) -> None:
    assert (await page.evaluate(f"bridge.start({{ microphone: {str(listening).lower()} }})"))["error"] is None


async def capture(bridge: AudioBridge, seconds: float) -> bytes:
    """What the microphone hears from now on."""
    pcm = b""
    async with aclosing(bridge.microphone.chunks()) as chunks:
        async for chunk in chunks:
            pcm += chunk
            if len(pcm) >= 2 * RATE * seconds:
                break
    return pcm


def microphone(path: Path) -> tuple[str, ...]:
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    )


async def becomes(condition: Callable[[], object]) -> None:
    """Return when something that a page causes is so."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the page announces nothing to the test
            await asyncio.sleep(0.005)
