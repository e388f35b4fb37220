"""Client secrets over HTTP."""

import io
from typing import Any

import aiohttp
import pytest
from openai.types.realtime import ClientSecretCreateResponse
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from realtime_rx.local import LocalServer

from .conftest import Open


async def post(
    server: LocalServer, body: Any = None, headers: dict[str, str] | None = None, data: bytes | io.BytesIO | None = None
) -> tuple[int, dict[str, Any]]:
    url = server.url.replace("ws://", "http://") + "/client_secrets"
    async with aiohttp.ClientSession() as http, http.post(url, json=body, data=data, headers=headers) as answer:
        return answer.status, await answer.json() if "json" in answer.content_type else {}


SESSION = {"type": "realtime", "instructions": "Secret plan.", "audio": {"output": {"voice": "cedar"}}}


async def test_a_secret_is_what_the_official_client_expects() -> None:
    """POST /v1/realtime/client_secrets gives value, expires_at and session."""
    async with LocalServer(speech=False) as server:
        status, secret = await post(server, {"session": SESSION})
        assert status == 200
        parsed = ClientSecretCreateResponse.model_validate(secret, strict=True)
        assert parsed.value.startswith("ek_")
        assert parsed.session.instructions == "Secret plan."


@pytest.mark.parametrize("how", ["header", "subprotocol"])
async def test_a_secret_brings_its_session(dial: Open, how: str) -> None:
    """A connect with a secret starts with the session it was made for, however it is shown."""
    async with LocalServer(speech=False) as server:
        _, secret = await post(server, {"session": SESSION})
        token = secret["value"]
        options: dict[str, Any] = (
            {"additional_headers": {"Authorization": f"Bearer {token}"}}
            if how == "header"
            else {"subprotocols": ["realtime", f"openai-insecure-api-key.{token}"]}
        )
        async with dial(server, **options) as peer:
            created = peer.events[0]["session"]
            assert created["instructions"] == "Secret plan."
            assert created["audio"]["output"]["voice"] == "cedar"


async def test_a_secret_opens_a_server_with_a_key() -> None:
    """With a key, secrets are issued to its holder only, and open a session for anybody who has one."""
    async with LocalServer(speech=False, api_key="key") as server:
        assert (await post(server, {}))[0] == 401
        _, secret = await post(server, {}, headers={"Authorization": "Bearer key"})
        async with connect(server.url, additional_headers={"Authorization": f"Bearer {secret['value']}"}) as socket:
            await socket.recv()
        with pytest.raises(InvalidStatus):
            await connect(server.url, additional_headers={"Authorization": "Bearer ek_invented"})


async def test_an_empty_request_is_enough() -> None:
    """Without a body a secret holds the default session."""
    async with LocalServer(speech=False) as server:
        status, secret = await post(server, data=b"")
        assert (status, secret["session"]["type"]) == (200, "realtime")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"session": {"type": "realtime", "tools": 5}}, "session.tools"),
        ({"session": {"instructions": "x"}}, "session.type"),
        ({"expires_after": {"seconds": "soon"}}, "expires_after.seconds"),
        ({"surprise": 1}, "surprise"),
        ([], None),
    ],
)
async def test_a_wrong_request_is_400(body: Any, param: str | None) -> None:
    """A wrong body is answered with the service's error object, which names the field."""
    async with LocalServer(speech=False) as server:
        status, answer = await post(server, body)
        assert (status, answer["error"]["param"]) == (400, param)


async def test_a_foreign_page_gets_no_secret() -> None:
    """A page of another origin gets 403."""
    async with LocalServer(speech=False) as server:
        assert (await post(server, {}, headers={"Origin": "https://example.com"}))[0] == 403


async def test_a_huge_request_is_refused() -> None:
    """A body above 1 MiB is 413."""
    async with LocalServer(speech=False) as server:
        assert (await post(server, data=io.BytesIO(b" " * (2**20 + 1))))[0] == 413
