"""Tools on a live session: approval, progress, pictures, limits, and calls that are taken back."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from realtime_rx import Replay, use_realtime
from realtime_rx.abc import Provider
from realtime_rx.config import ToolDefinition
from realtime_rx.errors import ConfigurationError, NotConnectedError, RealtimeErrorInfo
from realtime_rx.events import CreateItem
from realtime_rx.items import ImagePart, ToolPart
from realtime_rx.policies import ToolLimits
from realtime_rx.providers import ElevenLabs, Google
from realtime_rx.reducer.history import output_item
from realtime_rx.selectors import pending_approvals, running_tool_calls
from realtime_rx.state import SessionState
from realtime_rx.testing import ScriptedTransport
from realtime_rx.tools import ToolContext, tool

from .support.frames import CREATED, tool_turn
from .support.memory import Wire, connected, session_on
from .support.tool_bench import Endless
from .support.waiting import becomes, until
from .test_runner import add, part


@tool(needs_approval=True)
def refund(order: int) -> dict[str, int]:
    """Refund an order."""
    return {"refunded": order}


CALL = ("c1", "refund", '{"order": 7}')


def is_asked(state: SessionState) -> bool:
    return bool(pending_approvals(state))


async def test_an_approved_tool_runs_and_is_answered() -> None:
    """A tool that needs approval runs once it is approved, and the model goes on with its output."""
    wire = Wire()
    session = await connected(wire, tools=[refund])
    wire.say(*tool_turn(CALL))
    await until(session, is_asked)
    assert wire.heard() == []
    session.approve("c1")
    session.approve("c1")
    session.reject("c1")
    assert json.loads((await wire.hear())["item"]["output"]) == {"refunded": 7}
    assert await wire.hear_types(1) == ["response.create"]
    await session.aclose()
    assert (wire.heard(), part(session.state, "c1").state) == ([], "output-available")


async def test_a_rejected_tool_never_runs() -> None:
    """A rejection is the call's output, with its reason."""
    wire = Wire()
    session = await connected(wire, tools=[refund])
    wire.say(*tool_turn(CALL))
    await until(session, is_asked)
    session.reject("c1", "not this one")
    told = json.loads((await wire.hear())["item"]["output"])
    assert told == {"error": "the user did not allow this call: not this one"}
    assert part(session.state, "c1").state == "output-denied"
    await session.aclose()


async def test_approving_needs_a_connection() -> None:
    """Without a connection there is nobody whose call could be approved."""
    session = session_on(Wire(), tools=[refund])
    for verb in (session.approve, session.reject):
        with pytest.raises(NotConnectedError):
            verb("c1")
    await session.aclose()


async def test_what_is_asked_is_asked_still_after_a_loss() -> None:
    """A call that waits for approval survives a lost connection; what comes of it is told to the new one."""
    wire = Wire()
    session = await connected(wire, tools=[refund], reconnect=True)
    wire.say(*tool_turn(CALL))
    await until(session, is_asked)
    lost = wire.pipe
    wire.renew()
    wire.say(CREATED)
    lost.drop()
    await until(session, lambda state: state.reconnects == 1)
    assert is_asked(session.state)
    session.approve("c1")
    types = await wire.hear_types(4)
    assert types == ["session.update", "conversation.item.create", "conversation.item.create", "response.create"]
    await session.aclose()


async def test_progress_is_seen_as_it_comes() -> None:
    """What a generator yields is its part's preliminary output while it runs, and the model hears of the last alone."""
    wire, seen = Wire(), list[Any]()
    go_on = asyncio.Event()

    @tool
    async def search(context: ToolContext) -> AsyncIterator[dict[str, int]]:
        """Search."""
        yield {"found": 1}
        await go_on.wait()
        context.report({"found": 2})
        yield {"found": 3}

    session = await connected(wire, tools=[search])
    session.select(preliminary).subscribe(seen.append)
    wire.say(*tool_turn(("c1", "search", "{}")))
    state = await until(session, lambda state: preliminary(state) is not None)
    assert [each.tool_call_id for each in running_tool_calls(state)] == ["c1"]
    assert wire.heard() == []
    go_on.set()
    assert json.loads((await wire.hear())["item"]["output"]) == {"found": 3}
    await session.aclose()
    assert seen == [None, {"found": 1}, {"found": 2}, {"found": 3}, None]


def preliminary(state: SessionState) -> Any:
    parts = (each for message in state.messages for each in message.parts if isinstance(each, ToolPart))
    return next((each.output for each in parts if each.preliminary), None)


async def test_a_picture_is_shown_to_the_model() -> None:
    """A tool's picture goes out as an image that stands behind its output, before the model is asked to go on."""

    @tool
    def photograph() -> list[Any]:
        """Take a picture."""
        return ["the cat", ImagePart.of(b"png")]

    wire = Wire()
    session = await connected(wire, tools=[photograph])
    wire.say(*tool_turn(("c1", "photograph", "{}")))
    output, picture, asked = [await wire.hear() for _ in range(3)]
    assert json.loads(output["item"]["output"]) == ["the cat", {"type": "image", "mime_type": "image/png"}]
    assert picture["item"]["content"][1] == {"type": "input_image", "image_url": "data:image/png;base64,cG5n"}
    assert asked["type"] == "response.create"
    assert part(session.state, "c1").images == (ImagePart(data="cG5n"),)
    await session.aclose()


def test_gemini_takes_pictures_in_outputs() -> None:
    """For Gemini a tool's pictures are parts of its function response."""
    call = ToolPart(
        tool_name="f", tool_call_id="c1", state="output-available", output=[1], images=(ImagePart.of(b"png"),)
    )
    codec = Google(api_key="key").codec()
    (frame,) = codec.encode(CreateItem(output_item(call)))
    (response,) = json.loads(frame)["toolResponse"]["functionResponses"]
    assert response["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "cG5n"}}]


@pytest.mark.parametrize("provider", [Google(api_key="key"), ElevenLabs(model="agent", api_key="key")])
def test_a_refusal_is_an_error_to_every_vendor(provider: Provider) -> None:
    """Vendors that tell errors from outputs are told of a refused call as of an error, in its words."""
    refused = ToolPart(tool_name="f", tool_call_id="c1", state="output-denied", input={}, error="not allowed")
    (frame,) = provider.codec().encode(CreateItem(output_item(refused)))
    told = json.loads(frame)
    assert told.get("is_error", "error" in json.dumps(told))
    assert "not allowed" in json.dumps(told)


async def test_limits_hold_for_a_session() -> None:
    """A session's limits are those of its tools: one that takes too long, or returns too much, is an error output."""
    go_on = threading.Event()

    @tool
    def slow() -> None:
        """Wait."""
        go_on.wait(10)

    @tool
    def long() -> str:
        """Talk."""
        return "x" * 100

    wire, told = Wire(), list[RealtimeErrorInfo]()
    limits = ToolLimits(timeout_s=0.5, output_characters=99)
    session = await connected(wire, tools=[slow, long], tool_limits=limits)
    session.effects.subscribe(lambda effect: told.append(effect.error) if hasattr(effect, "error") else None)
    wire.say(*tool_turn(("c1", "slow", "{}"), ("c2", "long", "{}")))
    said = [json.loads((await wire.hear())["item"]["output"])["error"] for _ in range(2)]
    assert sorted(said) == ["long returned 100 characters, and at most 99 can be taken", "slow took longer than 0.5 s"]
    assert {error.code for error in told} == {"tool_failed", "tool_timeout"}
    go_on.set()
    await session.aclose()
    assert [frame["type"] for frame in wire.heard()] == ["response.create"]


async def test_an_item_that_is_deleted_ends_its_tool() -> None:
    """When the provider deletes a call its tool is ended, and nothing is answered."""
    endless = Endless()
    wire = Wire()
    session = await connected(wire, tools=[endless.tool])
    wire.say(*tool_turn(("c1", "endless", "{}")))
    await endless.started.wait()
    wire.say({"type": "conversation.item.deleted", "item_id": "item_c1"})
    await endless.ended.wait()
    await becomes(lambda: session.state.mode == "idle" or session.state.flow.requested)
    assert "function_call_output" not in json.dumps(wire.heard())
    await session.aclose()


async def test_a_lost_session_ends_its_tools() -> None:
    """Where a lost connection is the end of the session, it is the end of its tools as well."""
    endless = Endless()
    wire = Wire()
    session = await connected(wire, tools=[endless.tool], reconnect=False)
    wire.say(*tool_turn(("c1", "endless", "{}")))
    await endless.started.wait()
    wire.pipe.drop()
    await endless.ended.wait()
    assert (session.state.status, part(session.state, "c1").state) == ("error", "output-error")
    await session.aclose()


@pytest.mark.parametrize("wrong", [ToolDefinition(name="no spaces"), ToolDefinition(name="f", description="x" * 1025)])
async def test_what_the_provider_would_refuse_is_refused_here(wrong: ToolDefinition) -> None:
    """A tool that would make the provider refuse all settings is a ConfigurationError naming it, at any time."""
    with pytest.raises(ConfigurationError, match=f"tool '{wrong.name}'"):
        session_on(Wire(), session_config={"tools": [wrong]})
    wire = Wire()
    session = await connected(wire, tools=[add])
    with pytest.raises(ConfigurationError, match=f"tool '{wrong.name}'"):
        session.update_session(tools=(wrong,))
    assert wire.heard() == []
    await session.aclose()


async def test_approvals_are_in_recordings(tmp_path: Path) -> None:
    """A recording replays what was asked, what a person said and how far a tool got, without that tool."""

    @tool(needs_approval=True)
    async def bake(kind: str) -> AsyncIterator[str]:
        """Bake."""
        yield "kneading"
        yield f"{kind} bread"

    path, seen = tmp_path / "bakery.jsonl", list[str]()
    script = ScriptedTransport([CREATED, *tool_turn(("c1", "bake", '{"kind": "rye"}'))])
    async with use_realtime(
        "openai", api_key="k", base_url="ws://here", transport=lambda: script, tools=[bake], record=path
    ) as session:
        await until(session, is_asked)
        session.approve("c1")
        before = part(await until(session, lambda state: not state.flow.calls), "c1")
    replay = Replay(path)
    session = use_realtime(transport=replay)
    session.select(stage).subscribe(seen.append)
    async with session:
        await replay.finished.wait()
        again = part(await until(session, lambda state: not state.flow.calls), "c1")
    assert (again, again.output) == (before, "rye bread")
    assert [each for each in seen if each] == [
        "input-available", "approval-requested", "approval-responded", "kneading", "rye bread", "output-available"
    ]  # fmt: skip


def stage(state: SessionState) -> str:
    call = next((each for message in state.messages for each in message.parts if isinstance(each, ToolPart)), None)
    return "" if call is None else str(call.output) if call.preliminary else call.state
