"""The sound in frames of Gemini Live, which is cut out before the rest is read."""

import json
from typing import Any

import pytest

from realtime_rx import events as ev
from realtime_rx.providers.google_wire import GoogleCodec

from ...support.gemini_frames import content
from .decoding import decode

SOUND = "AAAA" * 3_200
MIME_TYPE = "audio/pcm;rate=24000"


def speaking(*sounds: str) -> dict[str, Any]:
    return content(modelTurn={"parts": [{"inlineData": {"mimeType": MIME_TYPE, "data": each}} for each in sounds]})


SNAKES = {"model_turn": {"parts": [{"inline_data": {"mime_type": MIME_TYPE, "data": SOUND}}]}}
USUAL = json.dumps(speaking(SOUND))


@pytest.mark.parametrize(
    "text",
    [
        USUAL,
        USUAL.replace('"data"', '"data": "AAAA", "data"'),
        json.dumps(speaking("/" * 12_800)).replace("/" * 10, "\\/" * 10),
        json.dumps({"note": {"data": "B" * 600}, **speaking(SOUND)}),
        json.dumps({"note": "data", **speaking(SOUND)}),
        json.dumps({"server_content": SNAKES}),
    ],
    ids=["usual", "twice", "escaped", "elsewhere too", "misleading", "snake case"],
)
def test_sound_is_played_and_not_kept(text: str) -> None:
    """An audio delta carries its sound, wherever that stands in its frame; what is kept of the frame has its size."""
    (heard,) = (event for event in GoogleCodec().decode(text, at=1.0) if isinstance(event, ev.AudioDelta))
    assert (len(heard.audio), heard.byte_count) == (12_800, 9_600)
    assert b"<9600 bytes>" in bytes(heard.frame)
    assert len(bytes(heard.frame)) < 500


def test_sounds_of_one_frame_are_all_played() -> None:
    """Two pieces of sound in one frame are two audio deltas, and neither is kept."""
    heard = [event for event in decode(speaking(SOUND, "BBBB" * 3_200)) if isinstance(event, ev.AudioDelta)]
    assert [event.audio[0] for event in heard] == ["A", "B"]
    assert all(len(bytes(event.frame)) < 500 for event in heard)


def test_long_arguments_are_no_sound() -> None:
    """What a tool is called with is whole, whatever its name is."""
    call = {"id": "c1", "name": "look", "args": {"data": SOUND}}
    (done,) = (
        event for event in decode({"toolCall": {"functionCalls": [call]}}) if isinstance(event, ev.ToolArgumentsDone)
    )
    assert json.loads(done.arguments) == {"data": SOUND}
