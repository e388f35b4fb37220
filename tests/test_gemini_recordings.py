"""Recorded Gemini Live sessions, where REALTIME_RX_RECORDINGS says where they are, come out exactly."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.effects import CallTool
from realtime_rx.events import AudioDelta, FrameRejected, ProviderEvent, ServerEvent
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.providers.google_wire.frames import named
from realtime_rx.reducer import reduce
from realtime_rx.selectors import to_ui_messages
from realtime_rx.state import SessionState
from realtime_rx.testing import FakeClock, reduce_recording

from .folding import only, run
from .gemini_recordings import paths, reading, total
from .recordings import received
from .support.gemini_server import GeminiCaller, gemini, session_at
from .support.waiting import until

RECORDINGS = paths() or [
    pytest.param(Path("none"), marks=pytest.mark.skip(reason="REALTIME_RX_RECORDINGS is not set"), id="none")
]
recordings = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)


def decoded(frames: list[dict[str, Any]], *, binary: bool = False) -> list[ServerEvent]:
    codec = GoogleCodec()
    texts = [json.dumps(frame) for frame in frames]
    return [event for text in texts for event in codec.decode(text.encode() if binary else text, at=5.0)]


def folded(events: list[ServerEvent], state: SessionState | None = None) -> SessionState:
    return functools.reduce(lambda each, event: reduce(each, event)[0], events, state or SessionState())


def said(state: SessionState, role: str) -> list[str]:
    return [message.text for message in state.messages if message.role == role and message.text]


@recordings
def test_every_frame_is_known(path: Path) -> None:
    """Every received frame is at least one event; what passes raw is thoughts and what only Gemini has."""
    frames = received(path)
    codec = GoogleCodec()
    each = [codec.decode(json.dumps(frame), at=5.0) for frame in frames]
    assert all(each)
    events = [event for some in each for event in some]
    assert not any(isinstance(event, FrameRejected) for event in events)
    names = {event.raw_type for event in events if isinstance(event, ProviderEvent)}
    assert not {name for name in names if not name.startswith("serverContent")} - {
        "thought", "executableCode", "codeExecutionResult",
    }  # fmt: skip


@recordings
def test_words_are_as_stated(path: Path) -> None:
    """What was said is each turn's transcription put together, of both sides, in order, and nothing else."""
    frames = received(path)
    state, turns = folded(decoded(frames)), reading(frames)
    assert "".join(said(state, "assistant")) == "".join(turn.assistant for turn in turns)
    assert said(state, "user") == [turn.user for turn in turns if turn.user]
    roles = [message.role for message in state.messages if message.text]
    assert roles == [
        role for turn in turns for role, words in (("user", turn.user), ("assistant", turn.assistant)) if words
    ]


@recordings
def test_thoughts_are_never_said(path: Path) -> None:
    """What the model thought is in no message, and in the raw frames."""
    frames = received(path)
    state = folded(decoded(frames))
    thoughts = [thought for turn in reading(frames) for thought in turn.thoughts]
    shown = json.dumps(to_ui_messages(state))
    assert not any(thought.strip()[:40] in shown for thought in thoughts)
    raw = [str(event.raw) for event in state.events if isinstance(event, ProviderEvent)]
    assert len([each for each in raw if "thought" in each]) >= bool(thoughts)


@recordings
def test_calls_are_as_stated(path: Path) -> None:
    """Each tool call has the id, the name and the arguments of its frame, and is asked for once."""
    frames = received(path)
    effects = run(SessionState(), *decoded(frames))[1]
    expected = [call for turn in reading(frames) for call in turn.calls]
    assert [(effect.call_id, effect.name, effect.input) for effect in only(effects, CallTool)] == expected


@recordings
def test_usage_is_as_stated(path: Path) -> None:
    """The tokens are those of every turn's last report together."""
    frames = received(path)
    usage, turns = folded(decoded(frames)).usage, reading(frames)
    stated = ("totalTokenCount", "promptTokenCount", "responseTokenCount", "thoughtsTokenCount")
    got = (usage.total_tokens, usage.input_tokens, usage.output_tokens, usage.thought_tokens)
    assert got == tuple(total(turns, name) for name in stated)


@recordings
def test_sound_is_in_no_state(path: Path) -> None:
    """All sound is passed on, and none of it is in the state or in an event's raw frame."""
    frames = received(path)
    events = decoded(frames)
    sounds = [event.audio for event in events if isinstance(event, AudioDelta)]
    assert len(sounds) == json.dumps(frames).count("audio/pcm")
    kept = folded(events).to_json().decode()
    assert not any(sound in kept for sound in sounds)


@recordings
def test_both_notations_say_the_same(path: Path) -> None:
    """Binary frames and frames in snake case give the same state as text in camel case."""
    frames = received(path)
    events = decoded(frames)
    assert folded(decoded(frames, binary=True)) == folded(events)
    snake = folded(decoded([renamed(frame) for frame in frames]))
    assert snake.messages == folded(events).messages
    assert snake.usage == folded(events).usage


def renamed(value: Any) -> Any:
    """A frame in snake case, but for what a tool is given."""
    if isinstance(value, dict):
        return {snake(key): each if key == "args" else renamed(each) for key, each in value.items()}
    return [renamed(each) for each in value] if isinstance(value, list) else value


def snake(key: str) -> str:
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
    assert named(name) == key
    return name


@recordings
def test_every_split_gives_the_same_state(path: Path) -> None:
    """Reducing in two portions, with the state as JSON in between, gives the same state, twice."""
    events = decoded(received(path))
    whole = folded(events)
    assert folded(decoded(received(path))) == whole
    for split in range(0, len(events), max(1, len(events) // 25)):
        half = SessionState.from_json(folded(events[:split]).to_json())
        assert folded(events[split:], half) == whole


@recordings
def test_nothing_stays_in_flight(path: Path) -> None:
    """At the end nothing streams, nothing is pending and no response is under way."""
    state = folded(decoded(received(path)))
    assert (state.status, state.error) == ("connected", None)
    assert (state.pending_user_transcript, state.pending_assistant_transcript) == (None, None)
    assert (state.flow.response_id, state.flow.requested, state.flow.speaking_item) == (None, False, None)
    assert all(message.status == "completed" for message in state.messages)


@recordings
async def test_a_session_reaches_the_state_that_its_frames_reduce_to(path: Path) -> None:
    """What a server says over a socket gives the same state as reducing its frames."""
    expected = reduce_recording(path, "google:gemini-test")

    async def part(caller: GeminiCaller) -> None:
        await caller.hear("setup")
        await caller.say(*received(path))
        await caller.listen()

    async with gemini(part) as server:
        session = session_at(server, clock=FakeClock(), on_tool_call=lambda _: None)
        async with session:
            state = await until(session, lambda state: len(state.events) == len(expected.events))
    said = ("messages", "events", "usage", "resumption", "output_format")
    assert [getattr(state, name) for name in said] == [getattr(expected, name) for name in said]
