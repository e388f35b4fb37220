"""The endpoint over real HTTP: as an aiohttp handler, and as an ASGI application in servers and frameworks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from realtime_rx.setup_endpoint import SetupEndpoint, SetupRequest

from ..support.http_server import Answer, answering, listening
from ..support.waiting import DEADLINE
from .asking import KEY, TOKEN, endpoint_at

Served = Callable[[SetupEndpoint], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def with_aiohttp(endpoint: SetupEndpoint) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/setup", endpoint)
    async with listening(app) as url:
        yield f"{url}/setup"


@asynccontextmanager
async def on_uvicorn(app: Any) -> AsyncIterator[str]:
    uvicorn = pytest.importorskip("uvicorn")
    config = uvicorn.Config(app, port=0, log_level="critical", access_log=False, ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.capture_signals = lambda: asyncio.timeout(None)  # signals are pytest's
    serving = asyncio.create_task(server._serve(None))
    try:
        async with asyncio.timeout(DEADLINE):
            while not server.started:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def alone(endpoint: SetupEndpoint) -> AsyncIterator[str]:
    async with on_uvicorn(endpoint) as url:
        yield f"{url}/anything"


@asynccontextmanager
async def in_starlette(endpoint: SetupEndpoint) -> AsyncIterator[str]:
    starlette = pytest.importorskip("starlette.applications")
    app = starlette.Starlette()
    app.add_route("/setup", endpoint)
    async with on_uvicorn(app) as url:
        yield f"{url}/setup"


@asynccontextmanager
async def mounted_in_fastapi(endpoint: SetupEndpoint) -> AsyncIterator[str]:
    fastapi = pytest.importorskip("fastapi")
    app = fastapi.FastAPI()
    app.mount("/realtime", endpoint)
    async with on_uvicorn(app) as url:
        yield f"{url}/realtime/setup"


@asynccontextmanager
async def in_nicegui(endpoint: SetupEndpoint) -> AsyncIterator[str]:
    nicegui = pytest.importorskip("nicegui")
    app = type(nicegui.app)()
    app.add_route("/setup", endpoint)
    async with on_uvicorn(app) as url:
        yield f"{url}/setup"


SERVERS = {
    "aiohttp": with_aiohttp,
    "uvicorn": alone,
    "starlette": in_starlette,
    "fastapi": mounted_in_fastapi,
    "nicegui": in_nicegui,
}


@pytest.fixture(params=SERVERS)
def served(request: pytest.FixtureRequest) -> Served:
    return SERVERS[request.param]


@asynccontextmanager
async def site(served: Served, **options: Any) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """A client, and the address of an endpoint in front of a scripted vendor."""
    async with (
        answering(Answer(TOKEN)) as vendor,
        served(endpoint_at(vendor.url, **options)) as url,
        aiohttp.ClientSession() as client,
    ):
        yield client, url


async def test_a_token_over_http(served: Served) -> None:
    """A POST of JSON is answered with a token that nobody may keep."""
    async with site(served) as (client, url), client.post(url, json={"sessionConfig": {"voice": "marin"}}) as answer:
        assert answer.status == 200
        assert (await answer.json())["token"] == TOKEN["value"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert KEY not in f"{answer.headers}{await answer.text()}"


async def test_own_pages_only_over_http(served: Served) -> None:
    """A page of this server is answered, one of another is not, and a listed one may read the answer."""
    async with site(served, allowed_origins=["https://shop.example"]) as (client, url):
        own = url.rpartition("/")[0].removesuffix("/realtime")
        found = dict[str, tuple[int, str | None]]()
        for origin in (own, "https://evil.example", "https://shop.example"):
            async with client.post(url, json={}, headers={"Origin": origin}) as answer:
                found[origin] = (answer.status, answer.headers.get("Access-Control-Allow-Origin"))
    assert found == {
        own: (200, None),
        "https://evil.example": (403, None),
        "https://shop.example": (200, "https://shop.example"),
    }


async def test_a_preflight_over_http(served: Served) -> None:
    """A browser that asks first is told yes for a listed page and no for any other."""
    async with site(served, allowed_origins=["https://shop.example"]) as (client, url):
        statuses = list[int]()
        for origin in ("https://shop.example", "https://evil.example"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            async with client.options(url, headers=headers) as answer:
                statuses.append(answer.status)
    assert statuses == [204, 403]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_post_only_over_http(served: Served, method: str) -> None:
    """No other method gets a token."""
    async with site(served) as (client, url), client.request(method, url) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_a_long_body_over_http(served: Served) -> None:
    """A body that is too long is refused, whether or not it says how long it is."""

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b" " * 1024

    async with site(served) as (client, url):
        for data in (b" " * 200_000, parts()):
            try:
                async with client.post(url, data=data, headers={"Content-Type": "application/json"}) as answer:
                    assert (answer.status, (await answer.json())["error"]["code"]) == (413, "body_too_large")
            except aiohttp.ClientOSError:
                continue  # it hung up while we were still sending: that is a refusal, too


async def test_a_form_over_http(served: Served) -> None:
    """What a form of another site could post is refused."""
    async with site(served) as (client, url), client.post(url, data={"sessionConfig": "{}"}) as answer:
        assert answer.status == 415


async def test_hooks_see_the_framework_over_http(served: Served) -> None:
    """The hook sees the client's address and the framework's own request, cookies included."""
    seen = list[SetupRequest]()
    async with (
        site(served, authorize=lambda request: bool(seen.append(request))) as (client, url),
        client.post(url, json={}, cookies={"session": "abc"}) as answer,
    ):
        assert answer.status == 401
    (asked,) = seen
    assert (asked.client, asked.headers["cookie"]) == ("127.0.0.1", "session=abc")
    assert asked.native is not None


async def test_a_limit_over_http(served: Served) -> None:
    """The eleventh request within a minute is told to wait."""
    async with site(served, limit="default") as (client, url):
        statuses = list[int]()
        for _ in range(11):
            async with client.post(url, json={}) as answer:
                statuses.append(answer.status)
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize("rest", ["Content-Length: 9\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nZZ\r\n"])
async def test_a_body_that_is_cut_off(served: Served, rest: str, caplog: pytest.LogCaptureFixture) -> None:
    """Who leaves or talks nonsense in the middle of a body gets no token, and whoever comes next gets one."""
    async with answering(Answer(TOKEN)) as vendor, served(endpoint_at(vendor.url)) as url:
        host, _, path = url.removeprefix("http://").partition("/")
        _, writer = await asyncio.open_connection(*host.split(":"))
        head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}{rest}".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with aiohttp.ClientSession() as client, client.post(url, json={}) as answer:
            assert answer.status == 200
        assert len(vendor.asked) == 1
    assert not [record for record in caplog.records if record.name == "realtime_rx.setup_endpoint"]


async def test_a_socket_is_turned_away() -> None:
    """Whoever opens a WebSocket at the endpoint is turned away."""
    sent = list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await endpoint_at("http://127.0.0.1:9")({"type": "websocket", "headers": []}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]


NAMES, OWN, OTHER = (b"origin", b"Origin"), "https://app.example", "https://evil.example"


@pytest.mark.parametrize("origins", [(OWN, OTHER), (OTHER, OWN)])
async def test_a_header_given_twice_is_neither(origins: tuple[str, str]) -> None:
    """A request with two origins comes from neither of them."""
    sent = list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    headers = [
        (b"host", b"app.example"),
        *((name, origin.encode()) for name, origin in zip(NAMES, origins, strict=True)),
    ]
    scope = {"type": "http", "method": "POST", "headers": [*headers, (b"content-type", b"application/json")]}
    await endpoint_at("http://127.0.0.1:9")(scope, receive, send)
    assert sent[0]["status"] == 403
    assert json.loads(sent[1]["body"])["error"]["code"] == "origin_not_allowed"
