"""Setup endpoints, ours and the AI SDK's, each asked by the other's session."""

import asyncio
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import async_playwright

from realtime_rx import SessionState, setup_endpoint, tool, use_realtime
from realtime_rx.abc import Provider
from realtime_rx.items import ToolPart
from realtime_rx.local import LocalServer
from realtime_rx.providers import Local, OpenAI

from ..bindings.browser import FLAGS, chromium
from ..support.http_server import Asked, listening
from ..support.waiting import until
from .conftest import Client, install
from .environments import AI_SDK

pytestmark = pytest.mark.peers

CLIENTS = Path(__file__).parent / "clients"
KEY = "sk-canary-0123456789abcdef"
QUESTION = "What is the weather in Tokyo?"
OUTPUT = {"city": "Tokyo", "temperature": 21}
PAGE = '<!doctype html><meta charset="utf-8"><title>realtime</title><script src="/page.js"></script>'


@tool
def get_weather(city: str) -> dict[str, Any]:
    """The weather in a city"""
    return OUTPUT


@pytest.fixture(scope="module")
def bundle(request: pytest.FixtureRequest) -> str:
    """The AI SDK's session as a script for a page."""
    chromium()
    install(Client(AI_SDK, "ai_sdk_bundle.mjs"), request)
    made = AI_SDK.command(CLIENTS / "ai_sdk_bundle.mjs")
    return subprocess.run([*made, "ai_sdk_page.mjs"], check=True, capture_output=True, text=True).stdout


def embedded(server: LocalServer) -> Provider:
    """The embedded provider that everybody may dial: a token opens one session."""
    return Local(base_url=server.url)


def keyed(server: LocalServer) -> Provider:
    """The embedded provider as one that has a key: nobody may dial it without one of its tokens."""
    return OpenAI(model="local-1", api_key=KEY, base_url=server.url.removesuffix("/realtime"))


@asynccontextmanager
async def site(provider: Provider, script: str) -> AsyncIterator[str]:
    """A page with the AI SDK on it, and our setup endpoint beside it."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def code(_: web.Request) -> web.Response:
        return web.Response(text=script, content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/page.js", code)])
    app.router.add_route("*", "/api/realtime/setup", setup_endpoint(provider, tools=[get_weather]))
    async with listening(app) as url:
        yield url


@pytest.mark.parametrize(("key", "provider"), [(None, embedded), (KEY, keyed)], ids=["local", "with a key"])
async def test_the_ai_sdk_in_a_browser_asks_our_endpoint(bundle: str, key: str | None, provider: Any) -> None:
    """In Chromium the AI SDK's session is set up by our endpoint, and has a turn with the tool that it names."""
    problems = list[str]()
    async with (
        LocalServer(speech=False, api_key=key) as server,
        site(provider(server), bundle) as url,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = await browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(url)
        asked = {"model": "local-1", "question": QUESTION, "output": OUTPUT}
        report = await asyncio.wait_for(page.evaluate("asked => window.converse(asked)", asked), 30)
        await browser.close()
    assert [*problems, *report["problems"]] == []
    assert (report["status"], report["offered"]) == ("connected", ["get_weather"])
    assert (report["tool_name"], report["tool_arguments"]) == ("get_weather", {"city": "Tokyo"})
    assert [role for role, text in report["messages"] if text] == ["user", "assistant"]
    assert "21" in report["messages"][-1][1]


def has_answered(state: SessionState) -> bool:
    return state.mode == "idle" and bool(state.messages) and "21" in state.messages[-1].text


@asynccontextmanager
async def client_secrets(server: LocalServer) -> AsyncIterator[tuple[str, list[Asked]]]:
    """The vendor's route for client secrets in front of the embedded provider; gives its base and what it was asked."""
    asked = list[Asked]()

    async def mint(request: web.Request) -> web.Response:
        body = await request.read()
        asked.append(Asked(request.method, request.path_qs, dict(request.headers), body))
        address = f"{server.url.replace('ws', 'http', 1)}/client_secrets"
        headers = {"Authorization": request.headers["Authorization"]}
        async with aiohttp.ClientSession() as client, client.post(address, data=body, headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")

    app = web.Application()
    app.add_routes([web.post("/v1/realtime/client_secrets", mint)])
    async with listening(app) as url:
        yield f"{url}/v1", asked


@asynccontextmanager
async def ai_sdk_endpoint(base_url: str, websocket: str) -> AsyncIterator[str]:
    """An endpoint written with the AI SDK, in a Node.js of its own."""
    command = [*AI_SDK.command(CLIENTS / "ai_sdk_endpoint.mjs"), base_url, KEY, websocket]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    finally:
        process.stdin.close()
        _, complaints = await process.communicate()
    assert (process.returncode, complaints) == (0, b"")


async def test_our_session_asks_an_endpoint_of_the_ai_sdk(request: pytest.FixtureRequest) -> None:
    """Our session is set up by an endpoint written with the AI SDK, and has a turn with the tool that it names."""
    install(Client(AI_SDK, "ai_sdk_endpoint.mjs"), request)
    async with (
        LocalServer(speech=False, api_key=KEY) as server,
        client_secrets(server) as (base_url, asked),
        ai_sdk_endpoint(base_url, f"{server.url}?model=local-1") as url,
        use_realtime(
            "openai:local-1",
            api={"token": url},
            tools=[get_weather],
            output_modalities=["text"],
            instructions="Be brief.",
        ) as session,
    ):
        session.send_text_message(QUESTION)
        state = await until(session, has_answered)
    (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    assert (call.tool_name, call.input, call.output) == ("get_weather", {"city": "Tokyo"}, OUTPUT)
    (offered,) = state.config.tools or ()
    assert offered.description == "The weather in a city, as told by JavaScript"
    (minted,) = asked
    assert minted.headers["Authorization"] == f"Bearer {KEY}"
    assert minted.json["session"]["instructions"] == "Be brief."
    assert [each["name"] for each in minted.json["session"]["tools"]] == ["get_weather"]
    assert KEY not in f"{state!r}{session!r}"
