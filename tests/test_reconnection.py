"""Lost connections on real sockets: what the next one is told, what it is spared, and when there is none."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx.abc import Endpoint, Route
from realtime_rx.errors import AuthenticationError
from realtime_rx.local import LocalServer
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import Local, OpenAI
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.transports import WebSocketTransport

from .support.frames import CREATED, text_turn
from .support.server import Caller, Part, serving, session_at
from .support.waiting import becomes, tasks, until

QUICK = ReconnectPolicy(first_delay_s=0.01, max_delay_s=0.05, attempts=4)


def in_turn(*parts: Part) -> tuple[Part, list[Caller]]:
    """A server that plays these parts to its callers, one after the other, and the last one to all that follow."""
    callers: list[Caller] = []

    async def part(caller: Caller) -> None:
        callers.append(caller)
        await parts[min(len(callers), len(parts)) - 1](caller)

    return part, callers


def ending(how: Callable[[Caller], Any]) -> Part:
    """Greet, answer half a turn, and end so."""

    async def part(caller: Caller) -> None:
        await caller.say(CREATED)
        await caller.hear("response.create")
        await caller.say(*text_turn("The answer is forty two")[:5])
        await asyncio.sleep(0.02)
        result = how(caller)
        if result is not None:
            await result

    return part


async def obliging(caller: Caller) -> None:
    """Greet, take what is told, and answer the first request."""
    await caller.say(CREATED)
    await caller.hear("response.create")
    await caller.say(*text_turn("It is forty two.", response_id="resp_2", item_id="item_2"))
    await caller.listen()


def written(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages]


def told(caller: Caller) -> list[str]:
    return [frame["item"]["id"] for frame in caller.frames if frame["type"] == "conversation.item.create"]


@pytest.mark.parametrize(
    "how",
    [
        lambda caller: caller.socket.close(1000),
        lambda caller: caller.socket.close(1001),
        lambda caller: caller.socket.close(1011),
        lambda caller: caller.socket.transport.abort(),
    ],
    ids=["1000", "1001", "1011", "1006"],
)
async def test_a_cut_turn_is_answered_on_the_next_connection(how: Callable[[Caller], Any]) -> None:
    """A connection lost in the middle of an answer is replaced, told the turn once, and asked for the answer once."""
    part, callers = in_turn(ending(how), obliging)
    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=QUICK)
        await session.connect()
        asked = session.send_text_message("What is the answer?")
        state = await until(session, lambda s: s.messages and s.messages[-1].text == "It is forty two.")
        assert written(state)[0] == ("user", "What is the answer?")
        assert (state.reconnects, state.restored) == (1, "replayed")
        assert told(callers[1]) == [asked, "item_1"]
        assert callers[1].types.count("response.create") == callers[1].types.count("session.update") == 1
        assert written(state)[1] == ("assistant", "The answer")
        await session.aclose()
        assert tasks() == set()


async def test_each_dial_has_a_token_of_its_own() -> None:
    """The token is asked for anew for each dial, and only for those."""
    part, _ = in_turn(ending(lambda caller: caller.socket.close(1011)), obliging)
    tokens: list[str] = []
    async with serving(part) as server:
        provider = OpenAI(base_url=server.base_url)

        async def dial() -> Endpoint:
            tokens.append(f"ek_{len(tokens)}")
            return provider.endpoint(tokens[-1])

        session = session_at(server.base_url, dial=dial, reconnect=QUICK)
        await session.connect()
        session.send_text_message("Hello")
        await until(session, lambda state: state.reconnects == 1)
        assert tokens == ["ek_0", "ek_1"]
        await session.aclose()


async def test_a_refused_key_ends_the_dialling() -> None:
    """A provider that refuses the key on the way back ends the session at once, with its reason."""
    part, callers = in_turn(ending(lambda caller: caller.socket.close(1011)))

    def refuse(connection: Any, _request: Any) -> Any:
        return connection.respond(401, "no") if callers else None

    async with serving(part, process_request=refuse) as server:
        session = session_at(server.base_url, reconnect=QUICK)
        await session.connect()
        session.send_text_message("Hello")
        state = await until(session, lambda state: state.status == "error")
        assert (state.error and state.error.code, state.error and state.error.fatal) == ("http_401", True)
        with pytest.raises(AuthenticationError):
            await session.connect()
        await session.aclose()


async def test_a_server_that_stays_away_is_given_up() -> None:
    """When nobody answers for so many dials the session is over, and what was said is still there."""
    part, _ = in_turn(ending(lambda caller: caller.socket.close(1011)))
    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=QUICK)
        await session.connect()
        session.send_text_message("Hello")
        await until(session, lambda state: len(state.messages) == 2)
    state = await until(session, lambda state: state.status == "error")
    assert (state.connection, written(state)[0]) == (5, ("user", "Hello"))
    await session.aclose()
    assert tasks() == set()


@pytest.mark.parametrize("end", ["disconnect", "aclose"])
async def test_hanging_up_ends_the_dialling(end: str) -> None:
    """disconnect() and aclose() while a lost connection is waited for end it at once, and nothing stays."""
    part, _ = in_turn(ending(lambda caller: caller.socket.close(1011)))
    patient = ReconnectPolicy(first_delay_s=60.0, max_delay_s=60.0)
    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=patient)
        await session.connect()
        session.send_text_message("Hello")
        await until(session, lambda state: state.status == "reconnecting")
        await asyncio.wait_for(getattr(session, end)(), 2)
        assert session.state.status == "disconnected"
        await session.aclose()
        assert tasks() == set()


async def test_what_is_said_meanwhile_is_said_once() -> None:
    """A message typed while nobody listens reaches the next connection once, behind what was said before it."""
    part, callers = in_turn(ending(lambda caller: caller.socket.close(1011)), obliging)
    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=QUICK)
        await session.connect()
        first = session.send_text_message("What is the answer?")
        await until(session, lambda state: state.status == "reconnecting")
        second = session.send_text_message("Are you there?")
        session.send_audio(bytes(960))
        await until(session, lambda s: s.messages[-1].text == "It is forty two.")
        assert told(callers[1]) == [first, "item_1", second]
        assert "input_audio_buffer.append" not in callers[1].types
        await session.aclose()


async def test_a_restart_on_purpose_keeps_the_conversation() -> None:
    """restart() hangs up and dials again, and the new connection knows what was said."""
    part, callers = in_turn(obliging)
    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=QUICK)
        await session.connect()
        asked = session.send_text_message("What is the answer?")
        await until(session, lambda s: s.messages[-1].status == "completed" and len(s.messages) == 2)
        await session.restart()
        await becomes(lambda: len(callers) == 2 and len(told(callers[1])) == 2)
        assert (told(callers[1]), session.state.connection) == ([asked, "item_2"], 2)
        await session.aclose()


async def test_the_next_provider_takes_over_with_the_conversation() -> None:
    """When the first provider is gone for good the next one is dialled and told what was said."""
    first, _ = in_turn(ending(lambda caller: caller.socket.close(1011)))
    second, callers = in_turn(obliging)
    async with serving(second) as rescue:
        async with serving(first) as server:
            route = Route(OpenAI(model="other", base_url=rescue.base_url))
            session = session_at(server.base_url, reconnect=QUICK, fallbacks=[route])
            await session.connect()
            asked = session.send_text_message("What is the answer?")
            await until(session, lambda state: len(state.messages) == 2)
        state = await until(session, lambda s: s.messages[-1].text == "It is forty two.")
        assert (state.provider, session.provider.model, told(callers[0])) == (1, "other", [asked, "item_1"])
        await session.aclose()


async def test_a_saved_conversation_goes_on() -> None:
    """A session that begins with the state of another one, through JSON, tells its provider what was said."""
    part, callers = in_turn(obliging)
    async with serving(part) as server:
        session = session_at(server.base_url)
        await session.connect()
        asked = session.send_text_message("What is the answer?")
        saved = await until(session, lambda s: len(s.messages) == 2 and s.mode == "idle")
        await session.aclose()
        again = session_at(server.base_url, state=SessionState.from_json(saved.to_json()))
        assert (again.state.status, written(again.state)) == ("disconnected", written(saved))
        await again.connect()
        again.send_text_message("Are you sure?")
        await until(again, lambda s: len(s.messages) == 3)
        await becomes(lambda: len(told(callers[1])) == 3)
        assert told(callers[1])[:2] == [asked, "item_2"]
        await again.aclose()


async def test_the_embedded_provider_may_be_restarted() -> None:
    """A server that comes back on its port is found again, and answers with what it was told."""
    async with LocalServer() as server:
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
        patient = ReconnectPolicy(first_delay_s=0.05, max_delay_s=0.05, attempts=1_000)
        settings = {"output_modalities": ("text",)}
        provider = Local(base_url=server.url)
        session = RealtimeSession(provider, transport=WebSocketTransport, session_config=settings, reconnect=patient)
        await session.connect()
        session.send_text_message("What is two plus three?")
        await until(session, lambda s: len(s.messages) == 2 and s.mode == "idle")
    async with LocalServer(port=port):
        await until(session, lambda state: state.reconnects == 1)
        session.send_text_message("What is seven times six?")
        state = await until(session, lambda s: len(s.messages) == 4 and s.mode == "idle")
        assert [text for _, text in written(state)][1::2] == ["2 + 3 is 5.", "7 * 6 is 42."]
        await session.aclose()
