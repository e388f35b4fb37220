"""The sound in frames of ElevenLabs Agents, which is cut out before the rest is read."""

import json

import pytest

from realtime_rx import events as ev

from ...support.elevenlabs_frames import Json, calling, greeting
from .decoding import codec_for, decoded

SOUND = "AAAA" * 3_200


def speaking(sound: str) -> Json:
    return {"type": "audio", "audio_event": {"audio_base_64": sound, "event_id": 1}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(speaking(SOUND)),
        json.dumps(speaking("/" * 12_800)).replace("/" * 10, "\\/" * 10),
        json.dumps({"note": {"audio_base_64": "B" * 600}, **speaking(SOUND)}),
        json.dumps({"note": "audio_base_64", **speaking(SOUND)}),
    ],
    ids=["usual", "escaped", "elsewhere too", "misleading"],
)
def test_sound_is_played_and_not_kept(text: str) -> None:
    """An audio delta carries its sound, wherever that stands in its frame; what is kept of the frame has its size."""
    (heard,) = (event for event in codec_for().decode(text, at=1.0) if isinstance(event, ev.AudioDelta))
    assert (len(heard.audio), heard.byte_count) == (12_800, 9_600)
    assert b"<9600 bytes>" in bytes(heard.frame)
    assert len(bytes(heard.frame)) < 500


def test_long_parameters_are_no_sound() -> None:
    """What a tool is called with is whole, whatever its name is."""
    events = decoded(greeting(), calling("c1", "listen", {"audio_base_64": SOUND}))
    (done,) = (event for event in events if isinstance(event, ev.ToolArgumentsDone))
    assert json.loads(done.arguments) == {"audio_base_64": SOUND}
