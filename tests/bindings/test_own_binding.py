"""ARCHITECTURE.md: the binding that it shows to those who write their own."""

import asyncio
import json
import re
import types
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from ..support.waiting import becomes, tasks
from .browser import ROOT


class Page:
    """A tab's stream of events, read as far as wanted."""

    def __init__(self, client: Any, tab: str) -> None:
        self.client, self.tab = client, tab
        self.texts: list[str] = []

    async def __aenter__(self) -> "Page":
        self.response = await self.client.get("/events", params={"tab": self.tab})
        return self

    async def __aexit__(self, *_: object) -> None:
        self.response.close()

    async def say(self, text: str) -> None:
        assert (await self.client.post("/say", params={"tab": self.tab}, data=text)).status == 200

    async def sees(self, status: str, text: str = "") -> None:
        """Read until the page shows this status, and this as its last message."""
        async with asyncio.timeout(10):
            async for line in self.response.content:
                if line.startswith(b"data: "):
                    words, messages = json.loads(line[6:])
                    last = messages[-1]["text"] if messages else ""
                    self.texts.append(last)
                    if (words, last) == (status, text):
                        return


@pytest.fixture
async def program() -> types.ModuleType:
    (text,) = re.findall(r"```python\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), flags=re.DOTALL)
    module = types.ModuleType("own_binding")
    exec(text, module.__dict__)
    return module


@pytest.fixture
async def client(program: types.ModuleType) -> AsyncIterator[Any]:
    async with TestClient(TestServer(program.app)) as client:
        yield client
    await becomes(lambda: not tasks())


async def test_words_arrive_as_they_are_said(client: Any) -> None:
    """The first message dials, and its answer grows on the page; another tab sees nothing of it."""
    assert "<form>" in await (await client.get("/")).text()
    async with Page(client, "a") as page, Page(client, "b") as other:
        await page.sees("Disconnected")
        await page.say("Count to twenty")
        await page.sees("Connected", f"{', '.join(map(str, range(1, 21)))}.")
        assert len({text for text in page.texts if text.startswith("1")}) > 3
        await other.sees("Disconnected")
        assert other.texts == [""]


async def test_a_reload_finds_the_conversation(client: Any, program: types.ModuleType) -> None:
    """A tab that comes back has its conversation; one that stays away has its session closed."""
    async with Page(client, "a") as page:
        await page.say("What is 2+2?")
        await page.sees("Connected", "2+2 is 4.")
    keeper = client.server.app[program.KEEPER]
    await becomes(lambda: keeper.find("a").ending is not None)
    async with Page(client, "a") as page:
        await page.sees("Connected", "2+2 is 4.")
        keeper.find("a").linger = 0.01
    await becomes(lambda: keeper.sessions == ())


async def test_a_stranger_is_told_nothing(client: Any) -> None:
    """Nothing can be said in a tab that is not there."""
    assert (await client.post("/say", params={"tab": "nobody's"}, data="Hello")).status == 404
