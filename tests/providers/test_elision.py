"""Frames without their sound."""

import json
from base64 import b64encode
from typing import Any

import pytest

from realtime_rx.events import AudioDelta
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from .openai_wire.ga_frames import PLACE, frame

SOUND = b64encode(bytes(9_600)).decode()
PICTURE = "data:image/png;base64," + "A" * 20_000


def kept(text: str) -> tuple[Any, SessionState]:
    """The event in a frame, and a state whose ring has it."""
    (event,) = OpenAICodec().decode(text)
    return event, reduce(SessionState(), event)[0]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(frame("response.output_audio.delta", delta=SOUND)),
        json.dumps({"delta": SOUND, **frame("response.output_audio.delta") | {"delta": SOUND}}),
        json.dumps({"note": '"delta":"x"', "type": "response.output_audio.delta", **PLACE, "delta": SOUND}),
        json.dumps({"type": "response.output_audio.delta", **PLACE, "delta": "/" * 12_800}).replace("/", "\\/"),
        json.dumps({"type": "response.audio.delta", **PLACE, "delta": SOUND}),
        json.dumps({"type": "response.output_audio.delta", "x": {"delta": "B" * 600}, **PLACE, "delta": SOUND}),
    ],
    ids=["usual", "first", "misleading", "escaped", "beta", "nested"],
)
def test_sound_is_played_and_not_kept(text: str) -> None:
    """An audio delta carries its sound to the effect; the ring and the frame know its size alone."""
    event, state = kept(text)
    (remembered,) = state.events
    assert isinstance(remembered, AudioDelta)
    assert len(event.audio) == 12_800
    assert (remembered.audio, remembered.byte_count) == ("", 9_600)
    assert len(state.to_json()) < 3_000
    assert len(bytes(event.frame)) < 500
    assert event.raw["item_id"] == "i"


def test_short_sound_is_not_kept_either() -> None:
    """Even three bytes of sound are replaced by their size."""
    event, state = kept(json.dumps(frame("response.output_audio.delta", delta="AAEC")))
    assert event.raw["delta"] == "<3 bytes>"
    assert b"AAEC" not in state.to_json()


@pytest.mark.parametrize(
    "item",
    [
        {"id": "i", "role": "user", "content": [{"type": "input_audio", "audio": SOUND, "transcript": "Hi"}]},
        {"id": "i", "role": "assistant", "content": [{"type": "output_audio", "audio": SOUND, "transcript": "Hi"}]},
    ],
)
def test_a_retrieved_item_has_no_sound(item: dict[str, Any]) -> None:
    """The sound of an item that was asked for is nowhere in the state, its transcript is."""
    event, state = kept(json.dumps({"type": "conversation.item.retrieved", "item": {"type": "message", **item}}))
    assert state.messages[0].text == "Hi"
    assert b"AAAAAAAA" not in state.to_json()
    assert event.raw["item"]["content"][0]["audio"] == "<12800 characters>"


def test_a_picture_is_kept_once() -> None:
    """A picture is in its message and not in the frame that brought it."""
    content = [{"type": "input_image", "image_url": PICTURE}]
    item = {"id": "i", "type": "message", "role": "user", "content": content}
    event, state = kept(json.dumps({"type": "conversation.item.added", "item": item}))
    assert state.messages[0].parts[0].data == "A" * 20_000  # type: ignore[union-attr]
    assert len(bytes(event.frame)) < 500


def test_sound_in_unknown_frames_is_not_kept() -> None:
    """Long base64 in a frame that nobody knows is elided as well."""
    event, _ = kept(json.dumps({"type": "new.audio", "chunks": [{"audio": SOUND}], "data": SOUND}))
    assert event.raw == {"type": "new.audio", "chunks": [{"audio": "<12800 characters>"}], "data": "<12800 characters>"}


def test_a_long_delta_of_words_is_no_sound() -> None:
    """Words that come in one long delta are words, in the event and in its frame."""
    event, _ = kept(json.dumps(frame("response.output_text.delta", delta="word" * 1_000)))
    assert event.delta == event.raw["delta"] == "word" * 1_000


def test_long_words_are_kept() -> None:
    """A long text is no sound: the frame keeps every word of it."""
    text = "word " * 5_000
    event, _ = kept(json.dumps(frame("response.output_text.done", text=text)))
    assert event.raw["text"] == text
