"""A real Chromium, and servers in processes of their own."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from playwright.async_api import Browser, Page, Route, WebSocket, async_playwright, expect
from playwright.async_api import TimeoutError as NotSeen

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0
DEADLINE_MS = 1_000 * DEADLINE
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
THIS_MACHINE = ("127.0.0.1", "localhost")

expect.set_options(timeout=DEADLINE_MS)  # as long as anything else is waited for


def chromium() -> str:
    """Where Chromium is. A test that needs it fails without it: a page that nobody looked at is not tested."""
    wanted = os.environ.get("CHROMIUM") or "chromium"
    found = shutil.which(wanted)
    if found is None:
        pytest.fail(f"no {wanted!r}: install Debian's chromium (tools/browser does), or set CHROMIUM to a Chromium")
    return found


@dataclass
class Visitor:
    """A page in a browser profile of its own, the sockets that it has opened, and what went wrong on it."""

    page: Page
    sockets: list[WebSocket] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    async def say(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Write a message")
        await box.fill(text)
        await box.press("Enter")

    async def sees(self, text: str, within: str = "body") -> None:
        try:
            await self.page.locator(within).filter(has_text=text).first.wait_for(timeout=DEADLINE_MS)
        except NotSeen:
            shown = await self.page.locator("body").inner_text()
            raise AssertionError(f"no {text!r} in {within}; the page shows: {shown}") from None

    async def texts(self, selector: str) -> list[str]:
        return await self.page.locator(selector).all_text_contents()


@dataclass
class Site:
    """A server, and a browser to visit it with."""

    url: str
    process: Process
    browser: Browser

    @asynccontextmanager
    async def seen_by(self, *flags: str, host: str = "127.0.0.1") -> AsyncIterator["Site"]:
        """The same server, by another name if need be, and a Chromium that is started with these flags as well."""
        async with browsing(*flags) as browser:
            yield Site(self.url.replace("127.0.0.1", host), self.process, browser)

    @asynccontextmanager
    async def visit(
        self,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        script: str = "",
        ready: str = "window.did_handshake",
    ) -> AsyncIterator[Visitor]:
        """A new visitor, in a browser profile of their own that reaches this machine only. ``ready`` is what is so on
        a page that hears what its visitor does. It asks nobody else for anything."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        visitor = Visitor(await context.new_page())
        visitor.page.set_default_timeout(DEADLINE_MS)
        visitor.page.on("websocket", lambda opened: visitor.sockets.append(opened))
        context.on("weberror", lambda error: visitor.errors.append(str(error.error)))
        here = (*THIS_MACHINE, urlsplit(self.url).hostname)
        await context.route("**", lambda route: stay_here(route, here, visitor.elsewhere))
        if script:
            await context.add_init_script(script)
        try:
            await visitor.page.goto(self.url + path)
            await visitor.page.wait_for_function(ready)
            yield visitor
        finally:
            await context.close()
        assert visitor.errors == []
        assert visitor.elsewhere == []

    async def get(self, path: str) -> Any:
        """The JSON at that path, without a browser's work: some ask for it many times a second."""
        async with ClientSession() as client, client.get(self.url + path) as response:
            return await response.json(content_type=None)


async def stay_here(route: Route, here: Collection[str | None], elsewhere: list[str]) -> None:
    if urlsplit(route.request.url).hostname in here:
        await route.continue_()
        return
    elsewhere.append(route.request.url)
    await route.abort()


@asynccontextmanager
async def serving(
    module: str, *arguments: str, env: Mapping[str, str] | None = None, python: str = sys.executable
) -> AsyncIterator[Site]:
    """``python -m module --port …`` in a process of its own, and a browser."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(python, "-m", module, "--port", str(port), *arguments),
        cwd=ROOT,
        env={**environment(), **(env or {})},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        await listening(port, process)
        async with browsing() as browser:
            yield Site(f"http://127.0.0.1:{port}", process, browser)
    finally:
        await stop(process)


@asynccontextmanager
async def browsing(*flags: str) -> AsyncIterator[Browser]:
    """A Chromium that sounds, if into nothing."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=[*FLAGS, *flags], ignore_default_args=["--mute-audio"]
        )
        yield browser
        await browser.close()


def environment() -> dict[str, str]:
    """Ours, without what would tell NiceGUI that it is being tested."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("NICEGUI_", "PYTEST_"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listening(port: int, process: Process) -> None:
    async def reachable() -> bool:
        if process.returncode is not None:
            assert process.stdout is not None
            pytest.fail((await process.stdout.read()).decode())
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    await eventually(reachable)


async def stop(process: Process) -> str:
    """End the server as Ctrl+C does; gives what it said."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), DEADLINE)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    return said.decode()


async def eventually(condition: Callable[[], Awaitable[object]]) -> None:
    """Return when the condition of another process holds."""
    async with asyncio.timeout(DEADLINE):
        while not await condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.05)
