"""Sessions that are stopped over real sockets: what was stopped stays so, and what is asked after it is answered."""

import asyncio

import pytest

from realtime_rx import RealtimeSession, SessionState, tool, use_realtime
from realtime_rx.items import ToolPart

from .support.frames import CREATED, error, text_turn, tool_turn
from .support.server import Caller, serving, session_at
from .support.waiting import becomes, until


def last_answer(state: SessionState) -> str | None:
    """What was answered last, when nobody is at it any more."""
    last = state.messages[-1] if state.messages else None
    done = state.mode == "idle" and last is not None and last.role == "assistant" and last.status == "completed"
    return last.text if last is not None and done else None


def embedded(**options: object) -> RealtimeSession:
    return use_realtime("local", output_modalities=["text"], **options)


@pytest.mark.parametrize("dialled", [True, False], ids=["connected", "while dialling"])
@pytest.mark.parametrize("stop", ["interrupt", "cancel_response"])
async def test_what_is_asked_after_an_interruption_is_answered(stop: str, dialled: bool) -> None:
    """Asked, stopped at once and asked anew at once, the embedded provider answers what was asked last."""
    session = embedded()
    connecting = session.connect()
    if dialled:
        await connecting
    session.send_text_message("hello")
    getattr(session, stop)()
    session.send_text_message("What is two plus two?")
    state = await until(session, lambda state: "4" in (last_answer(state) or ""))
    assert [message.text for message in state.messages if message.role == "user"] == ["hello", "What is two plus two?"]
    await session.aclose()


async def test_no_tool_is_run_after_the_stop() -> None:
    """Where the response is over before its cancellation arrives, its tool is not run, and nothing is said of it."""
    stopped, ran = asyncio.Event(), list[int]()

    @tool
    def refund(order: int) -> str:
        """Refund an order."""
        ran.append(order)
        return "done"

    async def late(caller: Caller) -> None:
        await caller.say(CREATED)
        await caller.hear("response.create")
        await stopped.wait()
        await caller.say(*tool_turn(("c1", "refund", '{"order":1}')))
        await caller.hear("response.cancel")
        await caller.say(error("no active response found", code="response_cancel_not_active"))
        await caller.hear("response.create")
        await caller.say(*text_turn("What else?", response_id="resp_2", item_id="item_2"))
        await caller.listen()

    async with serving(late) as server, session_at(server.base_url, tools=[refund]) as session:
        session.send_text_message("Refund order 1.")
        session.interrupt()
        stopped.set()
        await until(session, lambda state: state.mode == "idle" and len(state.messages) == 2)
        session.send_text_message("Never mind.")
        state = await until(session, lambda state: last_answer(state) == "What else?")
    (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    heard = server.callers[0]
    assert (ran, call.state, heard.types.count("response.create")) == ([], "output-error", 2)
    sent = [frame["item"]["type"] for frame in server.callers[0].frames if frame["type"] == "conversation.item.create"]
    assert (sent, server.callers[0].types.count("response.create")) == (
        ["message", "function_call_output", "message"],
        2,
    )


async def test_the_model_does_not_speak_of_a_tool_that_was_stopped() -> None:
    """Stopped while a tool is at work, the embedded provider is told what it returned, and says nothing of it."""
    go_on = asyncio.Event()

    @tool
    async def get_weather(city: str) -> dict[str, str]:
        """Look up the weather in a city."""
        await go_on.wait()
        return {"city": city, "sky": "sunny"}

    async with embedded(tools=[get_weather]) as session:
        session.send_text_message("What is the weather in Lisbon?")
        await until(session, lambda state: bool(state.flow.calls) and state.flow.response_id is None)
        session.interrupt()
        assert session.state.mode == "idle"
        go_on.set()
        await becomes(lambda: not session.state.flow.calls)
        session.send_text_message("What is two plus two?")
        state = await until(session, lambda state: "4" in (last_answer(state) or ""))
    (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    assert call.output == {"city": "Lisbon", "sky": "sunny"}
    assert [message.role for message in state.messages] == ["user", "assistant", "user", "assistant"]
