"""Folding events into states by hand, and the states and items that many tests start from."""

from collections.abc import Iterable
from typing import Any, TypeVar

from realtime_rx.effects import Effect, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    ClientEvent,
    ConnectRequested,
    CreateItem,
    Event,
    EventSubmitted,
    ItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    TransportClosed,
    TransportOpened,
)
from realtime_rx.items import AudioPart, Item, Part, TextPart, ToolPart
from realtime_rx.reducer import reduce
from realtime_rx.state import Message, SessionState

E = TypeVar("E", bound=Effect)


def run(state: SessionState, *events: Event) -> tuple[SessionState, list[Effect]]:
    """The state after these events, and the effects of all of them."""
    effects: list[Effect] = []
    for event in events:
        state, more = reduce(state, event)
        effects.extend(more)
    return state, effects


def fold(state: SessionState, *events: Event) -> SessionState:
    return run(state, *events)[0]


def sent(effects: Iterable[Effect]) -> list[ClientEvent]:
    """The client events among the effects, in order."""
    return [effect.event for effect in effects if isinstance(effect, Send)]


def only(effects: Iterable[Effect], kind: type[E]) -> list[E]:
    return [effect for effect in effects if isinstance(effect, kind)]


CONNECTED = fold(
    SessionState.initial(), ConnectRequested(at=1.0), TransportOpened(1, at=1.1), SessionCreated("sess_1", at=1.2)
)
ANSWERING = fold(CONNECTED, ResponseCreated("r1", at=2.0))


def ids(state: SessionState) -> list[str]:
    return [message.id for message in state.messages]


def message(state: SessionState, message_id: str) -> Message:
    found = state.messages.get(message_id)
    assert found is not None, f"no message {message_id} among {ids(state)}"
    return found


def part(state: SessionState, message_id: str, index: int = 0) -> Any:
    return message(state, message_id).parts[index]


def user(item_id: str, text: str = "") -> Item:
    parts: tuple[Part, ...] = (TextPart(text=text),) if text else ()
    return Item(id=item_id, role="user", status="completed", parts=parts)


def spoken(item_id: str, transcript: str = "", status: Any = "completed") -> Item:
    parts: tuple[Part, ...] = (AudioPart(transcript=transcript),) if transcript else ()
    return Item(id=item_id, role="assistant", status=status, parts=parts)


def calling(item_id: str, call_id: str, name: str = "clock", arguments: str = "{}", status: Any = "completed") -> Item:
    call = ToolPart(tool_name=name, tool_call_id=call_id, arguments=arguments)
    return Item(id=item_id, type="function_call", status=status, parts=(call,))


def lost(code: str = "close_1006") -> RealtimeErrorInfo:
    return RealtimeErrorInfo(message="gone", code=code, fatal=True)


def drop(state: SessionState, code: str = "close_1006", at: float = 100.0) -> TransportClosed:
    """The state's connection is lost."""
    return TransportClosed(state.connection, lost(code), at=at)


TALKED = fold(
    CONNECTED,
    EventSubmitted(CreateItem(user("u1", "What is it?"))),
    ItemAdded(user("u1", "What is it?")),
    ResponseCreated("r1"),
    OutputItemDone("r1", spoken("a1", "It is a clock.")),
    ResponseDone("r1"),
)
"""One turn was written and answered aloud."""
