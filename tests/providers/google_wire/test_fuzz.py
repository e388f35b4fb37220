"""Whatever comes in, decoding it gives events or a ProtocolError, and the conversation goes on."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.errors import ProtocolError
from realtime_rx.events import ServerEvent
from realtime_rx.providers import Google
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...strategies import values
from ...support.gemini_frames import (
    GENERATED,
    INTERRUPTED,
    SETUP_COMPLETE,
    calling,
    cancelling,
    completed,
    content,
    going_away,
    hearing,
    resumable,
    saying,
    sounding,
    spoken_turn,
    thinking,
    used,
    writing,
)
from ...support.gemini_server import schema_problem, schemas

FRAMES: list[dict[str, Any]] = [
    SETUP_COMPLETE,
    thinking(),
    writing("Words."),
    saying("Hi"),
    sounding(10),
    hearing("Hello", finished=True),
    calling(("c1", "clock", {"zone": "utc"}), ("c2", "clock", {})),
    cancelling("c1"),
    GENERATED,
    INTERRUPTED,
    completed(used()),
    {"usageMetadata": used(5, 5)},
    resumable("h"),
    going_away(),
    {"voiceActivity": {"voiceActivityType": "ACTIVITY_START", "audioOffset": "1.5s"}},
    {"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_EOS"}},
    content(groundingMetadata={"webSearchQueries": ["q"]}, turnCompleteReason="NEED_MORE_INPUT"),
    {"error": {"code": 3, "message": "no", "status": "INVALID_ARGUMENT"}},
]
WRONG = (None, True, -1, 0.5, 10**30, "", "Hi", "9.5s", [], [None], {}, {"text": 1}, "\ud83d", "AAAA", [[]], {"": {}})
CONVERSATIONS, MUTATIONS = 100, 100


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field and element."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))


def mutated(dice: random.Random, names: list[str]) -> str | bytes:
    """A good frame with something wrong in it: a field gone, renamed, of another type or from another frame."""
    frame = json.loads(json.dumps(dice.choice(FRAMES)))
    for _ in range(dice.randint(1, 3)):
        ways = list(places(frame))
        if not ways:
            break
        *way, last = dice.choice(ways)
        home = frame
        for key in way:
            home = home[key]
        match dice.randrange(4):
            case 0 | 1:
                home[last] = json.loads(json.dumps(dice.choice((*WRONG, *FRAMES))))
            case 2 if isinstance(home, dict):
                home[dice.choice(names)] = home.pop(last)
            case _:
                del home[last]
    text = json.dumps(frame)
    if dice.random() < 0.1:
        cut = dice.randrange(len(text))
        text = text[:cut] + dice.choice(("", "}", "\\ud800", "\x00", '"', "NaN", "1e999")) + text[cut + 1 :]
    return text if dice.random() < 0.5 else text.encode(errors="replace")


def field_names() -> list[str]:
    """The names that the official schema has where it is, and those of our own frames."""
    own = {str(way[-1]) for frame in FRAMES for way in places(frame)}
    validator = schemas("Server")
    definitions = validator.schema.get("$defs", {}).values() if validator is not None else ()
    return sorted(own | {name for each in definitions for name in each.get("properties", {})})


def survived(codec: GoogleCodec, frame: str | bytes) -> list[ServerEvent]:
    try:
        events = list(codec.decode(frame, at=1.0))
    except ProtocolError:
        return []
    assert events
    assert all(isinstance(event.raw, dict) for event in events)
    return events


@pytest.mark.parametrize("seed", range(CONVERSATIONS))
def test_no_frame_corrupts_a_conversation(seed: int) -> None:
    """After a hundred broken frames the state can be stored, and the next turn comes out exactly."""
    dice, names = random.Random(seed), field_names()
    codec = GoogleCodec()
    state = SessionState(status="connecting", capabilities=Google().capabilities)
    for _ in range(MUTATIONS):
        for event in survived(codec, mutated(dice, names)):
            state = reduce(state, event)[0]
    for frame in (completed(), completed(), hearing("Well?"), *spoken_turn("Here", " I am.")):
        for event in survived(codec, json.dumps(frame)):
            state = reduce(state, event)[0]
    assert [(message.role, message.text) for message in state.messages][-2:] == [
        ("user", "Well?"), ("assistant", "Here I am."),
    ]  # fmt: skip
    assert (state.flow.response_id, state.flow.speaking_item, state.messages[-1].status) == (None, None, "completed")
    assert SessionState.from_json(state.to_json()) == state


@pytest.mark.skipif(schemas("Server") is None, reason="REALTIME_RX_PROTOCOLS is not set")
def test_our_good_frames_are_good() -> None:
    """The frames that the tests make are valid by the official schema, where it knows them."""
    frames = [frame for frame in FRAMES if "error" not in frame]
    assert [problem for frame in frames if (problem := schema_problem(frame, "Server"))] == []


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_is_survived(text: str | bytes) -> None:
    """Random bytes and text are events or a ProtocolError."""
    survived(GoogleCodec(), text)


@given(values)
def test_any_json_is_survived(value: Any) -> None:
    """JSON of any shape, at the top and in every known place, is events or a ProtocolError."""
    for frame in (value, *({key: value} for key in ("serverContent", "toolCall", "usageMetadata", "setupComplete"))):
        survived(GoogleCodec(), json.dumps(frame))
