"""Sessions with a scripted Gemini Live server over a real socket: turns in writing, and tools."""

import asyncio

import pytest

from realtime_rx.items import ToolPart
from realtime_rx.tools import tool

from .support.gemini_frames import calling, cancelling, completed, spoken_turn
from .support.gemini_model import talk
from .support.gemini_server import GeminiCaller, gemini, kind_of, session_at
from .support.gemini_sessions import answered, get_weather, quiet, rows
from .support.waiting import DEADLINE, becomes, until


@pytest.mark.parametrize("binary", [True, False])
async def test_a_written_turn_is_answered(binary: bool) -> None:
    """What is typed is answered in words and sound; thoughts are not said; the turn's usage is counted."""
    async with gemini(talk, binary=binary) as server:
        session = session_at(server)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, answered(1))
    assert rows(state) == [("user", "Hello?"), ("assistant", "Yes, that was turn 1.")]
    assert (state.usage.input_tokens, state.usage.output_audio_tokens, state.error) == (100, 10, None)
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent"]
    assert server.callers[0].setup["model"] == "models/gemini-test"


async def test_turns_follow_each_other() -> None:
    """Several typed turns are answered one after the other, and each is counted."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            for turn in (1, 2, 3):
                session.send_text_message(f"Question {turn}")
                state = await until(session, answered(turn))
    assert [role for role, _ in rows(state)] == ["user", "assistant"] * 3
    assert state.usage.total_tokens == 330


async def test_a_tool_is_called_and_answered_by_name() -> None:
    """A tool's output goes back with id and name, nothing is asked for after it, and the model uses it."""
    async with gemini(talk) as server:
        session = session_at(server, tools=[get_weather])
        async with session:
            session.send_text_message("How is the weather?")
            state = await until(session, answered(1))
    response = next(frame for frame in server.callers[0].frames if kind_of(frame) == "toolResponse")
    assert response["toolResponse"]["functionResponses"] == [
        {"id": "call-1", "name": "get_weather", "response": {"output": {"city": "Tokyo", "sky": "clear"}}}
    ]
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent", "toolResponse"]
    part = next(part for message in state.messages for part in message.parts if isinstance(part, ToolPart))
    assert (part.state, part.output, "clear" in state.messages[-1].text) == (
        "output-available", {"city": "Tokyo", "sky": "clear"}, True,
    )  # fmt: skip


async def test_a_tool_that_fails_is_answered_too() -> None:
    """A call that gave no output is answered with its error, so that it blocks nothing."""

    @tool(name="get_weather")
    def broken(city: str) -> None:
        """Fail."""
        raise LookupError(f"{city} is not on the map")

    async with gemini(talk) as server:
        session = session_at(server, tools=[broken])
        async with session:
            session.send_text_message("How is the weather?")
            await until(session, answered(1))
    (answer,) = server.callers[0].frames[-1]["toolResponse"]["functionResponses"]
    assert (answer["name"], "not on the map" in answer["response"]["error"]) == ("get_weather", True)


async def test_a_cancelled_call_is_not_answered() -> None:
    """A call that Gemini took back is ended, its output is told to nobody, and the session goes on."""
    begun, ended = asyncio.Event(), asyncio.Event()

    @tool(name="get_weather")
    async def slow(city: str) -> str:
        """Take for ever."""
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return city

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.hear("clientContent")
        await caller.say(calling(("c1", "get_weather", {"city": "Rome"})))
        await begun.wait()
        await caller.say(cancelling("c1"), completed())
        await caller.listen()

    async with gemini(part) as server:
        session = session_at(server, tools=[slow])
        async with session:
            session.send_text_message("And in Rome?")
            await until(session, lambda state: quiet(state) and len(state.messages) == 2)
            await asyncio.wait_for(ended.wait(), DEADLINE)
            session.send_text_message("Never mind.", respond=False)
            await becomes(lambda: len(server.callers[0].frames) == 4)
    assert "toolResponse" not in server.callers[0].kinds
    assert session.state.messages[1].parts[0].error == "cancelled by the provider"  # type: ignore[union-attr]


async def test_an_empty_turn_blocks_nothing() -> None:
    """A turn that ends without a word is a reply of nothing, and the next question is asked."""

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        for end in ([completed()], [completed(), completed()], spoken_turn("At last.")):
            while not (await caller.hear("clientContent"))["clientContent"]["turnComplete"]:
                pass
            await caller.say(*end)
        await caller.listen()

    async with gemini(part) as server:
        session = session_at(server)
        async with session:
            for question in ("One?", "Two?", "Three?"):
                session.send_text_message(question)
                state = await until(session, quiet)
            state = await until(session, answered(1))
    assert rows(state)[-1] == ("assistant", "At last.")


async def test_a_picture_is_shown() -> None:
    """A frame of video is realtime input; a picture is part of a written turn."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            session.send_video_frame("AAAA")
            session.send_image("BBBB", text="What is this?")
            await until(session, answered(1))
    frames = server.callers[0].frames
    assert frames[1] == {"realtimeInput": {"video": {"mimeType": "image/jpeg", "data": "AAAA"}}}
    assert frames[2]["clientContent"]["turns"][0]["parts"] == [
        {"text": "What is this?"}, {"inlineData": {"mimeType": "image/png", "data": "BBBB"}},
    ]  # fmt: skip
