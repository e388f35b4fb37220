"""Tokens of every provider that has them, from a scripted vendor over real HTTP, whatever the vendor answers."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from realtime_rx.abc import MintsTokens
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.local import AT_ONCE, LocalServer
from realtime_rx.providers import PROVIDERS, Google, Local, OpenAI
from realtime_rx.setup_endpoint import setup_endpoint
from realtime_rx.setup_protocol import read_setup

from ..support.http_server import Answer, Asked, answering
from .asking import KEY, Answered, ask
from .vendors import VENDORS, Vendor


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return VENDORS[request.param]


async def asked(vendor: Vendor, answer: Answer | None = None, **options: Any) -> tuple[Answered, list[Asked], str]:
    """What a client gets that asks for a voice, what the vendor was asked, and where the vendor is."""
    async with answering(answer or Answer()) as server:
        if answer is None:
            server.answers = [Answer(vendor.answer(server.url))]
        endpoint = setup_endpoint(vendor.made(server.url), **options)
        return await ask(endpoint, {"sessionConfig": {"voice": "canary-voice"}}), server.asked, server.url


def test_every_provider_with_tokens_is_tested_here() -> None:
    """Each provider whose data says that it has ephemeral tokens makes some, and stands in this table."""
    able = {name: make for name, make in PROVIDERS.items() if make().capabilities.ephemeral_tokens}
    assert set(able) == set(VENDORS)
    assert [name for name, make in able.items() if not isinstance(make(), MintsTokens)] == []


async def test_the_vendor_is_asked_as_it_wants_to_be(vendor: Vendor) -> None:
    """The right path, the key where the vendor reads it and nowhere else, the settings where it reads any."""
    given, (request,), _ = await asked(vendor)
    assert given.status == 200
    assert (request.method, request.path) == (vendor.method, vendor.path)
    assert vendor.shown is None or vendor.shown in request.headers.items()
    assert vendor.voice is None or vendor.voice(request.json) == "canary-voice"
    assert KEY not in f"{request.body!r}{request.path}"


async def test_the_client_is_told_where_to_dial(vendor: Vendor) -> None:
    """The answer is one that the AI SDK accepts: a token and the address of a WebSocket at that vendor."""
    given, _, url = await asked(vendor)
    setup = read_setup(given.json)
    assert setup.token == vendor.token
    assert setup.url == f"{url.replace('http', 'ws')}{vendor.dialled}"
    assert KEY not in setup.url


async def test_a_client_dials_there_with_the_token(vendor: Vendor) -> None:
    """A client shows the token and nothing else, even where it has a key of its own."""
    given, _, url = await asked(vendor)
    setup = read_setup(given.json)
    endpoint = vendor.made(url).endpoint(setup.token, setup.url)
    assert endpoint.url.startswith(setup.url)
    shown = f"{endpoint.url}{endpoint.headers}{endpoint.subprotocols}"
    assert setup.token in shown
    assert KEY not in shown


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
        (Answer({"value": 7, "name": 7, "token": 7, "signed_url": 7}), 502, "provider_failed"),
    ],
)
async def test_whatever_a_vendor_answers_is_mapped(
    vendor: Vendor, answer: Answer, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal, an overload, an outage or garbage is a status of its own; neither client nor log sees the key."""
    caplog.set_level(logging.DEBUG)
    given, _, _ = await asked(vendor, answer)
    assert (given.status, given.error) == (status, code)
    assert "gave no token" in caplog.text
    assert vendor.shown is None or KEY not in caplog.text


def test_a_token_ends_no_session() -> None:
    """How long a token can be used to begin a session does not shorten the session."""
    body = Google(api_key=KEY).token_request(SessionConfig(), expires_s=60).body
    assert body is not None
    begun, over = (datetime.fromisoformat(body[name]) for name in ("newSessionExpireTime", "expireTime"))
    assert over - begun > timedelta(minutes=25)


async def test_a_vendor_that_does_not_answer(vendor: Vendor) -> None:
    """A vendor that says nothing is waited for no longer than is allowed."""
    given, _, _ = await asked(vendor, Answer(forever=True), timeout_s=0.05)
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
