"""Where a session dials: with a token, by a setup endpoint, anew each time."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx import RealtimeSession, SessionState, tool, use_realtime
from realtime_rx.errors import AuthenticationError, ConfigurationError, ConnectError, ConnectTimeoutError
from realtime_rx.items import ToolPart
from realtime_rx.policies import ReconnectPolicy

from .support.frames import CREATED, text_turn, tool_turn
from .support.http_server import Answer, answering
from .support.server import Caller, listening, serving
from .support.waiting import until

TOKEN = "ek_canary-0123456789abcdef"
COOKIE = "canary-cookie-0123456789"
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}


async def greeting(caller: Caller) -> None:
    await caller.say(CREATED)
    await caller.listen()


def setup(address: str, **more: Any) -> dict[str, Any]:
    return {"token": TOKEN, "url": f"ws://{address}/v1/realtime?model=m", **more}


def session_with(url: str, **options: Any) -> RealtimeSession:
    given: dict[str, Any] = {"base_url": "http://127.0.0.1:9/v1", **options}
    return use_realtime("openai", api={"token": url, "headers": {"Cookie": f"session={COOKIE}"}}, **given)


def shown(session: RealtimeSession) -> str:
    """Everything of a session that somebody might see."""
    error = session._runner.connection.failure if session._runner.connection else None
    told = "".join(traceback.format_exception(error)) if error is not None else ""
    return f"{session!r}{session.provider!r}{session.state!r}{session.state.to_json()!r}{told}"


async def test_a_setup_endpoint_says_where_to_go(caplog: pytest.LogCaptureFixture) -> None:
    """The endpoint is told the settings, and the session dials the address and shows the token that it answers."""
    caplog.set_level(logging.DEBUG)
    given: dict[str, Any] = {"voice": "marin", "provider_options": {"tools": [{"authorization": "mcp-secret"}]}}
    async with serving(greeting) as server, answering(Answer(setup(server.address, expiresAt=1_800_000_000))) as http:
        session = session_with(f"{http.url}/setup", api_key="sk-own-key-never-shown", **given)
        async with session:
            request = server.callers[0].socket.request
        (asked,) = http.asked
    assert request is not None
    assert (request.path, request.headers["Authorization"]) == ("/v1/realtime?model=m", f"Bearer {TOKEN}")
    told = {"voice": "marin", "providerOptions": given["provider_options"]}
    assert (asked.method, asked.path, asked.json) == ("POST", "/setup", {"sessionConfig": told})
    assert asked.headers["Cookie"] == f"session={COOKIE}"
    for secret in (TOKEN, COOKIE, "sk-own-key-never-shown", "mcp-secret"):
        assert secret not in f"{shown(session)}{caplog.text}"


async def test_every_dial_has_a_token_of_its_own() -> None:
    """A second connect() asks the endpoint again, with the settings of then."""
    async with serving(greeting) as server:
        first, second = ({**setup(server.address), "token": f"ek_token_number_{n}"} for n in (1, 2))
        async with answering(Answer(first), Answer(second)) as http:
            session = session_with(http.url, voice="marin")
            async with session:
                session.update_session(voice="cedar")
                await session.disconnect()
                await session.connect()
            tokens = [
                caller.socket.request.headers["Authorization"] for caller in server.callers if caller.socket.request
            ]
            voices = [asked.json["sessionConfig"]["voice"] for asked in http.asked]
    assert tokens == ["Bearer ek_token_number_1", "Bearer ek_token_number_2"]
    assert voices == ["marin", "cedar"]


async def hanging_up(caller: Caller) -> None:
    await caller.say(CREATED)
    await caller.hear("session.update")


async def test_a_lost_connection_is_replaced_with_a_token_of_its_own() -> None:
    """A session that is dialled again by itself shows a fresh token, since the one before it may be spent."""
    async with serving(hanging_up) as first, serving(greeting) as second:
        answers = [Answer({**setup(each.address), "token": f"ek_token_{each.address}"}) for each in (first, second)]
        async with answering(*answers) as http:
            policy = ReconnectPolicy(first_delay_s=0.01)
            async with session_with(http.url, voice="marin", reconnect=policy) as session:
                await until(session, lambda state: state.reconnects == 1 and state.status == "connected")
        request = second.callers[0].socket.request
    assert request is not None
    assert request.headers["Authorization"] == f"Bearer ek_token_{second.address}"


@tool
def get_weather() -> str:
    """Ours."""
    return "sunny"


async def offering(caller: Caller) -> None:
    """Call the tool that the settings name, and say its output."""
    await caller.say(CREATED)
    session = (await caller.hear("session.update"))["session"]
    (name,) = (each["name"] for each in session["tools"])
    await caller.say(*tool_turn(("call_1", name, "{}")))
    output = (await caller.hear("conversation.item.create"))["item"]["output"]
    await caller.say(*text_turn(f"It is {output}."))
    await caller.listen()


def said(text: str) -> Callable[[SessionState], bool]:
    return lambda state: bool(state.messages) and state.messages[-1].text == text


@pytest.mark.parametrize(
    "options", [{"tools": [get_weather]}, {"on_tool_call": lambda call: "sunny"}], ids=["a tool", "on_tool_call"]
)
async def test_the_tools_of_an_endpoint_are_offered(options: dict[str, Any]) -> None:
    """What the model is told of tools is what the endpoint says; a tool of that name answers, or on_tool_call does."""
    async with (
        serving(offering) as server,
        answering(Answer(setup(server.address, tools=[WEATHER]))) as http,
        session_with(http.url, **options) as session,
    ):
        state = await until(session, said("It is sunny."))
        updates = [frame for frame in server.callers[0].frames if frame["type"] == "session.update"]
    assert [each.name for each in state.config.tools or ()] == ["get_weather"]
    (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    assert call.output == "sunny"
    assert len(updates) == 1
    assert updates[0]["session"]["tools"][0]["description"] == ""


async def test_an_endpoint_without_tools_leaves_ours() -> None:
    """An endpoint that does not speak of tools leaves the session its own."""
    async with (
        serving(offering) as server,
        answering(Answer(setup(server.address))) as http,
        session_with(http.url, tools=[get_weather]) as session,
    ):
        await until(session, said("It is sunny."))
    assert [each["name"] for each in http.asked[0].json["sessionConfig"]["tools"]] == ["get_weather"]


async def failure(session: RealtimeSession) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        await session.connect()
    assert session.state.status == "error"
    assert session.state.error is not None
    for secret in (TOKEN, COOKIE):
        assert secret not in f"{caught.value!r}{shown(session)}"
    await session.aclose()
    return caught.value


@pytest.mark.parametrize("status", [401, 403])
async def test_an_endpoint_that_refuses_us(status: int) -> None:
    """An endpoint's HTTP 401 or 403 is an AuthenticationError with its words, without what it was shown."""
    answer = Answer({"error": {"code": "unauthorized", "message": f"not with {COOKIE}"}}, status)
    async with answering(answer) as http:
        error = await failure(session_with(http.url))
    assert isinstance(error, AuthenticationError)
    assert "not with ***" in str(error)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (Answer({"error": "slow down"}, 429), "HTTP 429"),
        (Answer(b"<html>", 502), "HTTP 502"),
        (Answer(b"<html>"), "no JSON object"),
        (Answer({"url": "wss://host"}), "'token'"),
        (Answer({"token": TOKEN, "url": "https://host"}), "'url'"),
        (Answer({"token": TOKEN, "url": "wss://host", "tools": 7}), "'tools'"),
        (Answer(b"", 307, {"Location": "http://127.0.0.1:9/"}), "HTTP 307"),
    ],
)
async def test_an_endpoint_that_answers_nonsense(answer: Answer, named: str) -> None:
    """Whatever an endpoint answers that is no setup is a ConnectError that names what is wrong."""
    async with answering(answer) as http:
        assert named in str(await failure(session_with(http.url)))


async def test_an_endpoint_that_does_not_answer() -> None:
    """An endpoint that says nothing is a ConnectTimeoutError once the time to connect is over."""
    async with answering(Answer(forever=True)) as http:
        assert isinstance(await failure(session_with(http.url, connect_timeout=0.1)), ConnectTimeoutError)


async def test_an_endpoint_that_is_not_there() -> None:
    """Where nobody listens, the error names the address of the endpoint."""
    assert "http://127.0.0.1:9/setup" in str(await failure(session_with("http://127.0.0.1:9/setup?key=1")))


async def test_a_token_that_the_provider_refuses() -> None:
    """A token that is no good where the endpoint sends us is an AuthenticationError that does not show it."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 800\r\n\r\n" + request.ljust(800)[:800])
        await writer.drain()

    async with listening(refuse) as address, answering(Answer(setup(address))) as http:
        assert isinstance(await failure(session_with(http.url)), AuthenticationError)


async def test_get_token_may_give_a_whole_setup() -> None:
    """A coroutine function of one's own may fetch what an endpoint would answer: address and tools count as well."""
    async with serving(offering) as server:

        async def get_token() -> dict[str, Any]:
            return setup(server.address, tools=[WEATHER])

        async with use_realtime("openai", get_token=get_token, tools=[get_weather]) as session:
            await until(session, said("It is sunny."))
            assert TOKEN not in shown(session)


async def test_get_token_may_give_nonsense() -> None:
    """What is no setup is a ConnectError that says where it came from."""

    async def get_token() -> dict[str, Any]:
        return {"token": ""}

    assert "get_token()" in str(await failure(use_realtime("openai", get_token=get_token)))


async def token() -> str:
    return TOKEN


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"api": {"token": "/api/realtime/setup"}}, "http"),
        ({"api": {"token": "wss://host"}}, "http"),
        ({"api": {"token": "http://[host"}}, "http"),
        ({"api": {}}, "http"),
        ({"api": {"token": "http://host", "key": "x"}}, "'key'"),
        ({"api": {"token": "http://host"}, "get_token": token}, "one of them"),
    ],
)
def test_wrong_addresses_are_named(options: dict[str, Any], named: str) -> None:
    """An api that is no address, or one of two ways at once, is a ConfigurationError."""
    with pytest.raises(ConfigurationError, match=named):
        use_realtime("openai", **options)
