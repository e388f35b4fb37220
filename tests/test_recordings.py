"""Recorded sessions of the OpenAI family, where REALTIME_RX_RECORDINGS says where they are, come out exactly."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.effects import CallTool
from realtime_rx.events import FrameRejected, ProviderEvent, ServerEvent
from realtime_rx.items import ToolPart
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.providers.openai_wire.decode import ALIASES
from realtime_rx.reducer import reduce
from realtime_rx.selectors import to_ui_messages
from realtime_rx.state import SessionState
from realtime_rx.store import Store

from .folding import only, run
from .recordings import paths, reading, received

RECORDINGS = paths() or [
    pytest.param(Path("none"), marks=pytest.mark.skip(reason="REALTIME_RX_RECORDINGS is not set"), id="none")
]
recordings = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
BETA = {new: old for old, new in ALIASES.items()}


def decoded(frames: list[dict[str, Any]]) -> list[ServerEvent]:
    codec = OpenAICodec()
    return [event for frame in frames for event in codec.decode(json.dumps(frame), at=5.0)]


def folded(events: list[ServerEvent], state: SessionState | None = None) -> SessionState:
    return functools.reduce(lambda each, event: reduce(each, event)[0], events, state or SessionState())


def calls(state: SessionState) -> list[ToolPart]:
    return [part for message in state.messages for part in message.parts if isinstance(part, ToolPart)]


@recordings
def test_every_frame_is_known(path: Path) -> None:
    """Every received frame is one event; what passes raw is only what the provider alone has."""
    frames = received(path)
    events = decoded(frames)
    assert len(events) == len(frames) > 5
    assert not any(isinstance(event, FrameRejected) for event in events)
    assert {event.raw_type for event in events if isinstance(event, ProviderEvent)} <= {"ping"}


@recordings
def test_words_are_as_stated(path: Path) -> None:
    """Each message has exactly the words that its final item or latest transcript states, and is there once."""
    frames = received(path)
    state = folded(decoded(frames))
    assert {m.id: (m.role, m.text) for m in state.messages if m.text} == reading(frames).words
    assert len({message.id for message in state.messages}) == len(state.messages)


@recordings
def test_the_order_is_the_providers(path: Path) -> None:
    """Messages and calls stand in the order of the provider's items."""
    frames = received(path)
    assert [message.id for message in folded(decoded(frames)).messages] == reading(frames).order


@recordings
def test_calls_are_as_stated(path: Path) -> None:
    """Each tool call has the id, the name and the arguments of the final item, and is asked for once."""
    frames = received(path)
    state, effects = run(SessionState(), *decoded(frames))
    expected = reading(frames).calls
    assert [(part.tool_call_id, part.tool_name, part.input) for part in calls(state)] == expected
    assert [(effect.call_id, effect.name, effect.input) for effect in only(effects, CallTool)] == expected


@recordings
def test_outputs_are_as_stated(path: Path) -> None:
    """A call whose output stands in the conversation has that output."""
    frames = received(path)
    outputs = {part.tool_call_id: part.output for part in calls(folded(decoded(frames))) if part.output is not None}
    assert outputs == reading(frames).outputs


@recordings
def test_usage_is_as_stated(path: Path) -> None:
    """The tokens are those of every finished response together."""
    frames = received(path)
    usage = folded(decoded(frames)).usage
    assert {name: getattr(usage, name) for name in ("total_tokens", "input_tokens", "output_tokens")} == reading(
        frames
    ).usage


@recordings
def test_nothing_stays_in_flight(path: Path) -> None:
    """At the end nothing streams, nothing is pending and nobody has the floor."""
    state = folded(decoded(received(path)))
    assert (state.status, state.mode, state.error) == ("connected", "idle", None)
    assert (state.pending_user_transcript, state.pending_assistant_transcript) == (None, None)
    assert (state.flow.response_id, state.flow.requested, state.flow.calls) == (None, False, ())
    assert all(getattr(part, "state", "done") != "streaming" for message in state.messages for part in message.parts)
    assert all(message.status == "completed" for message in state.messages)


@recordings
def test_any_split_gives_the_same_state(path: Path) -> None:
    """Folding some events, writing the state as JSON, reading it and folding the rest gives the same state."""
    events = decoded(received(path))
    whole = folded(events)
    state = SessionState()
    for split, event in enumerate(events):
        again = SessionState.from_json(state.to_json())
        assert again == state
        assert folded(events[split:], again) == whole
        state, _ = reduce(state, event)
    assert state == whole == folded(events)


@recordings
def test_the_live_store_gives_the_same_state(path: Path) -> None:
    """A store that was given the events has the state that functools.reduce gives."""
    events = decoded(received(path))
    store = Store(SessionState())
    for event in events:
        store.dispatch(event)
    assert store.state == folded(events)


@recordings
def test_beta_names_give_the_same_messages(path: Path) -> None:
    """The same session under the beta protocol's names leads to the same messages, usage and events."""
    frames = received(path)
    beta = [{**frame, "type": BETA.get(frame["type"], frame["type"])} for frame in frames]
    assert beta != frames
    old, new = folded(decoded(beta)), folded(decoded(frames))
    assert (old.messages, old.usage, old.mode) == (new.messages, new.usage, new.mode)
    assert [event.type for event in old.events] == [event.type for event in new.events]


@recordings
def test_a_real_beta_session_has_no_item_done(path: Path) -> None:
    """The messages are the same where, as in the beta protocol, no `conversation.item.done` comes."""
    frames = received(path)
    beta = [
        {**frame, "type": BETA.get(frame["type"], frame["type"])}
        for frame in frames
        if frame["type"] != "conversation.item.done"
    ]
    assert folded(decoded(beta)).messages == folded(decoded(frames)).messages


@recordings
def test_ui_messages_are_json(path: Path) -> None:
    """The UI messages of every recorded session are JSON with all the words."""
    frames = received(path)
    messages = json.loads(json.dumps(to_ui_messages(folded(decoded(frames)))))
    words = [part["text"] for message in messages for part in message["parts"] if part["type"] == "text"]
    assert sorted("".join(words)) == sorted("".join(text for _, text in reading(frames).words.values()))
