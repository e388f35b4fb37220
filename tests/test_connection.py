"""A connection's life, over pipes in memory: order, endings, time-outs, what is told of them."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from realtime_rx.abc import Endpoint
from realtime_rx.config import ToolDefinition
from realtime_rx.errors import ConnectError, ConnectTimeoutError
from realtime_rx.events import FrameRejected, ProviderEvent
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import MemoryTransport

from .support.frames import CREATED, error
from .support.memory import PROVIDER, SETTINGS, Wire, connected, session_on
from .support.waiting import becomes, until


async def test_what_is_said_while_connecting_waits_behind_the_settings() -> None:
    """Messages sent while connecting go out after session.update, in the order in which they were sent."""
    wire = Wire()
    session = session_on(wire)
    session.connect()
    session.send_text_message("one", respond=False)
    session.send_text_message("two", respond=False)
    wire.say(CREATED)
    said = [await wire.hear() for _ in range(3)]
    assert [event["type"] for event in said] == ["session.update", *["conversation.item.create"] * 2]
    assert [event["item"]["content"][0]["text"] for event in said[1:]] == ["one", "two"]
    await session.aclose()


async def test_sends_are_ordered_however_many_there_are() -> None:
    """A thousand events arrive in the order in which they were sent, whichever verb sent them."""
    wire = Wire()
    session = await connected(wire)
    for number in range(500):
        session.send_event({"type": "note", "number": number})
        session.send_audio(b"\0\0")
    said = [await wire.hear() for _ in range(1000)]
    assert [event["number"] for event in said[::2]] == list(range(500))
    assert {event["type"] for event in said[1::2]} == {"input_audio_buffer.append"}
    await session.aclose()


async def test_a_server_that_never_greets_is_given_up() -> None:
    """Where the pipe opens and no greeting comes in time, connecting fails with ConnectTimeoutError."""
    session = session_on(Wire(), connect_timeout=0.02)
    with pytest.raises(ConnectTimeoutError, match=r"0\.02 s"):
        await session.connect()
    assert session.state.error is not None
    assert (session.state.status, session.state.error.code) == ("error", "connect_timeout")
    await session.aclose()


async def test_an_error_is_no_greeting() -> None:
    """A server that only complains does not keep a session connecting for ever."""
    wire = Wire()
    session = session_on(wire, connect_timeout=0.5)
    connecting = session.connect()
    wire.say(error("no such model", code="model_not_found"), {"type": "something.new"}, "not json")
    with pytest.raises(ConnectTimeoutError):
        await connecting
    assert [event.type for event in session.state.events] == ["error", "custom", "frame-rejected"]
    await session.aclose()


async def test_a_dial_that_hangs_is_given_up() -> None:
    """Asking for a token counts towards the time for connecting."""

    async def dial() -> Endpoint:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    session = session_on(Wire(), dial=dial, connect_timeout=0.02)
    with pytest.raises(ConnectTimeoutError):
        await session.connect()
    await session.aclose()


async def test_a_dial_that_raises_is_a_connect_error() -> None:
    """What the asking for a token raised is the cause of the ConnectError."""

    async def dial() -> Endpoint:
        raise LookupError("no token today")

    session = session_on(Wire(), dial=dial)
    with pytest.raises(ConnectError, match="no token today") as caught:
        await session.connect()
    assert isinstance(caught.value.__cause__, LookupError)
    await session.aclose()


async def test_a_transport_that_cannot_be_made_is_a_connect_error() -> None:
    """A transport factory that raises ends the connecting instead of leaving it waiting."""

    def make() -> MemoryTransport:
        raise RuntimeError("no such thing")

    session = session_on(make)
    with pytest.raises(ConnectError, match="no such thing"):
        await session.connect()
    await session.aclose()


async def test_a_frame_that_makes_no_sense_is_an_event() -> None:
    """Frames that are no JSON or no object are rejected by name, and the session goes on."""
    wire = Wire()
    session = await connected(wire)
    wire.say("{not json", "[1, 2]", '{"no": "type"}', b"\xff\xfe")
    await until(session, lambda state: len(state.events) == 5)
    assert [type(event) for event in session.state.events][1:] == [FrameRejected] * 4
    assert session.state.status == "connected"
    await session.aclose()


async def test_of_a_frame_that_makes_no_sense_the_beginning_is_kept() -> None:
    """However long a rejected frame is, the state has no more than an excerpt of it."""
    wire = Wire()
    session = await connected(wire)
    wire.say("{not json" + "x" * 100_000)
    state = await until(session, lambda state: isinstance(state.events[-1], FrameRejected))
    rejected = state.events[-1]
    assert isinstance(rejected, FrameRejected)
    assert rejected.excerpt.startswith("b'{not jsonxxx")
    assert len(state.to_json()) < 10_000
    await session.aclose()


async def test_an_unknown_event_passes_through_raw() -> None:
    """An event of a type that nobody knows yet is kept as it came."""
    wire = Wire()
    session = await connected(wire)
    wire.say({"type": "session.sings", "song": "la"})
    state = await until(session, lambda state: len(state.events) == 2)
    event = state.events[-1]
    assert isinstance(event, ProviderEvent)
    assert event.raw == {"type": "session.sings", "song": "la"}
    await session.aclose()


async def test_binary_frames_are_read() -> None:
    """A server may send its JSON in binary frames."""
    wire = Wire()
    session = session_on(wire)
    connecting = session.connect()
    wire.say(json.dumps(CREATED).encode())
    await connecting
    assert session.state.session_id == "sess_1"
    await session.aclose()


async def test_what_cannot_be_said_is_told_and_the_conversation_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A codec that fails on one event costs that event alone."""
    wire = Wire()
    session = await connected(wire)
    encode = OpenAICodec.encode

    def failing(self: OpenAICodec, event: Any) -> Any:
        if event.type == "input-audio-commit":
            raise ZeroDivisionError("oops")
        return encode(self, event)

    monkeypatch.setattr(OpenAICodec, "encode", failing)
    session.commit_audio()
    session.clear_audio_buffer()
    assert (await wire.hear())["type"] == "input_audio_buffer.clear"
    assert session.state.error is not None
    assert session.state.error.code == "configuration"
    assert "input-audio-commit cannot be sent" in session.state.error.message
    assert session.state.status == "connected"
    await session.aclose()


async def test_nothing_but_the_settings_is_said_before_the_greeting() -> None:
    """A provider that wants to greet first gets the settings and then, once it has greeted, all that waited."""
    wire = Wire()
    patient = replace(PROVIDER, capabilities=structs.replace(PROVIDER.capabilities, greeting_first=True))
    session = RealtimeSession(patient, transport=wire, session_config=SETTINGS)
    connecting = session.connect()
    session.send_text_message("Are you there?")
    assert (await wire.hear())["type"] == "session.update"
    await asyncio.sleep(0.01)
    assert wire.heard() == []
    wire.say(CREATED)
    await connecting
    assert await wire.hear_types(2) == ["conversation.item.create", "response.create"]
    await session.aclose()


async def test_tools_that_come_with_the_address_are_in_the_first_settings() -> None:
    """Where whoever says where to dial also says which tools to offer, the first settings name them, later ones not."""
    offered = (ToolDefinition(name="theirs"),)

    async def dial() -> Endpoint:
        return Endpoint(url="ws://localhost", tools=offered)

    wire = Wire()
    session = session_on(wire, dial=dial)
    connecting = session.connect()
    wire.say(CREATED)
    await connecting
    first = (await wire.hear())["session"]
    assert (first["instructions"], [each["name"] for each in first["tools"]]) == ("Be brief.", ["theirs"])
    assert session.state.config.tools == offered
    session.update_session(voice="marin")
    assert "tools" not in (await wire.hear())["session"]
    await session.aclose()


async def test_a_conversation_to_go_on_with_is_named_in_the_address() -> None:
    """Where a provider names conversations in its address, the next dial asks for the one that there was."""
    wire = Wire()
    abilities = structs.replace(PROVIDER.capabilities, resumption="conversation", resume_parameter="conversation_id")
    session = RealtimeSession(replace(PROVIDER, capabilities=abilities), transport=wire)
    connecting = session.connect()
    wire.say(CREATED, {"type": "conversation.created", "conversation": {"id": "conv 1"}})
    await connecting
    await until(session, lambda state: state.resumption)
    wire.renew()
    again = session.restart()
    await becomes(lambda: wire.pipe.endpoint)
    assert wire.pipe.endpoint is not None
    assert wire.pipe.endpoint.url.endswith("&conversation_id=conv+1")
    wire.say(CREATED)
    await again
    assert session.state.restored == "resumed"
    await session.aclose()
