"""Connections to a scripted ElevenLabs server that are lost, over a real socket."""

import pytest

from realtime_rx import tool
from realtime_rx.policies import ReconnectPolicy

from .support.elevenlabs_agent import answered, session_at, talk
from .support.elevenlabs_frames import calling, replying, sounding
from .support.elevenlabs_server import ElevenLabsCaller, elevenlabs
from .support.waiting import until

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of whoever runs the tests is used."""
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)


async def test_a_lost_conversation_is_told_again() -> None:
    """A connection that is lost is replaced, and the new agent is told what was said without being asked anything."""

    async def dying(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.hear("user_message")
        await caller.say(replying("Yes.", 1))
        await caller.socket.close(1011, "unexpected")

    async with elevenlabs(dying, talk) as server:
        session = session_at(server, reconnect=FAST)
        async with session:
            session.send_text_message("Hello?")
            await until(session, lambda state: state.reconnects == 1 and answered(2)(state))
            session.send_text_message("Still there?")
            await until(session, answered(3))
    updates = [frame["text"] for frame in server.callers[1].frames if frame.get("type") == "contextual_update"]
    assert updates == ["Earlier the user said: Hello?", "Earlier you said: Yes."]
    assert server.callers[1].kinds.count("user_message") == 1


async def test_a_tool_that_ran_is_not_run_again_by_a_drop() -> None:
    """An agent that said what it does beside its call is asked nothing again when its connection is lost."""
    runs: list[str] = []

    @tool
    def add_to_cart(item: str) -> str:
        """Put it into the cart."""
        runs.append(item)
        return "ok"

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.hear("user_message")
        call = calling("call_1", "add_to_cart", {"item": "shoes"}, 1)
        await caller.say(sounding(1), call, replying("They are in your cart.", 1))
        await caller.hear("client_tool_result")
        await caller.socket.close(1011, "unexpected")

    async with elevenlabs(part, talk) as server:
        session = session_at(server, tools=[add_to_cart], reconnect=FAST)
        async with session:
            session.send_text_message("Shoes, please.")
            await until(session, lambda state: state.reconnects == 1 and answered(2)(state))
            session.send_text_message("Still there?")
            await until(session, answered(3))
    assert (runs, server.callers[1].kinds.count("user_message")) == (["shoes"], 1)
