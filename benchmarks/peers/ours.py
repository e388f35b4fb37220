"""This library.

modes: reduce (codec and reducer alone), store (codec and store, one subscriber to states and one to server events).
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from benchmarks.peers import harness
from realtime_rx.effects import CallTool, Effect
from realtime_rx.events import ConnectRequested, Event, ToolReturned, TransportOpened
from realtime_rx.items import AudioPart, Part, TextPart, ToolPart
from realtime_rx.providers import get_provider
from realtime_rx.reducer import reduce
from realtime_rx.state import Message, SessionState
from realtime_rx.store import Store

OPENING = (ConnectRequested(), TransportOpened(connection=1))


def tool_answers(effects: Iterable[Effect]) -> list[ToolReturned]:
    """Every tool of the benchmark answers at once, with the same."""
    return [ToolReturned(call_id=e.call_id, output={"ok": True}) for e in effects if isinstance(e, CallTool)]


class Reduced:
    """The state is folded by hand."""

    def __init__(self) -> None:
        self._codec = get_provider("openai:gpt-realtime").codec()
        self._state = SessionState.initial()
        for event in OPENING:
            self._apply(event)

    def feed(self, frame: str) -> None:
        for event in self._codec.decode(frame):
            self._apply(event)

    def _apply(self, event: Event) -> None:
        self._state, effects = reduce(self._state, event)
        if effects:
            for answer in tool_answers(effects):
                self._apply(answer)

    def messages(self) -> list[dict[str, Any]]:
        return compact(self._state.messages)


class Stored:
    """The state lives in a store, and somebody watches it, as a session and a UI would have it."""

    def __init__(self) -> None:
        self._codec = get_provider("openai:gpt-realtime").codec()
        self._store = Store(run_effect=self._answer)
        self._store.states.subscribe(ignore)
        self._store.server_events.subscribe(ignore)
        for event in OPENING:
            self._store.dispatch(event)

    def feed(self, frame: str) -> None:
        for event in self._codec.decode(frame):
            self._store.dispatch(event)

    def _answer(self, effect: Effect) -> None:
        for answer in tool_answers((effect,)):
            self._store.dispatch(answer)

    def messages(self) -> list[dict[str, Any]]:
        return compact(self._store.state.messages)


def ignore(_: object) -> None:
    """A subscriber that costs nothing, so that what is measured is telling it."""


def compact(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Our messages are items; the AI SDK's, and the digest's, are whole responses."""
    turns = groupby(messages, key=lambda message: (message.role, message.response_id or message.id))
    return [
        {"role": role, "parts": [compact_part(part) for message in items for part in message.parts]}
        for (role, _), items in turns
    ]


def compact_part(part: Part) -> list[Any]:
    match part:
        case TextPart(text=text) | AudioPart(transcript=text):
            return ["text", text]
        case ToolPart(tool_name=name, input=tool_input):
            return ["tool", name, tool_input]
        case _:
            raise TypeError(f"the stream has no {type(part).__name__}")


MODES: dict[str, Callable[[], harness.Feeder]] = {"reduce": Reduced, "store": Stored}

if __name__ == "__main__":
    harness.main(lambda mode: MODES[mode](), "realtime-rx")
