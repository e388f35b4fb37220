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
from realtime_rx.providers import ElevenLabs
from realtime_rx.providers.elevenlabs_wire import ElevenLabsCodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...strategies import values
from ...support.elevenlabs_frames import (
    OTHERS,
    USED,
    Json,
    calling,
    correcting,
    failing,
    greeting,
    guessing,
    hearing,
    interrupting,
    pinging,
    replying,
    requesting,
    responding,
    resulting,
    running,
    sounding,
    writing,
)
from ...support.elevenlabs_server import contract, problem_by

FRAMES: list[Json] = [
    greeting(),
    replying("Hi", 1),
    sounding(1, 10),
    hearing("Hello", 1),
    guessing("Hel", 1),
    correcting("Hi", "H", 1),
    *(writing(kind, "Hi", 1) for kind in ("start", "delta", "stop")),
    interrupting(1),
    pinging(1),
    calling("c1", "clock", {"zone": "utc"}),
    requesting("t1", "search"),
    responding("t1", "search"),
    resulting("t1", "search", "42"),
    *(running("m1", "find", state) for state in ("loading", "success", "failure")),
    failing(),
    USED,
    *OTHERS,
]
WRONG = (None, True, -1, 0.5, 10**30, "", "Hi", "7", [], [None], {}, {"text": 1}, "\ud83d", "AAAA", [[]], {"": {}})
CONVERSATIONS, MUTATIONS = 100, 100
LATE = 2**52
"""An event id above those of all interruptions."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every field and element."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))


NAMES = sorted({str(way[-1]) for frame in FRAMES for way in places(frame)})


def mutated(dice: random.Random) -> str | bytes:
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
                home[dice.choice(NAMES)] = home.pop(last)
            case _:
                del home[last]
    text = json.dumps(frame)
    if dice.random() < 0.1:
        cut = dice.randrange(len(text))
        text = text[:cut] + dice.choice(("", "}", "\\ud800", "\x00", '"', "NaN", "1e999")) + text[cut + 1 :]
    return text if dice.random() < 0.5 else text.encode(errors="replace")


def survived(codec: ElevenLabsCodec, frame: str | bytes) -> list[ServerEvent]:
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
    dice = random.Random(seed)
    codec = ElevenLabsCodec()
    state = SessionState(status="connecting", capabilities=ElevenLabs().capabilities)
    for _ in range(MUTATIONS):
        for event in survived(codec, mutated(dice)):
            state = reduce(state, event)[0]
    turn = (interrupting(LATE), hearing("", LATE), hearing("Well?", LATE), sounding(LATE), replying("Here.", LATE))
    for frame in turn:
        for event in survived(codec, json.dumps(frame)):
            state = reduce(state, event)[0]
    assert [(message.role, message.text) for message in state.messages][-2:] == [
        ("user", "Well?"), ("assistant", "Here."),
    ]  # fmt: skip
    assert (state.flow.response_id, state.flow.speaking_item, state.messages[-1].status) == (None, None, "completed")
    assert SessionState.from_json(state.to_json()) == state


@pytest.mark.skipif(contract() is None, reason="REALTIME_RX_PROTOCOLS is not set")
def test_our_good_frames_are_good() -> None:
    """The frames that the tests make are valid by the official schemas; that of MCP calls contradicts itself."""
    described = contract()
    assert described is not None
    schemas = {
        schema["properties"]["type"]["const"]: name
        for name, schema in described["components"]["schemas"].items()
        if "const" in schema.get("properties", {}).get("type", {})
    }
    checked = [frame for frame in FRAMES if frame["type"] != "mcp_tool_call"]
    assert [problem for frame in checked if (problem := problem_by(schemas[frame["type"]], frame))] == []


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_is_survived(text: str | bytes) -> None:
    """Random bytes and text are events or a ProtocolError."""
    survived(ElevenLabsCodec(), text)


@given(values)
def test_any_json_is_survived(value: Any) -> None:
    """JSON of any shape, at the top and in every known place, is events or a ProtocolError."""
    for frame in FRAMES:
        place = next((key for key in frame if key != "type"), "x")
        survived(ElevenLabsCodec(), json.dumps({"type": frame["type"], place: value}))
    survived(ElevenLabsCodec(), json.dumps(value))
