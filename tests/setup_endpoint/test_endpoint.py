"""The setup endpoint: what it gives, and everything that it refuses."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from realtime_rx import SessionConfig, tool
from realtime_rx.errors import ConfigurationError
from realtime_rx.providers import Local, OpenAI
from realtime_rx.setup_endpoint import RateLimit, SetupEndpoint, SetupRefusedError, SetupRequest, setup_endpoint

from ..support.http_server import Answer, HttpServer, answering
from .asking import KEY, TOKEN, ask, endpoint_at


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return "sunny"


@pytest.fixture
async def vendor() -> AsyncIterator[HttpServer]:
    async with answering(Answer(TOKEN)) as server:
        yield server


async def test_a_page_gets_a_token_and_the_tools(vendor: HttpServer) -> None:
    """The answer has the token, where to dial, when it expires, and the tools in the AI SDK's shape."""
    given = await ask(endpoint_at(f"{vendor.url}/v1", tools=[get_weather]), {"sessionConfig": {"voice": "marin"}})
    assert given.status == 200
    assert given.headers["Content-Type"] == "application/json"
    assert given.json == {
        "token": TOKEN["value"],
        "url": f"{vendor.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime",
        "expiresAt": TOKEN["expires_at"],
        "tools": [{"type": "function", "name": "get_weather", **described()}],
    }


def described() -> dict[str, Any]:
    return {"description": get_weather.definition.description, "parameters": get_weather.definition.parameters}


async def test_the_server_has_the_last_word(vendor: HttpServer) -> None:
    """A token is asked for with the client's settings, with the server's over them, and with the server's tools."""
    endpoint = endpoint_at(vendor.url, tools=[get_weather], session_config={"voice": "cedar", "instructions": "Ours."})
    await ask(endpoint, {"sessionConfig": {"voice": "marin", "outputModalities": ["text"], "instructions": "Theirs."}})
    session = vendor.asked[0].json["session"]
    assert session["audio"]["output"]["voice"] == "cedar"
    assert session["instructions"] == "Ours."
    assert session["output_modalities"] == ["text"]
    assert [each["name"] for each in session["tools"]] == ["get_weather"]
    assert vendor.asked[0].json["expires_after"]["seconds"] == 60


async def test_what_a_client_may_not_say_is_left_out(vendor: HttpServer) -> None:
    """Instructions, tools, options and what nobody knows are stripped from what a client asks for."""
    asked = {
        "instructions": "Obey.",
        "tools": [{"type": "function", "name": "rm", "parameters": {}}],
        "providerOptions": {"model": "gpt-expensive"},
        "maxOutputTokens": "inf",
        "outputAudioTranscription": {},
        "__proto__": {"admin": True},
        "speed": 1.5,
    }
    assert (await ask(endpoint_at(vendor.url), {"sessionConfig": asked})).status == 200
    assert vendor.asked[0].json["session"] == {
        "type": "realtime",
        "model": "gpt-realtime",
        "audio": {"output": {"speed": 1.5}},
    }


async def test_what_a_client_may_not_say_can_be_refused(vendor: HttpServer) -> None:
    """Where it is wished, a field that is not allowed is an error that names it, and no token is made."""
    endpoint = endpoint_at(vendor.url, other_fields="refuse")
    given = await ask(endpoint, {"sessionConfig": {"instructions": "Obey."}})
    assert (given.status, given.error) == (400, "bad_session_config")
    assert "instructions" in given.json["error"]["message"]
    assert vendor.asked == []


async def test_what_a_client_may_say_can_be_chosen(vendor: HttpServer) -> None:
    """The list of allowed settings takes their names in Python and in JavaScript."""
    endpoint = endpoint_at(vendor.url, allowed_fields=["instructions", "maxOutputTokens"])
    await ask(endpoint, {"sessionConfig": {"instructions": "Hi.", "maxOutputTokens": 5, "voice": "marin"}})
    assert vendor.asked[0].json["session"] == {
        "type": "realtime",
        "model": "gpt-realtime",
        "instructions": "Hi.",
        "max_output_tokens": 5,
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
async def test_only_post_is_answered(vendor: HttpServer, method: str) -> None:
    """Any other method is refused and told which one to use."""
    given = await ask(endpoint_at(vendor.url), method=method)
    assert (given.status, given.error, given.headers["Allow"]) == (405, "method_not_allowed", "POST")
    assert vendor.asked == []


async def allow(_: SetupRequest) -> bool:
    return True


async def deny(_: SetupRequest) -> bool:
    return False


@pytest.mark.parametrize(
    ("verdict", "status"), [(allow, 200), (lambda _: True, 200), (deny, 401), (lambda _: None, 401)]
)
async def test_a_hook_says_who_may_ask(vendor: HttpServer, verdict: Any, status: int) -> None:
    """The hook's word counts, sync or async, and a hook that says nothing says no."""
    given = await ask(endpoint_at(vendor.url, authorize=verdict))
    assert given.status == status
    assert len(vendor.asked) == (status == 200)
    assert ("WWW-Authenticate" in given.headers) == (status == 401)


async def test_a_hook_sees_who_asks(vendor: HttpServer) -> None:
    """The hook has the headers and the address of the client, and a repr of them shows no cookie."""
    seen = list[SetupRequest]()
    endpoint = endpoint_at(vendor.url, authorize=lambda request: seen.append(request) or True)
    await ask(endpoint, headers={"cookie": "session=canary", "authorization": "Bearer canary"})
    assert (seen[0].headers["cookie"], seen[0].client) == ("session=canary", "192.0.2.1")
    assert "canary" not in repr(seen[0])


async def test_a_hook_may_say_why(vendor: HttpServer) -> None:
    """A hook that raises a SetupRefusedError chooses the status and the words."""

    def busy(_: SetupRequest) -> bool:
        raise SetupRefusedError(402, "pay first", code="no_credit")

    given = await ask(endpoint_at(vendor.url, authorize=busy))
    assert (given.status, given.json) == (402, {"error": {"code": "no_credit", "message": "pay first"}})


@pytest.mark.parametrize("hook", ["authorize", "limit"])
async def test_a_hook_that_breaks_lets_nobody_in(
    vendor: HttpServer, hook: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A hook that raises is logged and nobody gets a token; the client is not told what went wrong."""

    def broken(_: SetupRequest) -> Any:
        raise RuntimeError("the database is at db.internal")

    given = await ask(endpoint_at(vendor.url, **{hook: broken}))
    assert (given.status, given.error) == (500, "internal_server_error")
    assert b"db.internal" not in given.body
    assert "db.internal" in caplog.text
    assert vendor.asked == []


async def test_ten_a_minute_by_default(vendor: HttpServer) -> None:
    """Without being told, an endpoint gives one client ten tokens, then says when to come again; others do not mind."""
    endpoint = setup_endpoint(OpenAI(api_key=KEY, base_url=vendor.url))
    statuses = [(await ask(endpoint)).status for _ in range(10)]
    refused = await ask(endpoint)
    assert statuses == [200] * 10
    assert (refused.status, refused.error) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 6
    assert (await ask(endpoint, client="192.0.2.2")).status == 200
    assert len(vendor.asked) == 11


async def test_the_limit_comes_before_the_password(vendor: HttpServer) -> None:
    """Guessing at the authorization is limited like everything else."""
    endpoint = endpoint_at(vendor.url, authorize=deny, limit=RateLimit(2))
    assert [(await ask(endpoint)).status for _ in range(3)] == [401, 401, 429]


async def test_a_limit_may_be_a_function(vendor: HttpServer) -> None:
    """Any function, sync or async, may say how many seconds a client has to wait."""

    async def full(request: SetupRequest) -> float:
        return 0.5 if request.client == "192.0.2.1" else 0

    endpoint = endpoint_at(vendor.url, limit=full)
    refused = await ask(endpoint)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert (await ask(endpoint, client="192.0.2.9")).status == 200


async def test_the_address_may_be_another_from_outside(vendor: HttpServer) -> None:
    """Behind a proxy the client is told the public address, with what the provider has in its query."""
    endpoint = endpoint_at(vendor.url, public_url="wss://app.example/voice")
    assert (await ask(endpoint)).json["url"] == "wss://app.example/voice?model=gpt-realtime"


async def test_tools_of_the_settings_are_in_the_answer(vendor: HttpServer) -> None:
    """Tools that are described in the settings, for others to answer, are offered like those that are functions."""
    config = SessionConfig.of({"tools": [{"name": "refund_order"}]})
    given = await ask(endpoint_at(vendor.url, session_config=config, tools=[get_weather]))
    assert [each["name"] for each in given.json["tools"]] == ["refund_order", "get_weather"]


async def test_without_tools_the_answer_does_not_speak_of_them(vendor: HttpServer) -> None:
    """An endpoint that has no tools leaves those of the client alone."""
    assert "tools" not in (await ask(endpoint_at(vendor.url))).json


@pytest.mark.parametrize(
    ("model", "options", "named"),
    [
        ("local", {"allowed_origins": ["app.example"]}, "origin"),
        ("local", {"allowed_origins": ["*"]}, "origin"),
        ("local", {"allowed_origins": "https://app.example"}, "lists"),
        ("local", {"allowed_fields": ["voise"]}, "voise"),
        ("local", {"allowed_fields": "voice"}, "lists"),
        ("local", {"session_config": {"voice": 7}}, "voice"),
        ("local", {"public_url": "https://app.example"}, "public_url"),
        ("local", {"tools": [get_weather, get_weather]}, "two tools"),
        ("nobody", {}, "nobody"),
        ("local", {"nonsense": 1}, "nonsense"),
    ],
)
def test_wrong_options_are_named(model: str, options: dict[str, Any], named: str) -> None:
    """What cannot be set up is a ConfigurationError that names it."""
    with pytest.raises(ConfigurationError, match=named):
        setup_endpoint(model, **options)


def test_an_endpoint_does_not_show_its_key() -> None:
    """The repr of an endpoint names provider and model only."""
    assert repr(setup_endpoint("openai:gpt-realtime", api_key=KEY)) == "<SetupEndpoint openai:gpt-realtime>"
    assert isinstance(setup_endpoint(Local()), SetupEndpoint)


async def test_no_log_shows_the_key_or_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level nothing logs the key, the token, or what the client sent."""
    caplog.set_level(logging.DEBUG)
    async with answering(Answer(TOKEN), Answer({"error": f"bad key {KEY}"}, 401)) as vendor:
        endpoint = endpoint_at(vendor.url, authorize=allow)
        for expected in (200, 502):
            body = {"sessionConfig": {"voice": "canary-voice"}}
            given = await ask(endpoint, body, headers={"cookie": "canary-cookie"})
            assert given.status == expected
    assert "bad key ***" in caplog.text
    for secret in (KEY, TOKEN["value"], "canary-voice", "canary-cookie"):
        assert str(secret) not in caplog.text
