"""Sound left out of recorded frames, and silence in its place."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.recordings.elision import elided, restored

SOUND = base64.b64encode(b"\x01\x02" * 100).decode()


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ({"type": "response.output_audio.delta", "delta": SOUND}, "/delta"),
        ({"type": "input_audio_buffer.append", "audio": SOUND}, "/audio"),
        ({"user_audio_chunk": SOUND}, "/user_audio_chunk"),
        ({"audio_event": {"audio_base_64": SOUND}}, "/audio_event/audio_base_64"),
        (
            {"serverContent": {"modelTurn": {"parts": [{"inlineData": {"data": SOUND}}]}}},
            "/serverContent/modelTurn/parts/0/inlineData/data",
        ),
        ({"a/b~c": {"audio": SOUND}}, "/a~1b~0c/audio"),
    ],
)
def test_every_wires_sound_is_left_out(frame: dict[str, Any], place: str) -> None:
    """Sound is left out of every provider's frames, and its size in bytes is kept by its place."""
    clean, sizes = elided(frame)
    assert sizes == {place: 200}
    assert SOUND not in json.dumps(clean)


@pytest.mark.parametrize(
    "frame", [{"delta": "Hello " * 30}, {"text": SOUND}, {"delta": "Hi"}, {"audio": {"voice": "x"}}]
)
def test_words_stay(frame: dict[str, Any]) -> None:
    """Text is left as it is, however long."""
    assert elided(frame) == (frame, {})


@given(st.binary(min_size=48, max_size=300))
def test_silence_lasts_as_long(sound: bytes) -> None:
    """What is restored is silence of exactly the length of the sound that was left out."""
    clean, sizes = elided({"audio": base64.b64encode(sound).decode(), "n": [1, None]})
    again = json.loads(restored(json.dumps(clean).encode(), sizes))
    assert base64.b64decode(again["audio"]) == bytes(len(sound))
    assert again["n"] == [1, None]
