"""Tools and the end of things: hanging up, losing the connection, being cut short."""

import asyncio
import gc
import json
import threading
import weakref

from realtime_rx.items import ToolPart
from realtime_rx.policies import Watchdogs
from realtime_rx.tools import tool

from .support.frames import response, text_turn, tool_turn
from .support.memory import Wire, connected
from .support.tool_bench import Endless
from .support.waiting import becomes, until


async def test_hanging_up_ends_the_tools() -> None:
    """disconnect() cancels the tools that run; nothing is answered afterwards."""
    wire, endless = Wire(), Endless()
    session = await connected(wire, tools=[endless.tool])
    wire.say(*tool_turn(("c1", "endless", "{}")))
    await endless.started.wait()
    await session.disconnect()
    assert (endless.ended.is_set(), session.task_count, wire.heard()) == (True, 0, [])
    await session.aclose()


async def test_what_is_read_after_hanging_up_never_happened() -> None:
    """A frame that had come when disconnect() was called, and is read before the socket is gone, changes nothing."""
    wire = Wire()
    session = await connected(wire)
    wire.say({"type": "something.new"})
    hanging_up, after = session.disconnect(), session.state
    await hanging_up
    assert (after.status, session.state) == ("disconnected", after)
    await session.aclose()


async def test_a_session_is_not_kept_by_its_clocks() -> None:
    """Of a closed session nothing is left, though a clock of it would have run for another hour."""
    wire = Wire()
    session = await connected(wire, watchdogs=Watchdogs(idle_s=3_600))
    await session.aclose()
    left = weakref.ref(session)
    del session
    await asyncio.sleep(0)
    gc.collect()
    assert left() is None


async def test_a_tool_can_hang_up() -> None:
    """A tool may end the session that runs it."""
    wire = Wire()

    @tool
    async def goodbye() -> None:
        """End the call."""
        await session.disconnect()

    session = await connected(wire, tools=[goodbye])
    wire.say(*tool_turn(("c1", "goodbye", "{}")))
    await until(session, lambda state: state.status == "disconnected")
    await becomes(lambda: session.task_count == 0)
    await session.aclose()


async def test_the_answer_of_an_old_connection_goes_nowhere() -> None:
    """A tool that outlives its session answers nobody on the next connection: the call was given up."""
    wire, release = Wire(), threading.Event()

    @tool
    def slow() -> str:
        """Wait."""
        release.wait(5)
        return "too late"

    session = await connected(wire, tools=[slow], reconnect=False)
    wire.say(*tool_turn(("c1", "slow", "{}")))
    await until(session, lambda state: state.flow.calls)
    wire.pipe.drop(1006)
    await until(session, lambda state: state.status == "error")
    wire.renew()
    connecting = session.connect()
    wire.say(*text_turn("Back again"))
    await connecting
    release.set()
    await becomes(lambda: session.task_count == 1)
    assert "too late" not in json.dumps(wire.heard())
    await session.aclose()


async def test_a_cancelled_turn_is_not_continued() -> None:
    """A call of a response that was cancelled is never made, and no response is asked for."""
    wire = Wire()
    session = await connected(wire, on_tool_call=lambda _: "never")
    turn = tool_turn(("c1", "add", '{"a": 1, "b": 1}'))
    cut = {**turn[1]["item"], "status": "incomplete"}
    wire.say(turn[0], {**turn[1], "item": cut}, response("response.done", "resp_tools", "cancelled", [cut]))
    state = await until(session, lambda state: state.messages and state.mode == "idle")
    (part,) = state.messages[0].parts
    assert isinstance(part, ToolPart)
    assert part.state == "output-error"
    await session.aclose()
    assert wire.heard() == []
