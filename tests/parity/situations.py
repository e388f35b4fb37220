"""What may be under way when a connection goes away, and a connection that goes away at that very moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from realtime_rx import Capabilities, RealtimeSession, SessionState, tool
from realtime_rx.abc import Frame, Take
from realtime_rx.errors import ConnectionLostError
from realtime_rx.items import ToolPart
from realtime_rx.state import Message
from realtime_rx.transports import WebSocketTransport

from ..support.waiting import until
from .players import Player

QUESTION = "What is new?"
PICTURE = "aGVsbG8="
FOG = "It is foggy in"


class Lossy(WebSocketTransport):
    """A connection that can be cut: what is on its way in either direction is lost then."""

    def __init__(self, drop: "Drop") -> None:
        super().__init__(close_timeout=0.2)
        self._drop = drop
        self.is_cut = False

    def cut(self) -> None:
        self.is_cut = True
        assert self._socket is not None
        self._socket.transport.abort()

    async def send(self, frame: Frame) -> None:
        words = frame if isinstance(frame, str) else frame.decode()
        if not self._drop.takes(words):
            return await super().send(frame)
        if self._drop.arrives:
            await super().send(frame)
        self.cut()
        raise ConnectionLostError(1006)

    async def deliver(self, take: Take) -> None:
        await super().deliver(lambda frame: None if self.is_cut else take(frame))


class Drop:
    """The one moment at which the connection goes away: with a frame that holds ``words``, or when ``moment`` is."""

    def __init__(self, situation: "Situation") -> None:
        self.arrives = situation.arrives
        self.before: frozenset[str] = frozenset()
        self.transports: list[Lossy] = []
        self._situation = situation
        self._is_armed = False

    def transport(self) -> Lossy:
        self.transports.append(Lossy(self))
        return self.transports[-1]

    def arm(self, session: RealtimeSession) -> None:
        self._is_armed = True
        self.before = frozenset(message.id for message in session.state.messages)
        session.states.subscribe(self._look)

    def takes(self, words: str) -> bool:
        if not self._is_armed or self._situation.words is None or self._situation.words not in words:
            return False
        self._is_armed = False
        return True

    def _look(self, state: SessionState) -> None:
        new = [message for message in state.messages if message.id not in self.before]
        if self._is_armed and self._situation.moment is not None and self._situation.moment(state, new):
            self._is_armed = False
            self.transports[-1].cut()


class Tool:
    """A tool that works until it may end, and how often it was run."""

    def __init__(self, *, needs_approval: bool) -> None:
        self.may_end = asyncio.Event()
        self.runs = 0

        async def get_weather(city: str) -> str:
            """The weather in a city."""
            self.runs += 1
            await self.may_end.wait()
            return f"{FOG} {city}."

        self.tool = tool(needs_approval=True)(get_weather) if needs_approval else tool(get_weather)


@dataclass(frozen=True)
class Stage:
    """Who plays in a situation."""

    session: RealtimeSession
    player: Player
    tool: Tool
    drop: Drop


Moment = Callable[[SessionState, list[Message]], bool]
Act = Callable[[Stage], Awaitable[None]]


async def nothing(_stage: Stage) -> None:
    pass


def always(_can: Capabilities) -> bool:
    return True


@dataclass(frozen=True)
class Situation:
    """``begin`` leads there. It is cut with the frame that holds ``words``, which ``arrives`` or does not, or at a
    ``moment``. ``end`` is what happens when the session is back, ``says`` what the user has said by then. ``waits``:
    the answer is there without ``end``."""

    begin: Act
    says: Callable[[Player], tuple[str, ...]]
    words: str | None = None
    arrives: bool = False
    moment: Moment | None = None
    end: Act = nothing
    approves: bool = False
    options: Callable[[str], dict[str, Any]] = lambda _name: {}
    possible: Callable[[Capabilities], bool] = always


def calls_in(messages: list[Message]) -> list[ToolPart]:
    return [part for message in messages for part in message.parts if isinstance(part, ToolPart)]


# The moments


def is_being_answered(state: SessionState, new: list[Message]) -> bool:
    """A new message is being said, and not to its end."""
    return state.flow.speaking_item in [each.id for each in new if each.status == "in_progress"]


def is_asked_beside(state: SessionState, new: list[Message]) -> bool:
    """The other question is being answered, or waits for the end of the turn that the call belongs to."""
    return is_being_answered(state, new) or state.flow.queued is not None


def is_at_work(_state: SessionState, new: list[Message]) -> bool:
    return any(call.state == "input-available" for call in calls_in(new))


def waits_for_approval(_state: SessionState, new: list[Message]) -> bool:
    return any(call.state == "approval-requested" for call in calls_in(new))


def is_understood(_state: SessionState, new: list[Message]) -> bool:
    return any(each.role == "user" and each.text for each in new)


def is_heard(_state: SessionState, new: list[Message]) -> bool:
    return any(each.role == "user" and not each.text for each in new)


def is_heard_and_answered(state: SessionState, new: list[Message]) -> bool:
    """Words are not understood, and a response to them has begun."""
    return state.flow.response_id is not None and [each.role for each in new if not each.text][:1] == ["user"]


# What leads there, and what follows


async def ask(stage: Stage) -> None:
    stage.session.send_text_message(QUESTION)


async def ask_long(stage: Stage) -> None:
    stage.session.send_text_message(stage.player.long)


async def ask_meanwhile(stage: Stage) -> None:
    await ask_long(stage)
    await until(stage.session, lambda state: is_being_answered(state, [*state.messages][-1:]))
    await ask(stage)


async def ask_tool(stage: Stage) -> None:
    stage.session.send_text_message(stage.player.tool)


async def ask_quick_tool(stage: Stage) -> None:
    stage.tool.may_end.set()
    await ask_tool(stage)


async def ask_beside(stage: Stage) -> None:
    """A call waits for approval, and something else is asked."""
    await ask_tool(stage)
    await until(stage.session, lambda state: waits_for_approval(state, [*state.messages]))
    await ask(stage)


async def show(stage: Stage) -> None:
    stage.session.send_image(PICTURE, text=QUESTION)


async def speak(stage: Stage) -> None:
    for piece in stage.player.speech:
        stage.session.send_audio(piece)


async def finish_tool(stage: Stage) -> None:
    stage.tool.may_end.set()


async def approve(stage: Stage) -> None:
    (call,) = [call for call in calls_in([*stage.session.state.messages]) if call.state == "approval-requested"]
    stage.tool.may_end.set()
    stage.session.approve(call.tool_call_id)


def transcribed(name: str) -> dict[str, Any]:
    return {"transcription": {"model": "any"}} if name == "local" else {}


SITUATIONS = {
    "a message on its way": Situation(ask, lambda _player: (QUESTION,), words=QUESTION),
    "a message that arrived": Situation(ask, lambda _player: (QUESTION,), words=QUESTION, arrives=True),
    "an answer half said": Situation(ask_long, lambda player: (player.long,), moment=is_being_answered),
    "a message on its way during an answer": Situation(
        ask_meanwhile, lambda player: (player.long, QUESTION), words=QUESTION
    ),
    "a picture on its way": Situation(
        show, lambda _player: (QUESTION,), words=PICTURE, possible=lambda can: can.image_input
    ),
    "a tool at work": Situation(ask_tool, lambda player: (player.tool,), moment=is_at_work, end=finish_tool),
    "an output on its way": Situation(ask_quick_tool, lambda player: (player.tool,), words=FOG),
    "an approval pending": Situation(
        ask_tool, lambda player: (player.tool,), moment=waits_for_approval, end=approve, approves=True
    ),
    "a spoken turn that is understood": Situation(
        speak, lambda player: (player.heard.strip(),), moment=is_understood, options=transcribed
    ),
}
BESIDE = Situation(ask_beside, lambda player: (player.tool, QUESTION), moment=is_asked_beside, approves=True)
UNWRITTEN = Situation(speak, lambda _player: (), moment=is_heard)
BEGUN = Situation(speak, lambda _player: (), moment=is_heard_and_answered)
