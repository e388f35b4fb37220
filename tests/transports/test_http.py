"""One HTTP request for JSON: what comes of every kind of answer, and that no error shows the key."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.abc import TokenRequest
from realtime_rx.errors import AuthenticationError, ConnectError, ConnectTimeoutError
from realtime_rx.transports.http import MAX_BODY, fetch_json

from ..support.http_server import Answer, answering
from ..support.server import listening

KEY = "sk-canary-0123456789abcdef"


def to(url: str, **fields: Any) -> TokenRequest:
    return TokenRequest(url=url, headers={"Authorization": f"Bearer {KEY}"}, body={"a": 1}, **fields)


async def failure(request: TokenRequest, **options: Any) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await fetch_json(request, **options)
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in f"{shown}{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
    return caught.value


async def test_an_object_is_fetched() -> None:
    """The body goes out as JSON with the headers that were given, and the answer comes back as an object."""
    async with answering(Answer({"value": "x"}, 201)) as server:
        assert await fetch_json(to(f"{server.url}/secrets?a=1")) == {"value": "x"}
        (asked,) = server.asked
    assert (asked.method, asked.path, asked.json) == ("POST", "/secrets?a=1", {"a": 1})
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["Content-Type"] == "application/json"


async def test_a_request_may_have_no_body() -> None:
    """A GET without a body sends none."""
    async with answering(Answer({})) as server:
        assert await fetch_json(TokenRequest(url=server.url, method="GET")) == {}
        assert (server.asked[0].method, server.asked[0].body) == ("GET", b"")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_is_an_authentication_error(status: int) -> None:
    """HTTP 401 and 403 are AuthenticationErrors that repeat what the server says, but not the key that it echoes."""
    async with answering(Answer({"error": f"Incorrect API key: {KEY}"}, status)) as server:
        error = await failure(to(server.url))
    assert isinstance(error, AuthenticationError)
    assert error.http_status == status
    assert "Incorrect API key: ***" in str(error)


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
async def test_any_other_status_is_a_connect_error(status: int) -> None:
    """Every status that is no success is a ConnectError that names it, and no redirect is followed."""
    async with answering(Answer(b"no", status, {"Location": "http://127.0.0.1:9/"}), Answer({})) as server:
        error = await failure(to(server.url))
        assert len(server.asked) == 1
    assert error.http_status == status
    assert f"HTTP {status}: no" in str(error)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"\xff", b"[" * 100_000, b" " * (MAX_BODY + 1)])
async def test_an_answer_that_is_no_object_is_a_connect_error(body: bytes) -> None:
    """Whatever is not one JSON object of a sensible size is a ConnectError."""
    async with answering(Answer(body)) as server:
        assert "no JSON object" in str(await failure(to(server.url)))


async def test_a_cookie_that_is_echoed_is_not_shown() -> None:
    """Of a cookie that a refusal repeats, the error shows neither the whole nor its value."""
    async with answering(Answer(f"who is {KEY}?".encode(), 400)) as server:
        request = TokenRequest(url=f"{server.url}/?key={KEY}", headers={"Cookie": f"a=b; session={KEY}; c=d"})
        assert "who is ***?" in str(await failure(request))


async def test_a_server_that_says_nothing_is_a_time_out() -> None:
    """No answer in time is a ConnectTimeoutError that says how long was waited."""
    async with answering(Answer(forever=True)) as server:
        error = await failure(to(server.url), timeout_s=0.05)
    assert isinstance(error, ConnectTimeoutError)
    assert "0.05 s" in str(error)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x?key=sk-canary-0123456789abcdef", "http://[::1:1/", "nonsense"])
async def test_an_address_where_nobody_is(url: str) -> None:
    """Where nobody listens, or there is no such address, a ConnectError says so without its query."""
    assert "cannot reach" in str(await failure(to(url)))


async def test_a_header_that_is_none_is_not_shown() -> None:
    """A key with a line break in it is refused without being shown."""
    async with answering(Answer({})) as server:
        request = TokenRequest(url=server.url, headers={"Authorization": f"Bearer {KEY}\r\nX: y"})
        assert "cannot reach" in str(await failure(request))
        assert server.asked == []


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment names a proxy the request goes through it, except to this machine and to exceptions."""
    monkeypatch.setenv("no_proxy", "direct.invalid")
    async with answering(Answer({"by": "proxy"})) as between, answering(Answer({"by": "itself"})) as server:
        monkeypatch.setenv("http_proxy", between.url)
        assert await fetch_json(to("http://vendor.invalid/secrets")) == {"by": "proxy"}
        assert between.asked[0].headers["Host"] == "vendor.invalid"
        assert await fetch_json(to(server.url)) == {"by": "itself"}
        assert "cannot reach" in str(await failure(to("http://direct.invalid")))
        assert len(between.asked) == 1


async def test_passwords_of_other_programs_are_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What ~/.netrc holds for a host is neither sent there nor in the way of the key."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password canary\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with answering(Answer({})) as server:
        await fetch_json(to(server.url))
        await fetch_json(TokenRequest(url=server.url))
    assert [asked.headers.get("Authorization") for asked in server.asked] == [f"Bearer {KEY}", None]


async def test_something_that_is_not_http() -> None:
    """A server that speaks no HTTP is a ConnectError."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"hello there\r\n\r\n")
        await writer.drain()

    async with listening(handle) as address:
        assert "cannot reach" in str(await failure(to(f"http://{address}")))
