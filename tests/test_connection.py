"""A connection's life, over pipes in memory: order, endings, time-outs, what is told of them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.errors import ConnectError, ConnectionLostError, ConnectTimeoutError
from realtime_rx.events import FrameRejected, ProviderEvent
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.transports import MemoryTransport

from .support.frames import CREATED, error, text_turn
from .support.memory import Wire, connected, session_on
from .support.waiting import becomes, tasks, until


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


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
async def test_a_server_that_hangs_up_is_an_error_with_its_code(code: int) -> None:
    """A close that nobody here asked for ends in status 'error' with the close code, be it a clean one."""
    wire = Wire()
    session = await connected(wire)
    turn = text_turn("The answer is forty two")
    wire.say(*turn[:5])
    wire.pipe.drop(code, "bye")
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert (state.error.code, state.error.fatal) == (f"close_{code}", True)
    assert "bye" in state.error.message
    await session.aclose()


async def test_nothing_that_was_said_is_lost_with_the_connection() -> None:
    """A connection lost in the middle of a turn leaves the words that had come, and nothing in flight."""
    wire = Wire()
    session = await connected(wire)
    session.send_text_message("What is the answer?")
    wire.say(*text_turn("The answer is forty two")[:6])
    wire.pipe.drop(1011)
    state = await until(session, lambda state: state.status == "error")
    assert [(message.role, message.text) for message in state.messages] == [
        ("user", "What is the answer?"),
        ("assistant", "The answer is"),
    ]
    assert (state.mode, state.messages[-1].status) == ("idle", "incomplete")
    await session.aclose()


async def test_the_last_words_before_a_close_are_read() -> None:
    """Where sending fails because the server hung up, what it said before is still received, and its code is told."""

    class Deaf(MemoryTransport):
        async def send(self, frame: Frame) -> None:
            if "note" in str(frame):
                self.receive(json.dumps(error("your time is up", code="session_expired")))
                self.drop(1008, "expired")
                raise ConnectionLostError(1006, "broken pipe")
            await super().send(frame)

    pipe = Deaf()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe)
    await session.connect()
    session.send_event({"type": "note"})
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert state.error.code == "close_1008"
    assert state.events[-1].type == "error"
    await session.aclose()


async def test_a_pipe_that_only_fails_to_send_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sending fails and nothing more arrives, the failure of the sending is the error."""
    monkeypatch.setattr("realtime_rx.connection.LAST_WORDS", 0.02)

    class Broken(MemoryTransport):
        async def send(self, frame: Frame) -> None:
            raise ConnectionLostError(1006, "broken pipe")

    pipe = Broken()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe)
    session.connect()
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert "broken pipe" in state.error.message
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
    session = session_on(wire, connect_timeout=0.05)
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


async def test_a_transport_that_hangs_on_closing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hanging up ends even where a transport's close() does not."""
    monkeypatch.setattr("realtime_rx.connection.HANG_UP", 0.02)

    class Clinging(MemoryTransport):
        async def close(self) -> None:
            await asyncio.Event().wait()

    pipe = Clinging()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe)
    await session.connect()
    await asyncio.wait_for(session.aclose(), 5)
    assert tasks() == set()


async def test_a_stream_that_ends_without_a_word_is_a_lost_connection() -> None:
    """Frames that just stop count as a connection that was lost."""

    class Short(MemoryTransport):
        async def frames(self) -> AsyncIterator[Frame]:
            yield json.dumps(CREATED)

    session = session_on(Short)
    session.connect()
    state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert state.error.code == "close_1006"
    await session.aclose()


async def test_a_cancelled_task_is_a_lost_connection() -> None:
    """Where somebody else cancels the connection's task, the session does not go on as if it were connected."""
    session = await connected(Wire())
    (task,) = [task for task in asyncio.all_tasks() if task.get_name() == "realtime-rx connection 1"]
    task.cancel()
    await becomes(task.done)
    assert session.state.status == "error"
    await session.aclose()
