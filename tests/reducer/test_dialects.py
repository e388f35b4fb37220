"""A whole generated session: every split, every runner and both dialects lead to one state."""

import functools
import json
from typing import Any

import pytest

from benchmarks.generator import Conversation, Mix, frames
from realtime_rx.events import ServerEvent
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.providers.openai_wire.decode import ALIASES
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState
from realtime_rx.store import Store

MIX = Mix(audio_bytes=48, audio_deltas=3, transcript_words=6, user_words=3, argument_deltas=2)
FRAMES: list[dict[str, Any]] = [json.loads(text) for text in frames(Conversation(mix=MIX), 8, "full")]
BETA = {new: old for old, new in ALIASES.items()}


def decoded(values: list[dict[str, Any]]) -> list[ServerEvent]:
    codec = OpenAICodec()
    return [event for value in values for event in codec.decode(json.dumps(value), at=1.0)]


def folded(events: list[ServerEvent], state: SessionState | None = None) -> SessionState:
    start = state or SessionState.initial(max_events=50)
    return functools.reduce(lambda each, event: reduce(each, event)[0], events, start)


EVENTS = decoded(FRAMES)
WHOLE = folded(EVENTS)


def test_the_session_is_one() -> None:
    """The generated session has eight questions, eight answers, and four calls of two turns."""
    assert (len(WHOLE.messages), WHOLE.status, len(WHOLE.events)) == (8 + 8 + 4, "connected", 50)


@pytest.mark.parametrize("remainder", range(5))
def test_any_split_gives_the_same_state(remainder: int) -> None:
    """Folding some events, writing the state as JSON, reading it and folding the rest gives the same state."""
    state = SessionState.initial(max_events=50)
    for split, event in enumerate(EVENTS):
        if split % 5 == remainder:
            again = SessionState.from_json(state.to_json())
            assert again == state
            assert folded(EVENTS[split:], again) == WHOLE
        state, _ = reduce(state, event)
    assert state == WHOLE


def test_the_live_store_gives_the_same_state() -> None:
    """A store that was given the events has the folded state."""
    store = Store(SessionState.initial(max_events=50))
    for event in EVENTS:
        store.dispatch(event)
    assert store.state == WHOLE


def test_both_dialects_give_the_same_state() -> None:
    """Under the beta protocol's names everything but the frames themselves comes out the same."""
    values = [{**value, "type": BETA.get(value["type"], value["type"])} for value in FRAMES]
    assert sum(a["type"] != b["type"] for a, b in zip(values, FRAMES, strict=True)) > 100
    beta = folded(decoded(values))
    differ = {n for n in beta.__struct_fields__ if getattr(beta, n) != getattr(WHOLE, n)}
    assert differ == {"events"}
    assert [event.type for event in beta.events] == [event.type for event in WHOLE.events]


def test_a_dialect_without_done_items_gives_the_same_messages() -> None:
    """Where, as in the beta protocol, no `conversation.item.done` comes, the messages are the same."""
    values = [value for value in FRAMES if value["type"] != "conversation.item.done"]
    assert folded(decoded(values)).messages == WHOLE.messages
