"""Callbacks: each at its time, in order, out of each other's way."""

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

from realtime_rx.callbacks import Callbacks
from realtime_rx.session import RealtimeSession

from .support.frames import error, item, response, text_turn, tool_turn
from .support.memory import Wire, connected, session_on
from .support.waiting import becomes, until

visitor: ContextVar[str] = ContextVar("visitor", default="nobody")

USAGE = {"total_tokens": 5, "input_tokens": 3, "output_tokens": 2}


async def settled(session: RealtimeSession) -> None:
    """Let everything that was called run: calls go through the loop in order."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_soon(done.set)
    await done.wait()


async def test_the_life_of_a_connection_is_told_in_order() -> None:
    """Status changes, on_connect and on_disconnect are called in the order in which they happened."""
    told = list[Any]()
    callbacks = Callbacks(
        on_status_change=told.append,
        on_connect=lambda: told.append("on_connect"),
        on_disconnect=lambda: told.append("on_disconnect"),
    )
    session = await connected(Wire(), callbacks=callbacks)
    await session.disconnect()
    await session.aclose()
    assert told == ["connecting", "connected", "on_connect", "disconnected", "on_disconnect"]


async def test_a_connection_that_never_was_is_not_disconnected() -> None:
    """on_disconnect is not called where connecting failed."""
    told = list[str]()
    session = session_on(
        Wire(), connect_timeout=0.01, callbacks=Callbacks(on_disconnect=lambda: told.append("on_disconnect"))
    )
    await asyncio.gather(session.connect(), return_exceptions=True)
    await session.aclose()
    assert told == []


async def test_a_lost_connection_is_told() -> None:
    """A lost connection calls on_disconnect and on_error, the error with its code."""
    wire, told = Wire(), list[Any]()
    callbacks = Callbacks(on_disconnect=lambda: told.append("gone"), on_error=lambda error: told.append(error.code))
    session = await connected(wire, callbacks=callbacks)
    wire.pipe.drop(1011)
    await becomes(lambda: len(told) == 2)
    assert told == ["gone", "close_1011"]
    await session.aclose()


async def test_a_turn_is_told_as_it_goes() -> None:
    """Modes change from thinking to speaking to idle, and each message is told once, when it is complete."""
    wire, modes, messages = Wire(), list[str](), list[tuple[str, str]]()
    callbacks = Callbacks(
        on_mode_change=modes.append, on_message=lambda message: messages.append((message.role, message.text))
    )
    session = await connected(wire, callbacks=callbacks)
    session.send_text_message("Hello", id="mine")
    echo = {"id": "mine", "type": "message", "role": "user", "status": "completed"}
    echo["content"] = [{"type": "input_text", "text": "Hello"}]
    wire.say({"type": "conversation.item.added", "item": echo}, {"type": "conversation.item.done", "item": echo})
    wire.say(*text_turn("Hello to you"))
    await until(session, lambda state: len(state.messages) == 2 and state.mode == "idle")
    await settled(session)
    assert modes == ["thinking", "speaking", "idle"]
    assert messages == [("user", "Hello"), ("assistant", "Hello to you")]
    await session.aclose()


async def test_what_a_user_said_is_told_when_it_is_understood() -> None:
    """A spoken user message is told with its transcript, and also where the transcription failed."""
    wire, told = Wire(), list[tuple[str, str | None]]()
    callbacks = Callbacks(on_message=lambda message: told.append((message.text, message.parts[0].error)))
    session = await connected(wire, callbacks=callbacks)
    transcription = "conversation.item.input_audio_transcription"
    wire.say(
        {"type": "input_audio_buffer.committed", "item_id": "u1"},
        {"type": f"{transcription}.delta", "item_id": "u1", "content_index": 0, "delta": "Good"},
        {"type": f"{transcription}.completed", "item_id": "u1", "content_index": 0, "transcript": "Good morning"},
        {"type": "input_audio_buffer.committed", "item_id": "u2"},
        {"type": f"{transcription}.failed", "item_id": "u2", "content_index": 0, "error": {"message": "too quiet"}},
    )
    await becomes(lambda: len(told) == 2)
    assert told == [("Good morning", None), ("", "too quiet")]
    await session.aclose()


async def test_an_interruption_is_told() -> None:
    """A cancelled response calls on_interrupted, and its message is told as interrupted."""
    wire, told = Wire(), list[Any]()
    callbacks = Callbacks(
        on_interrupted=lambda: told.append("interrupted"),
        on_message=lambda message: told.append((message.text, message.interrupted)),
    )
    session = await connected(wire, callbacks=callbacks)
    cut = {**item("item_1", "One two"), "status": "incomplete"}
    wire.say(*text_turn("One two three")[:5], response("response.done", "resp_1", "cancelled", [cut]))
    await becomes(lambda: len(told) == 2)
    assert told == ["interrupted", ("One two", True)]
    await session.aclose()


async def test_usage_is_told_when_it_grows() -> None:
    """on_usage is called with the sum so far, once for each response."""
    wire, told = Wire(), list[int]()
    session = await connected(wire, callbacks=Callbacks(on_usage=lambda usage: told.append(usage.total_tokens)))
    for number in range(2):
        done = response("response.done", f"resp_{number}", "completed")
        done["response"]["usage"] = USAGE
        wire.say(done)
    await becomes(lambda: len(told) == 2)
    assert told == [5, 10]
    await session.aclose()


async def test_every_event_is_told() -> None:
    """on_event is called with every server event, in order, after the state that it led to."""
    wire, told = Wire(), list[str]()
    session = session_on(wire, callbacks=Callbacks(on_event=lambda event: told.append(event.type)))
    session.connect()
    wire.say({"type": "session.created", "session": {}}, {"type": "news"}, "nonsense")
    await becomes(lambda: len(told) == 3)
    assert told == ["session-created", "custom", "frame-rejected"]
    await session.aclose()


async def test_errors_of_every_kind_are_told() -> None:
    """on_error hears of the server's errors, of failed tools and of failed responses."""
    wire, told = Wire(), list[str | None]()
    session = await connected(wire, callbacks=Callbacks(on_error=lambda error: told.append(error.code)))
    failed = response("response.done", "resp_9", "failed")
    failed["response"]["status_details"] = {"type": "failed", "error": {"code": "rate_limit_exceeded", "type": "x"}}
    wire.say(error("no", code="invalid_value"), *tool_turn(("c1", "nothing", "{}")), failed)
    await becomes(lambda: len(told) == 3)
    assert set(told) == {"invalid_value", "unknown_tool", "rate_limit_exceeded"}
    await session.aclose()


@pytest.mark.parametrize("kind", ["plain", "coroutine"])
async def test_a_callback_that_raises_disturbs_nobody(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """What a callback raises is logged, and the others go on being called."""
    wire, told = Wire(), list[str]()

    def plain(_: object) -> None:
        raise ZeroDivisionError("my mistake")

    async def coroutine(_: object) -> None:
        raise ZeroDivisionError("my mistake")

    callbacks = Callbacks(
        on_status_change=plain if kind == "plain" else coroutine,
        on_mode_change=told.append,
        on_event=plain if kind == "plain" else coroutine,
    )
    session = await connected(wire, callbacks=callbacks)
    wire.say(*text_turn("Still here"))
    await becomes(lambda: told == ["thinking", "speaking", "idle"])
    assert (session.state.status, session.state.messages[0].text) == ("connected", "Still here")
    await session.aclose()
    assert "my mistake" in caplog.text


async def test_coroutine_callbacks_are_awaited() -> None:
    """A coroutine function as callback runs as a task of the session, and ends with it."""
    started, ended = asyncio.Event(), asyncio.Event()

    async def on_connect() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    session = await connected(Wire(), callbacks=Callbacks(on_connect=on_connect))
    await started.wait()
    assert session.task_count == 2
    await session.aclose()
    assert (ended.is_set(), session.task_count) == (True, 0)


async def test_callbacks_see_nothing_of_the_callers_context() -> None:
    """Context variables of whoever connected or called a verb do not leak into callbacks."""
    visitor.set("alice")
    wire, seen = Wire(), list[str]()

    async def look(_: object) -> None:
        seen.append(visitor.get())

    callbacks = Callbacks(on_status_change=look, on_mode_change=lambda _: seen.append(visitor.get()))
    session = await connected(wire, callbacks=callbacks)
    session.send_text_message("Hello")
    await becomes(lambda: len(seen) == 3)
    assert set(seen) == {"nobody"}
    await session.aclose()


async def test_a_callback_may_use_the_session() -> None:
    """A callback may call verbs, and even close the session."""
    wire = Wire()
    session = session_on(wire, callbacks=Callbacks(on_connect=lambda: session.aclose()))
    session.connect()
    wire.say({"type": "session.created", "session": {}})
    await becomes(lambda: session.state.status == "disconnected")
    await session.aclose()
    assert (session.task_count, session.subscriber_count) == (0, 0)


async def test_callbacks_run_on_the_sessions_loop() -> None:
    """A verb that is called on another thread has its callbacks run on the session's loop."""
    wire, loops = Wire(), list[object]()
    callbacks = Callbacks(on_mode_change=lambda _: loops.append(asyncio.get_running_loop()))
    session = await connected(wire, callbacks=callbacks)
    await asyncio.to_thread(session.send_text_message, "Hello")
    await becomes(lambda: loops)
    assert loops == [asyncio.get_running_loop()]
    await session.aclose()
