"""Tokens of every provider that has them, from a scripted vendor over real HTTP, whatever the vendor answers."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct

from realtime_rx.abc import MintsTokens, Provider
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.local import AT_ONCE, LocalServer
from realtime_rx.providers import PROVIDERS, Google, Local, OpenAI
from realtime_rx.setup_endpoint import setup_endpoint
from realtime_rx.setup_protocol import read_setup

from ..support.http_server import Answer, answering
from .asking import KEY, Answered, ask


class Vendor(Struct, frozen=True, kw_only=True):
    """What a vendor is asked, and what it answers: ``made`` for a base address, the path, the key's header."""

    made: Callable[[str], Provider]
    path: str
    shown: Mapping[str, str]
    answer: dict[str, Any]
    token: str
    dialled: str
    settings: Callable[[dict[str, Any]], object]
    """Where in the request the voice is that the client asked for."""


VENDORS = {
    "openai": Vendor(
        made=lambda url: OpenAI(api_key=KEY, base_url=f"{url}/v1"),
        path="/v1/realtime/client_secrets",
        shown={"Authorization": f"Bearer {KEY}"},
        answer={"value": "ek_0123456789abcdef", "expires_at": 1_800_000_000, "session": {}},
        token="ek_0123456789abcdef",
        dialled="/v1/realtime?model=gpt-realtime",
        settings=lambda body: body["session"]["audio"]["output"]["voice"],
    ),
    "local": Vendor(
        made=lambda url: Local(base_url=f"{url}/v1/realtime"),
        path="/v1/realtime/client_secrets?sessions=1",
        shown={},
        answer={"value": "ek_0123456789abcdef", "expires_at": 1_800_000_000, "session": {}},
        token="ek_0123456789abcdef",
        dialled="/v1/realtime?model=local-1",
        settings=lambda body: body["session"]["audio"]["output"]["voice"],
    ),
    "google": Vendor(
        made=lambda url: Google(api_key=KEY, base_url=url),
        path="/v1alpha/auth_tokens",
        shown={"x-goog-api-key": KEY},
        answer={"name": "auth_tokens/0123456789abcdef"},
        token="auth_tokens/0123456789abcdef",
        dialled="/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained",
        settings=lambda body: body["bidiGenerateContentSetup"]["generationConfig"]["speechConfig"]["voiceConfig"][
            "prebuiltVoiceConfig"
        ]["voiceName"],
    ),
}


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


async def asked(vendor: Vendor, *answers: Answer, **options: Any) -> tuple[Answered, list[Any]]:
    """What a client gets that asks for a voice, and what the vendor was asked."""
    async with answering(*answers) as server:
        endpoint = setup_endpoint(vendor.made(server.url), **options)
        return await ask(endpoint, {"sessionConfig": {"voice": "canary-voice"}}), server.asked


def test_every_provider_with_tokens_is_tested_here() -> None:
    """Each provider whose data says that it has ephemeral tokens makes some, and stands in this table."""
    able = {name for name, make in PROVIDERS.items() if make().capabilities.ephemeral_tokens}
    assert able == set(VENDORS)
    assert [name for name in able if not isinstance(PROVIDERS[name](), MintsTokens)] == []


async def test_the_vendor_is_asked_as_it_wants_to_be(vendor: Vendor) -> None:
    """The right path, the key where the vendor reads it and nowhere else, the settings in the body."""
    given, (request,) = await asked(vendor, Answer(vendor.answer))
    assert given.status == 200
    assert (request.method, request.path) == ("POST", vendor.path)
    assert {name: request.headers[name] for name in vendor.shown} == vendor.shown
    assert vendor.settings(request.json) == "canary-voice"
    assert KEY.encode() not in request.body


async def test_the_client_is_told_where_to_dial(vendor: Vendor) -> None:
    """The answer is one that the AI SDK accepts: a token and the address of a WebSocket."""
    given, _ = await asked(vendor, Answer(vendor.answer))
    setup = read_setup(given.json)
    assert setup.token == vendor.token
    assert setup.url.startswith("ws://127.0.0.1:")
    assert setup.url.endswith(vendor.dialled)


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Answer({"error": {"message": f"Incorrect API key provided: {KEY}"}}, 401), 502, "provider_refused"),
        (Answer({"error": KEY}, 403), 502, "provider_refused"),
        (Answer({"error": "slow down"}, 429), 503, "provider_busy"),
        (Answer({"error": {"message": f"bad session for {KEY}"}}, 400), 502, "provider_failed"),
        (Answer(b"<html>oops</html>", 500), 502, "provider_failed"),
        (Answer(b"", 302, {"Location": "http://127.0.0.1:9/"}), 502, "provider_failed"),
        (Answer(b"<html>garbage</html>"), 502, "provider_failed"),
        (Answer([]), 502, "provider_failed"),
        (Answer({}), 502, "provider_failed"),
        (Answer({"value": 7, "name": 7, "token": 7}), 502, "provider_failed"),
    ],
)
async def test_whatever_a_vendor_answers_is_mapped(
    vendor: Vendor, answer: Answer, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal, an overload, an outage or garbage is a status of its own; neither client nor log sees the key."""
    caplog.set_level(logging.DEBUG)
    given, _ = await asked(vendor, answer)
    assert (given.status, given.error) == (status, code)
    assert "gave no token" in caplog.text
    assert vendor.shown == {} or KEY not in caplog.text


def test_a_token_ends_no_session() -> None:
    """How long a token can be used to begin a session does not shorten the session."""
    body = Google(api_key=KEY).token_request(SessionConfig(), expires_s=60).body
    assert body is not None
    begun, over = (datetime.fromisoformat(body[name]) for name in ("newSessionExpireTime", "expireTime"))
    assert over - begun > timedelta(minutes=25)


async def test_a_vendor_that_does_not_answer(vendor: Vendor) -> None:
    """A vendor that says nothing is waited for no longer than is allowed."""
    given, _ = await asked(vendor, Answer(forever=True), timeout_s=0.05)
    assert (given.status, given.error) == (504, "provider_timeout")


async def test_a_vendor_that_is_not_there(vendor: Vendor) -> None:
    """Where nobody listens the client hears no more than that there is no token."""
    given = await ask(setup_endpoint(vendor.made("http://127.0.0.1:9")))
    assert (given.status, given.error) == (502, "provider_failed")


async def test_a_server_without_a_key(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Without a key the client hears that this server is not set up, and the log says which variable to set."""
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    given = await ask(setup_endpoint("openai"))
    assert (given.status, given.error) == (500, "not_configured")
    assert b"OPENAI" not in given.body
    assert "OPENAI_API_KEY" in caplog.text


def test_a_provider_without_tokens_is_refused() -> None:
    """Where a provider has no ephemeral tokens, an endpoint for it cannot be made."""

    class Plain:
        id, model, capabilities = "plain", "plain-1", Local().capabilities

    with pytest.raises(ConfigurationError, match="plain has no ephemeral tokens"):
        setup_endpoint(Plain())  # type: ignore[arg-type]


async def test_the_embedded_provider_is_started_where_nobody_did() -> None:
    """An endpoint for "local" needs no server: the embedded one is started, and gives tokens for one session each."""
    endpoint = setup_endpoint("local")
    first, second = [(await ask(endpoint)).json for _ in range(2)]
    assert first["url"] == second["url"]
    assert first["token"] != second["token"]


async def test_a_token_of_the_embedded_provider_is_for_one_session() -> None:
    """The embedded provider checks its tokens: each opens one session, with what it was asked for, and no second."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    async with LocalServer(speech=False, pace=AT_ONCE, api_key="the server's own key") as server:
        keyed = OpenAI(model="local-1", api_key="the server's own key", base_url=server.url.removesuffix("/realtime"))
        refused = await ask(setup_endpoint(Local(base_url=server.url)))
        given = (await ask(setup_endpoint(keyed, session_config={"instructions": "Ours."}))).json
        assert (refused.status, refused.error) == (502, "provider_refused")
        headers = {"Authorization": f"Bearer {given['token']}"}
        async with connect(given["url"], additional_headers=headers) as socket:
            assert '"Ours."' in str(await socket.recv())
    async with LocalServer(speech=False, pace=AT_ONCE) as server:
        given = (await ask(setup_endpoint(Local(base_url=server.url)))).json
        headers = {"Authorization": f"Bearer {given['token']}"}
        async with connect(given["url"], additional_headers=headers):
            with pytest.raises(InvalidStatus, match="401"):
                await connect(given["url"], additional_headers=headers)
