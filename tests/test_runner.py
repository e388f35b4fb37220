"""Tools on a live session: run once, answered once, continued once; and the sound that goes out as effects."""

import asyncio
import base64
import json
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from realtime_rx.config import ToolDefinition
from realtime_rx.effects import CallTool, PlayAudio
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.items import ToolPart
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.tools import tool

from .support.frames import audio_delta, text_turn, tool_turn
from .support.memory import Wire, connected, session_on
from .support.waiting import becomes, until

visitor: ContextVar[str] = ContextVar("visitor", default="nobody")


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
async def weather(city: str) -> dict[str, str]:
    """Look up the weather."""
    await asyncio.sleep(0)
    return {"city": city, "sky": "clear"}


@tool
def broken() -> None:
    """Fail."""
    raise LookupError("the shelf is empty")


@tool
def odd() -> object:
    """Return something that is not JSON."""
    return object()


def part(state: SessionState, call_id: str) -> ToolPart:
    parts = (part for message in state.messages for part in message.parts)
    return next(each for each in parts if isinstance(each, ToolPart) and each.tool_call_id == call_id)


async def answers(wire: Wire, session: RealtimeSession, *calls: tuple[str, str, str]) -> dict[str, Any]:
    """What the session answers to a turn of these calls: by call id, decoded where it is JSON; then one request."""
    wire.say(*tool_turn(*calls))
    said = [await wire.hear() for _ in range(len(calls) + 1)]
    assert [frame["type"] for frame in said] == ["conversation.item.create"] * len(calls) + ["response.create"]
    items = [frame["item"] for frame in said[:-1]]
    assert {item["type"] for item in items} == {"function_call_output"}
    await session.aclose()
    assert wire.heard() == []
    return {item["call_id"]: decoded(item["output"]) for item in items}


def decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def test_a_tool_is_run_and_answered() -> None:
    """A tool's result is the call's output, in the state and on the wire, and the model is asked to go on."""
    wire = Wire()
    session = await connected(wire, tools=[add])
    assert await answers(wire, session, ("c1", "add", '{"a": 2, "b": 3}')) == {"c1": 5}
    assert (part(session.state, "c1").state, part(session.state, "c1").output) == ("output-available", 5)


async def test_tools_are_offered_to_the_model() -> None:
    """The tools' descriptions go out with the settings."""
    wire = Wire()
    session = await connected(wire, tools=[add, weather])
    assert [each.name for each in session.state.config.tools or ()] == ["add", "weather"]
    await session.aclose()


async def test_tools_that_somebody_else_answers_are_offered_too() -> None:
    """Tools that the settings name stand beside the functions given as tools."""
    other = ToolDefinition(name="ask_a_person")
    session = session_on(Wire(), session_config={"tools": [other]}, tools=[add])
    session.connect()
    assert [each.name for each in session.state.config.tools or ()] == ["ask_a_person", "add"]
    await session.aclose()


async def test_two_calls_of_a_turn_are_continued_once() -> None:
    """Two tools in one turn, a plain one and a coroutine, give two outputs and then exactly one response.create."""
    wire = Wire()
    session = await connected(wire, tools=[add, weather])
    calls = ("c1", "add", '{"a": 1, "b": 1}'), ("c2", "weather", '{"city": "Oslo"}')
    assert await answers(wire, session, *calls) == {"c1": 2, "c2": {"city": "Oslo", "sky": "clear"}}


@pytest.mark.parametrize(
    ("call", "said", "code"),
    [
        (("c1", "broken", "{}"), "LookupError: the shelf is empty", "tool_failed"),
        (("c1", "odd", "{}"), "odd returned something that is not JSON", "tool_failed"),
        (("c1", "sing", "{}"), "there is no tool 'sing'; there are: add, broken, odd", "unknown_tool"),
        (("c1", "add", '{"a": 1}'), "missing required field `b`", "tool_failed"),
        (("c1", "add", '{"a": "one", "b": 2}'), "Expected `int`", "tool_failed"),
        (("c1", "add", "{a: 1"), "the arguments of 'add' are not a JSON object", "invalid_tool_arguments"),
        (("c1", "add", "[1, 2]"), "the arguments of 'add' are not a JSON object", "invalid_tool_arguments"),
    ],
)
async def test_a_call_that_fails_is_answered(call: tuple[str, str, str], said: str, code: str) -> None:
    """A call that goes wrong in any way gets one error output, is told to whoever listens, and the model goes on."""
    wire = Wire()
    told = list[RealtimeErrorInfo]()
    session = await connected(wire, tools=[add, broken, odd])
    session.effects.subscribe(lambda effect: told.append(effect.error) if hasattr(effect, "error") else None)
    output = (await answers(wire, session, call))["c1"]
    assert said in output["error"]
    assert part(session.state, "c1").state == "output-error"
    assert [(error.code, error.fatal) for error in told] == [(code, False)]


async def test_what_on_tool_call_returns_is_the_output() -> None:
    """A value from on_tool_call, plain or awaited, is the output of a call that is none of the tools."""

    async def later(call: CallTool) -> Any:
        return {"asked": call.input}

    for on_tool_call in (lambda call: {"asked": call.input}, later):
        wire = Wire()
        session = await connected(wire, on_tool_call=on_tool_call)
        assert await answers(wire, session, ("c1", "ask", '{"x": 1}')) == {"c1": {"asked": {"x": 1}}}


async def test_on_tool_call_is_not_asked_about_tools() -> None:
    """A call of one of the tools never reaches on_tool_call."""
    wire, asked = Wire(), list[str]()
    session = await connected(wire, tools=[add], on_tool_call=lambda call: asked.append(call.name) or "no")
    await answers(wire, session, ("c1", "add", '{"a": 1, "b": 1}'), ("c2", "ask", "{}"))
    assert asked == ["ask"]


async def test_none_from_on_tool_call_means_later() -> None:
    """None leaves the call open until add_tool_output() answers it, once."""
    wire, asked = Wire(), asyncio.Event()
    session = await connected(wire, on_tool_call=lambda _: asked.set())
    wire.say(*tool_turn(("c1", "ask", "{}")))
    await until(session, lambda state: state.flow.calls and state.flow.calls[0].response_done)
    await asked.wait()
    assert (wire.heard(), session.state.mode) == ([], "thinking")
    session.add_tool_output("c1", {"fine": True})
    session.add_tool_output("c1", {"fine": False})
    assert await wire.hear_types(2) == ["conversation.item.create", "response.create"]
    assert part(session.state, "c1").output == {"fine": True}
    await session.aclose()
    assert wire.heard() == []


async def test_a_later_answer_can_be_an_error() -> None:
    """add_tool_output(error=…) answers a call with what went wrong."""
    wire = Wire()
    session = await connected(wire, on_tool_call=lambda _: None)
    wire.say(*tool_turn(("c1", "ask", "{}")))
    await until(session, lambda state: state.flow.calls)
    session.add_tool_output("c1", error="the user said no")
    assert json.loads((await wire.hear())["item"]["output"]) == {"error": "the user said no"}
    assert part(session.state, "c1").error == "the user said no"
    await session.aclose()


async def test_on_tool_call_that_raises_is_an_error_output() -> None:
    """An exception in on_tool_call is the call's error output."""

    def failing(call: CallTool) -> Any:
        raise PermissionError("not allowed")

    wire = Wire()
    session = await connected(wire, on_tool_call=failing)
    assert await answers(wire, session, ("c1", "ask", "{}")) == {"c1": {"error": "PermissionError: not allowed"}}


async def test_an_output_for_a_call_that_nobody_made() -> None:
    """add_tool_output() for an unknown call says nothing and changes nothing."""
    wire = Wire()
    session = await connected(wire)
    before = session.state
    session.add_tool_output("nobody", 1)
    assert session.state is before
    await session.aclose()
    assert wire.heard() == []


async def test_plain_tools_run_beside_the_loop() -> None:
    """A plain function runs in a thread, so a slow one does not hold up the session."""
    wire, threads = Wire(), list[str]()
    release = threading.Event()

    @tool
    def slow() -> str:
        """Wait."""
        threads.append(threading.current_thread().name)
        release.wait(5)
        return "done"

    session = await connected(wire, tools=[slow])
    wire.say(*tool_turn(("c1", "slow", "{}")), {"type": "meanwhile"})
    await until(session, lambda state: state.events[-1].type == "custom")
    release.set()
    assert (await wire.hear())["item"]["output"] == "done"
    assert threads != [threading.current_thread().name]
    await session.aclose()


async def test_tools_start_in_an_empty_context() -> None:
    """What the one who connected has in context variables is not seen by the tools."""
    visitor.set("alice")
    wire, seen = Wire(), list[str]()

    @tool
    def who() -> str:
        """Say who."""
        seen.append(visitor.get())
        return "x"

    session = await connected(wire, tools=[who], on_tool_call=lambda _: seen.append(visitor.get()) or "y")
    await answers(wire, session, ("c1", "who", "{}"), ("c2", "other", "{}"))
    assert seen == ["nobody", "nobody"]


async def test_sound_goes_out_as_effects() -> None:
    """Sound comes as PlayAudio effects, base64, with its size; the state never holds it."""
    wire, played = Wire(), list[PlayAudio]()
    session = await connected(wire)
    session.effects.subscribe(lambda effect: played.append(effect) if isinstance(effect, PlayAudio) else None)
    sound = base64.b64encode(bytes(range(200))).decode()
    wire.say(*text_turn("Hi")[:2], audio_delta(sound))
    await becomes(lambda: played)
    assert (base64.b64decode(played[0].audio), played[0].byte_count) == (bytes(range(200)), 200)
    assert sound.encode() not in session.state.to_json()
    await session.aclose()
