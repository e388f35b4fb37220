"""The body of a setup request: what is read of it, and what is not."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.setup_endpoint import SetupRequest, setup_endpoint
from realtime_rx.setup_protocol import FIELDS

from ..support.http_server import Answer, HttpServer, answering
from .asking import TOKEN, ask, endpoint_at


@pytest.fixture
async def vendor() -> AsyncIterator[HttpServer]:
    async with answering(Answer(TOKEN)) as server:
        yield server


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"])
async def test_only_json_is_read(vendor: HttpServer, kind: str) -> None:
    """What a page of another site could send without being asked is no JSON, and refused."""
    given = await ask(endpoint_at(vendor.url), headers={"content-type": kind})
    assert (given.status, given.error) == (415, "unsupported_media_type")
    assert vendor.asked == []


async def test_json_may_name_its_encoding(vendor: HttpServer) -> None:
    """Parameters of the content type do not matter, nor does its case."""
    given = await ask(endpoint_at(vendor.url), headers={"content-type": "Application/JSON; charset=utf-8"})
    assert given.status == 200


@pytest.mark.parametrize("body", [b"", b"{}", b'{"sessionConfig": null}', b'{"sessionConfig": {}, "other": 1}'])
async def test_nothing_is_enough(vendor: HttpServer, body: bytes) -> None:
    """A client need not ask for anything in particular."""
    assert (await ask(endpoint_at(vendor.url), body)).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"1e999",
        b'{"sessionConfig": NaN}',
        b"[" * 60_000,
        b'{"sessionConfig":' * 3_000 + b"1" + b"}" * 3_000,
        b'{"sessionConfig": []}',
        b'{"sessionConfig": 0}',
        b'{"sessionConfig": ""}',
        b'{"sessionConfig": {"voice": 7}}',
        b'{"sessionConfig": {"speed": "fast"}}',
        b'{"sessionConfig": {"turnDetection": {"type": "server-vad", "evil": 1}}}',
        b'{"sessionConfig": {"inputAudioFormat": {"type": "audio/pcm", "rate": 1e308}}}',
        b'{"sessionConfig": {"voice": "\\ud800"}}',
    ],
)
async def test_a_hostile_body_is_refused(vendor: HttpServer, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A body that is no JSON, no object, or not of the right types is HTTP 400, and nothing goes further."""
    given = await ask(endpoint_at(vendor.url), body)
    assert given.status == 400
    assert given.error in ("bad_request", "bad_session_config")
    assert vendor.asked == []
    assert caplog.text == ""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CONFIGS = st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=8), JSON, max_size=4) | JSON
BODIES = st.binary(max_size=200) | st.builds(lambda config: json.dumps({"sessionConfig": config}).encode(), CONFIGS)


@given(BODIES, st.sampled_from(["strip", "refuse"]))
def test_no_body_breaks_it(body: bytes, other_fields: str) -> None:
    """Whatever a body holds, the answer is that it is wrong, or that there is no provider to give a token."""
    endpoint = endpoint_at("http://127.0.0.1:9", other_fields=other_fields, allowed_fields=FIELDS)
    answer = asyncio.run(ask(endpoint, body))
    assert (answer.status, answer.error) in (
        (400, "bad_request"),
        (400, "bad_session_config"),
        (502, "provider_failed"),
    )


@pytest.mark.parametrize("headers", [{}, {"content-length": "65537"}, {"content-length": "5"}, {"content-length": "x"}])
async def test_a_long_body_is_refused(vendor: HttpServer, headers: dict[str, str]) -> None:
    """A body over the limit is refused, whatever it says of its length."""
    given = await ask(endpoint_at(vendor.url), b" " * 65_537, headers=headers)
    assert (given.status, given.error) == (413, "body_too_large")


async def test_a_long_body_is_not_read_to_its_end() -> None:
    """Of a body over the limit no more is taken in than the limit, and of one that says so, nothing."""
    read = list[int]()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1024)
            yield b" " * 1024

    endpoint = setup_endpoint("local", max_body=10_000)
    request = SetupRequest(method="POST", headers={"content-type": "application/json"})
    assert (await endpoint.answer(request, endless())).status == 413
    assert sum(read) <= 11_000
    read.clear()
    said = SetupRequest(method="POST", headers={**request.headers, "content-length": "10001"})
    assert (await endpoint.answer(said, endless())).status == 413
    assert read == []


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """A client that sends its body too slowly is let go."""

    async def never() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    endpoint = setup_endpoint("local", timeout_s=0.01)
    request = SetupRequest(method="POST", headers={"content-type": "application/json"})
    answer = await endpoint.answer(request, never())
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (408, "request_timeout")
