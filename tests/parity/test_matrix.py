"""Every provider in every situation: the same program, the same outcome; where not, its capability data says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx import Capabilities, RealtimeSession, SessionState, tool, use_realtime
from realtime_rx.items import TextPart, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import PROVIDERS
from realtime_rx.reducer.resumption import goes_on
from realtime_rx.state import Message
from realtime_rx.transports import WebSocketTransport

from ..support.waiting import becomes, until
from ..test_sound import Speaker
from .players import PLAYERS, Player

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)
BEFORE = ("My name is Ada.", "Nice to meet you, Ada.")

everybody = pytest.mark.parametrize("name", PLAYERS)


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"It is foggy in {city}."


class Talk:
    """A session with somebody, and every frame that it sent."""

    def __init__(self, player: Player, session: RealtimeSession, sockets: list[WebSocketTransport]) -> None:
        self.player = player
        self.session = session
        self.sent: list[str] = []
        self._sockets = sockets
        session.wire.subscribe(self._crossed)

    def _crossed(self, event: Any) -> None:
        if event.kind == "sent":
            self.sent.append(event.frame if isinstance(event.frame, str) else event.frame.decode())

    @property
    def can(self) -> Capabilities:
        return self.session.provider.capabilities

    def said(self, state: SessionState) -> list[Message]:
        """What has words, but for what is said unasked."""
        return [message for message in state.messages if message.text and message.text != self.player.greeting]

    def rows(self, state: SessionState) -> list[tuple[str, str]]:
        return [(message.role, message.text.strip()) for message in self.said(state)]

    def answered(self, replies: int) -> Callable[[SessionState], bool]:
        """Nothing is under way, and there are so many whole replies."""

        def enough(state: SessionState) -> bool:
            flow = state.flow
            busy = flow.response_id or flow.requested or flow.calls or flow.restoring or flow.user_speaking
            whole = [each for each in self.said(state) if each.role == "assistant" and each.status != "in_progress"]
            return state.status == "connected" and not busy and len(whole) >= replies

        return enough

    async def ask(self, words: str, replies: int) -> SessionState:
        self.session.send_text_message(words)
        return await until(self.session, self.answered(replies))

    def told(self, words: str) -> list[int]:
        """Where among the sent frames these words are."""
        return [number for number, frame in enumerate(self.sent) if words in frame]

    def drop(self) -> None:
        """Cut the wire, as a tunnel does: no close, no reason."""
        socket = self._sockets[-1]._socket
        assert socket is not None
        socket.transport.abort()


@asynccontextmanager
async def talking(name: str, **options: Any) -> AsyncIterator[Talk]:
    sockets: list[WebSocketTransport] = []

    def transport() -> WebSocketTransport:
        sockets.append(WebSocketTransport(close_timeout=0.2))
        return sockets[-1]

    player = PLAYERS[name]
    async with player.serve() as address:
        session = use_realtime(
            **{**address, "transport": transport, "reconnect": FAST, "tools": [get_weather], **options}
        )
        talk = Talk(player, session, sockets)
        async with session:
            if player.greeting:
                await until(session, lambda state: any(each.text == player.greeting for each in state.messages))
            yield talk
        assert asyncio.all_tasks() == {asyncio.current_task()} or name == "local"


def calm(state: SessionState) -> None:
    """Nothing is wrong, nothing is left over."""
    assert (state.status, state.mode, state.error) == ("connected", "idle", None)
    assert (state.pending_user_transcript, state.pending_assistant_transcript) == (None, None)


def test_everybody_who_answers_is_here() -> None:
    """Whatever provider answers at all takes part."""
    answering = {name for name, make in PROVIDERS.items() if make().capabilities.responses != "none"}
    assert answering == set(PLAYERS)


@everybody
async def test_a_text_turn(name: str) -> None:
    """What is typed stands there once, before its whole and uninterrupted answer."""
    async with talking(name) as talk:
        state = await talk.ask("Hello?", 1)
        user, reply = talk.said(state)
        assert (user.role, user.text, user.status) == ("user", "Hello?", "completed")
        assert (reply.role, reply.status, reply.interrupted) == ("assistant", "completed", False)
        assert len(talk.told("Hello?")) == 1
        calm(state)


@everybody
async def test_a_tool_round(name: str) -> None:
    """A call is run once, its output told once, and the answer that follows comes of it."""
    async with talking(name) as talk:
        state = await talk.ask(talk.player.tool, 1)
        (call,) = [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
        assert (call.tool_name, call.state) == ("get_weather", "output-available")
        assert call.output == f"It is foggy in {call.input['city']}."
        assert len(talk.told(call.output)) == 1
        assert [role for role, _ in talk.rows(state)] == ["user", "assistant"]
        assert call.output in talk.rows(state)[-1][1]
        order = [message.id for message in state.messages]
        caller = next(message.id for message in state.messages if call in message.parts)
        user, reply = talk.said(state)
        assert order.index(user.id) < order.index(caller) <= order.index(reply.id)
        calm(state)


@everybody
async def test_a_spoken_turn(name: str) -> None:
    """Speech that nobody commits becomes one message with all of its words, before its answer."""
    async with talking(name, transcription={"model": "any"} if name == "local" else None) as talk:
        for piece in talk.player.speech:
            talk.session.send_audio(piece)
        heard = ("user", talk.player.heard.strip())
        state = await until(talk.session, lambda state: talk.answered(1)(state) and talk.rows(state)[:1] == [heard])
        assert [role for role, _ in talk.rows(state)] == ["user", "assistant"]
        assert not any("response.create" in frame or "response-create" in frame for frame in talk.sent)
        calm(state)


def old(number: int, role: Any) -> Message:
    part = TextPart(text=BEFORE[number])
    return Message(id=f"old_{number}", role=role, parts=(part,), created_at=float(number + 1), status="completed")


@everybody
async def test_a_history(name: str) -> None:
    """An older conversation stays in its place; who can be told of it is told, once, before anything new."""
    start = SessionState.initial(max_events=50)
    start = replace(start, messages=start.messages.append(old(0, "user")).append(old(1, "assistant")))
    async with talking(name, state=start) as talk:
        state = await talk.ask("Hello?", 2)
        assert talk.rows(state)[:3] == [("user", BEFORE[0]), ("assistant", BEFORE[1]), ("user", "Hello?")]
        assert len(talk.said(state)) == 4
        places = [talk.told(words) for words in (*BEFORE, "Hello?")]
        if talk.can.history:
            assert [len(place) for place in places] == [1, 1, 1]
            assert places == sorted(places)
        else:
            assert [len(place) for place in places] == [0, 0, 1]


@everybody
async def test_an_interruption(name: str) -> None:
    """An interrupted answer falls silent and is marked, keeps its words, and the conversation goes on."""
    speaker = Speaker()
    async with talking(name, audio_output=speaker) as talk:
        await until(talk.session, lambda state: state.flow.has_output)
        talk.session.send_text_message(talk.player.long)
        await until(
            talk.session,
            lambda state: (
                len(talk.said(state)) == 2 and (talk.said(state)[1].id in [each[0] for each in speaker.asked])
            ),
        )
        talk.session.interrupt()
        await becomes(lambda: ("flush",) in speaker.asked)
        assert speaker.listener is not None
        speaker.listener.on_drained()
        state = await until(talk.session, lambda state: talk.said(state)[1].interrupted)
        words = talk.said(state)[1].text
        state = await talk.ask("Hello?", 2)
        assert [role for role, _ in talk.rows(state)] == ["user", "assistant", "user", "assistant"]
        long, reply = talk.said(state)[1], talk.said(state)[3]
        assert long.text.startswith(words)
        assert (long.interrupted, long.status) == (True, "incomplete")
        assert reply.status == "completed"
        assert any("cancel" in frame for frame in talk.sent) == talk.can.cancel


@everybody
async def test_a_connection_that_is_lost(name: str) -> None:
    """A conversation survives the loss of its connection; how its partner knows of it, the capability data says."""
    async with talking(name) as talk:
        before = talk.said(await talk.ask("Hello?", 1))
        await until(talk.session, lambda state: talk.can.resumption == "none" or goes_on(state))
        talk.drop()
        await until(talk.session, lambda state: state.status == "connected" and state.reconnects == 1)
        state = await talk.ask("Again?", 2)
        assert talk.said(state)[:2] == before
        assert [role for role, _ in talk.rows(state)] == ["user", "assistant", "user", "assistant"]
        assert talk.rows(state)[2] == ("user", "Again?")
        without = "replayed" if talk.can.history else "nothing"
        assert state.restored == (without if talk.can.resumption == "none" else "resumed")
        typed = [number for number in talk.told("Hello?") if before[1].text not in talk.sent[number]]
        assert len(typed) == (2 if state.restored == "replayed" else 1)
        calm(state)
