"""Whatever comes in, decoding it gives events or a ProtocolError."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.errors import ProtocolError
from realtime_rx.providers.openai_wire import OpenAICodec

from ...strategies import broken_frames, confused_frames, frames, values
from .ga_frames import EXAMPLES


def survives(text: str | bytes) -> None:
    """Decodes the frame, looks at everything of it, and lets nothing but a ProtocolError be raised."""
    try:
        events = OpenAICodec().decode(text)
    except ProtocolError:
        return
    for event in events:
        assert isinstance(event.raw, dict)
        assert event.type


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_is_survived(text: str | bytes) -> None:
    """Random bytes and text, half surrogate pairs included, are events or a ProtocolError."""
    survives(text)


@given(values)
def test_any_json_is_survived(value: Any) -> None:
    """JSON of any shape is an event or a ProtocolError."""
    survives(json.dumps(value))


@given(st.sampled_from(sorted(EXAMPLES)), st.dictionaries(st.text(max_size=10), values, max_size=4))
def test_any_fields_are_survived(kind: str, fields: dict[str, Any]) -> None:
    """A known kind with any fields is an event or a ProtocolError."""
    survives(json.dumps({**fields, "type": kind}))


@given(confused_frames())
def test_confused_types_are_survived(value: dict[str, Any]) -> None:
    """A known kind in which fields are missing or are something else is an event or a ProtocolError."""
    survives(json.dumps(value))


@given(broken_frames())
def test_broken_text_is_survived(text: str | bytes) -> None:
    """A frame that was cut, spliced or holds what is no JSON is an event or a ProtocolError."""
    survives(text)


@given(frames, st.sampled_from(["audio", "delta", "note"]), values)
def test_long_frames_are_survived(value: dict[str, Any], key: str, extra: Any) -> None:
    """A frame of 20 kB is survived like a short one, whatever it holds besides."""
    survives(json.dumps({**value, "extra": extra, key: "A" * 20_000}))


@given(frames)
def test_good_frames_are_understood(value: dict[str, Any]) -> None:
    """A well-formed frame of a known kind is exactly one event, and the same one each time."""
    first, again = (OpenAICodec().decode(json.dumps(value)) for _ in range(2))
    assert first == again
    assert len(first) == 1
