"""Sessions with a server of each dialect over a real socket."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx.config import SessionConfig
from realtime_rx.items import TextPart, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import get_provider
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, SessionState
from realtime_rx.tools import tool
from realtime_rx.transports import WebSocketTransport

from ..support.dialect_server import HEARD, DialectServer, speaking
from ..support.manners import MANNERS
from ..support.waiting import becomes, until

KEY = "canary-0123456789abcdef"
FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)
dialects = pytest.mark.parametrize("name", MANNERS)


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"It is foggy in {city}."


def session_at(server: DialectServer, name: str, **options: Any) -> RealtimeSession:
    path = "/v4/ai" if name == "gateway" else "" if name.startswith("azure") else "/v1"
    return RealtimeSession(
        get_provider(name, api_key=KEY, base_url=f"{server.base_url}{path}"),
        **{
            "transport": lambda: WebSocketTransport(close_timeout=0.2),
            "session_config": SessionConfig(instructions="Be brief."),
            "tools": [get_weather],
            **options,
        },
    )


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages if message.text]


def quiet(state: SessionState) -> bool:
    flow = state.flow
    return state.status == "connected" and not (flow.response_id or flow.requested or flow.calls or flow.restoring)


def answered(turns: int) -> Any:
    return lambda state: quiet(state) and [role for role, _ in rows(state)].count("assistant") >= turns


def user(text: str) -> Message:
    return Message(id=f"old_{len(text)}", role="user", parts=(TextPart(text=text),), created_at=1.0, status="completed")


@dialects
async def test_a_written_turn_is_answered(name: str) -> None:
    """What is typed is answered, is there once, and its tokens are counted."""
    async with speaking(name) as server, session_at(server, name) as session:
        session.send_text_message("Hello?")
        state = await until(session, answered(1))
    assert rows(state) == [("user", "Hello?"), ("assistant", "It is noon.")]
    assert (state.usage.input_tokens, state.usage.output_tokens, state.error) == (20, 10, None)
    assert KEY not in f"{session!r}{session.provider!r}{state!r}{state.to_json()!r}"


@dialects
async def test_a_tool_is_called_and_its_output_is_told(name: str) -> None:
    """A call is run once, answered once, and the model goes on from its output."""
    async with speaking(name) as server, session_at(server, name) as session:
        session.send_text_message("Weather?")
        state = await until(session, answered(1))
        heard = server.talks[0].heard
    assert rows(state) == [("user", "Weather?"), ("assistant", "It is foggy in London.")]
    (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    assert (call.tool_name, call.input, call.output) == ("get_weather", {"city": "London"}, "It is foggy in London.")
    outputs = [frame["item"] for frame in heard if frame.get("item", {}).get("type") == "function_call_output"]
    assert [output["output"] for output in outputs] == ["It is foggy in London."]
    assert [frame["type"] for frame in heard].count("response.create") == 2
    named = [each["name"] for each in heard[0]["session"]["tools"]]
    assert named == ["get_weather"]


@dialects
async def test_a_spoken_turn_is_understood_and_answered(name: str) -> None:
    """What is said aloud becomes one message before its answer, whose latest transcript holds; nothing is asked for."""
    async with speaking(name) as server, session_at(server, name) as session:
        for _ in range(3):
            session.send_audio(bytes(4800))
        state = await until(session, lambda state: answered(1)(state) and rows(state)[0] == ("user", HEARD))
        heard = [frame["type"] for frame in server.talks[0].heard]
    assert rows(state) == [("user", HEARD), ("assistant", "It is noon.")]
    assert "response.create" not in heard
    assert state.mode == "idle"


@pytest.mark.parametrize("name", [name for name in MANNERS if get_provider(name).capabilities.history])
async def test_what_was_said_before_is_told(name: str) -> None:
    """A conversation from elsewhere is told to the server before anything else is said, and shown once."""
    reply = Message(
        id="old_reply", role="assistant", parts=(TextPart(text="Blue."),), created_at=2.0, status="completed"
    )
    before = SessionState.initial(max_events=50)
    before = replace(before, messages=before.messages.append(user("My colour?")).append(reply))
    async with speaking(name) as server, session_at(server, name, state=before) as session:
        session.send_text_message("And yours?")
        state = await until(session, answered(2))
        told = [frame["item"] for frame in server.talks[0].heard if "item" in frame]
    assert [(item["role"], item["content"][0]["text"]) for item in told] == [
        ("user", "My colour?"),
        ("assistant", "Blue."),
        ("user", "And yours?"),
    ]
    assert rows(state)[:3] == [("user", "My colour?"), ("assistant", "Blue."), ("user", "And yours?")]


@dialects
async def test_an_answer_can_be_interrupted(name: str) -> None:
    """An interruption cancels the response; what was said stays and is marked."""
    async with speaking(name) as server, session_at(server, name) as session:
        session.send_text_message("Slowly.")
        await until(session, lambda state: rows(state)[-1:] == [("assistant", " It is noon.")])
        session.interrupt()
        state = await until(session, quiet)
        heard = [frame["type"] for frame in server.talks[0].heard]
    assert (state.messages[-1].interrupted, state.messages[-1].status) == (True, "incomplete")
    assert heard.count("response.cancel") == 1


async def test_xai_goes_on_with_a_conversation() -> None:
    """After a drop xAI is asked to go on, says everything again, and each message is still there once, in order."""
    async with speaking("xai") as server, session_at(server, "xai", reconnect=FAST) as session:
        session.send_text_message("Hello?")
        await until(session, answered(1))
        await server.talks[0].caller.socket.close(1011)
        await until(session, lambda state: state.reconnects == 1 and state.restored == "resumed")
        await becomes(lambda: len(server.talks) == 2 and server.talks[1].heard)
        session.send_text_message("Again?")
        state = await until(session, answered(2))
        again = [frame["type"] for frame in server.talks[1].heard]
    assert server.path(1) == "/v1/realtime?model=grok-voice-latest&conversation_id=conv_1"
    expected = [("user", "Hello?"), ("assistant", "It is noon."), ("user", "Again?"), ("assistant", "It is noon.")]
    assert rows(state) == expected
    assert again == ["session.update", "conversation.item.create", "response.create"]
    assert all(talk.heard[0]["session"]["resumption"] == {"enabled": True} for talk in server.talks)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("openai", "/v1/realtime?model=gpt-realtime"),
        ("azure", "/openai/v1/realtime?model=gpt-realtime"),
        ("azure-voice-live", "/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime"),
        ("xai", "/v1/realtime?model=grok-voice-latest"),
        ("gateway", "/v4/ai/realtime-model?ai-model-id=openai%2Fgpt-realtime-2.1"),
    ],
)
async def test_where_it_dials_and_what_it_shows(name: str, path: str) -> None:
    """Each is dialled at its own path, with the key in a header and nowhere in the address."""
    async with speaking(name) as server, session_at(server, name) as session:
        await until(session, lambda state: state.status == "connected")
        request = server.server.callers[0].socket.request
    assert request is not None
    assert request.path == path
    shown = request.headers.get("api-key") or request.headers["Authorization"].removeprefix("Bearer ")
    assert shown == KEY


async def test_a_token_of_the_gateway_is_a_subprotocol() -> None:
    """An ephemeral token is shown to the gateway as a page would, beside the marker that the gateway takes up."""
    async with speaking("gateway") as server:
        provider = get_provider("gateway", base_url=f"{server.base_url}/v4/ai")
        transport = WebSocketTransport(close_timeout=0.2)
        await transport.open(provider.endpoint("vcst_0123456789"))
        await transport.close()
        socket = server.server.callers[0].socket
    assert socket.request is not None
    assert socket.subprotocol == "ai-gateway-realtime.v1"
    assert socket.request.headers["Sec-WebSocket-Protocol"].split(", ")[1] == "ai-gateway-auth.vcst_0123456789"
    assert "Authorization" not in socket.request.headers


async def test_a_warning_names_what_a_provider_has_no_setting_for() -> None:
    """A setting that xAI does not have is a warning that names it; the rest is sent."""
    async with speaking("xai") as server:
        session = session_at(server, "xai", session_config=SessionConfig(temperature=0.5, voice="eve"))
        async with session:
            state = await until(session, lambda state: state.status == "connected")
            await becomes(lambda: server.talks and server.talks[0].heard)
            sent = server.talks[0].heard[0]["session"]
    warned = state.error or session.state.error
    assert warned is not None
    assert (warned.code, warned.param) == ("unsupported_setting", "temperature")
    assert (sent["voice"], "temperature" in json.dumps(sent)) == ("eve", False)
