"""Responses of a session: overrides, two at a time, cancels, tool rounds, and the end of it all."""

import asyncio
import json

from realtime_rx.local import Engine, Pace, ToolCall, Turn
from realtime_rx.local.protocol import ClientEvent

from .conftest import TEXT, TOOL, Event, Open, SlowWords, echo, history, remember, typed


async def test_a_response_may_override_the_session(session: Open) -> None:
    """Instructions, tools, modality and metadata of one response hold for it alone."""
    turns: list[Turn] = []

    def brain(turn: Turn) -> str:
        turns.append(turn)
        return "ok"

    async with session(brain=brain) as peer:
        await peer.update(instructions="session")
        done = await peer.ask(
            "x", instructions="just this", tools=[TOOL], tool_choice="none", metadata={"topic": "a"}, **TEXT
        )
        assert done["metadata"] == {"topic": "a"}
        assert done["output_modalities"] == ["text"]
        assert (turns[0].instructions, turns[0].asked, turns[0].tools) == ("just this", "just this", [TOOL])
        await peer.respond()
        assert (turns[1].instructions, turns[1].asked, turns[1].tools) == ("session", "", [])


async def test_a_response_out_of_the_conversation_leaves_no_trace(session: Open) -> None:
    """With conversation "none" there are no conversation events, no conversation id and no item kept."""
    async with session(brain=remember) as peer:
        await peer.user("seen")
        peer.forget()
        done = await peer.respond(conversation="none", **TEXT)
        assert done["conversation_id"] is None
        assert [kind for kind in peer.types if kind.startswith("conversation.")] == []
        assert await history(peer) == ["seen"]


async def test_a_response_may_bring_its_own_input(session: Open) -> None:
    """With `input` the response sees those items only: new ones, and references to old ones."""
    async with session(brain=remember) as peer:
        old = await peer.user("old")
        await peer.user("hidden")
        done = await peer.respond(
            conversation="none", input=[typed("new"), {"type": "item_reference", "id": old}], **TEXT
        )
        assert json.loads(done["output"][0]["content"][0]["text"]) == ["new", "old"]
        done = await peer.respond(conversation="none", input=[], **TEXT)
        assert json.loads(done["output"][0]["content"][0]["text"]) == []


async def test_a_second_response_is_refused_while_one_is_active(session: Open) -> None:
    """conversation_already_has_active_response comes, the first goes on, and responses outside go beside it."""
    async with session(voice=SlowWords(), pace=Pace()) as peer:
        await peer.user("a b c d e f")
        await peer.send("response.create")
        first = (await peer.next("response.created"))["response"]["id"]
        error = await peer.error("response.create", event_id="again")
        assert error["code"] == "conversation_already_has_active_response"
        assert error["event_id"] == "again"
        assert first in error["message"]
        beside = await peer.respond(conversation="none", **TEXT)
        assert beside["status"] == "completed"
        await peer.send("response.cancel")
        assert (await peer.next("response.done"))["response"]["id"] == first


async def test_a_cancel_by_id_hits_that_response_only(session: Open) -> None:
    """response.cancel with an id cancels that one, also outside of the conversation; an old id is refused."""
    async with session(voice=SlowWords(), pace=Pace()) as peer:
        await peer.user("a b c d e f")
        await peer.send("response.create")
        inside = (await peer.next("response.created"))["response"]["id"]
        await peer.send("response.create", response={"conversation": "none"})
        outside = (await peer.next("response.created"))["response"]["id"]
        await peer.send("response.cancel", response_id=outside)
        assert (await peer.next("response.done"))["response"]["id"] == outside
        assert (await peer.error("response.cancel", response_id=outside))["code"] == "response_cancel_not_active"
        await peer.send("response.cancel", response_id=inside)
        assert (await peer.next("response.done"))["response"]["id"] == inside


async def test_a_tool_round(session: Open) -> None:
    """A call, its output, and the answer that uses it."""

    def brain(turn: Turn) -> str | ToolCall:
        last = turn.history[-1]
        return ToolCall("look", {}) if getattr(last, "text", None) else f"It says {last.output}."  # type: ignore[union-attr]

    async with session(brain=brain) as peer:
        await peer.update(tools=[TOOL])
        call = (await peer.ask("look"))["output"][0]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "blue"}
        await peer.send("conversation.item.create", item=output)
        done = await peer.respond(**TEXT)
        assert done["output"][0]["content"][0]["text"] == "It says blue."


def test_every_client_event_has_its_handler() -> None:
    """The engine handles exactly the client events of the protocol."""
    engine = Engine(lambda event: None, brain=echo)
    assert set(engine._handlers) == set(ClientEvent.__args__)


async def test_a_closed_session_is_silent() -> None:
    """After aclose nothing comes out, whatever was going on, and no task is left."""
    events: list[Event] = []
    sounding = asyncio.Event()

    def out(event: Event) -> None:
        events.append(event)
        if event["type"] == "response.output_audio.delta":
            sounding.set()

    engine = Engine(out, brain=echo, voice=SlowWords(), pace=Pace())
    engine.feed(json.dumps({"type": "conversation.item.create", "item": typed("a b c d e f g")}))
    engine.feed('{"type": "response.create"}')
    await asyncio.wait_for(sounding.wait(), 10)
    await engine.aclose()
    before = len(events)
    engine.feed('{"type": "input_audio_buffer.clear"}')
    await engine.aclose()
    assert len(events) == before
    assert asyncio.all_tasks() == {asyncio.current_task()}
