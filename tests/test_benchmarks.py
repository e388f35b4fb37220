"""The benchmarks measure what they say: the same stream each time, and the right messages at its end."""

import json

import pytest

from benchmarks.generator import AUDIO_DELTA, Conversation, Kind, Mix, digest, frames
from benchmarks.peers.ours import MODES
from benchmarks.streams import generator_version

SMALL = Mix(audio_bytes=96, audio_deltas=20)
TURNS = 4  # the fourth turn calls two tools


def stream(kind: Kind, mix: Mix = SMALL) -> tuple[list[str], str]:
    """The frames of a small stream, and the digest of the messages that it leads to."""
    conversation = Conversation(mix=mix)
    text = list(frames(conversation, TURNS, kind))
    return text, digest(conversation.messages)


@pytest.mark.parametrize("kind", ["full", "noaudio"])
def test_a_stream_is_the_same_each_time(kind: Kind) -> None:
    """The generator gives the same frames and the same digest in every run."""
    assert stream(kind) == stream(kind)


def test_another_seed_is_another_stream() -> None:
    """A stream of another seed has other frames and other messages."""
    other = Conversation(seed=1, mix=SMALL)
    text = list(frames(other, TURNS, "noaudio"))
    assert text != stream("noaudio")[0]
    assert digest(other.messages) != stream("noaudio")[1]


def test_both_kinds_lead_to_the_same_messages() -> None:
    """Leaving the sound out changes the frames and nothing that was said."""
    (full, said), (noaudio, said_without) = stream("full"), stream("noaudio")
    assert said == said_without
    kinds = [json.loads(text)["type"] for text in full]
    assert kinds.count(AUDIO_DELTA) == TURNS * SMALL.audio_deltas
    assert len(full) - len(noaudio) == TURNS * SMALL.audio_deltas
    assert AUDIO_DELTA not in {json.loads(text)["type"] for text in noaudio}


def test_a_stream_has_the_events_of_a_session() -> None:
    """Speech, transcripts, tool calls, items, usage and rate limits are all in a stream."""
    kinds = {json.loads(text)["type"] for text in stream("full")[0]}
    assert {
        "session.created",
        "input_audio_buffer.committed",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.output_audio_transcript.delta",
        "response.done",
        "rate_limits.updated",
    } <= kinds


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["full", "noaudio"])
def test_we_arrive_at_the_right_messages(mode: str, kind: Kind) -> None:
    """What is measured of this library ends with the messages that the generator says."""
    text, expected = stream(kind)
    messages = MODES[mode](frame.encode() for frame in text)
    assert messages is not None
    assert digest(messages) == expected


def test_a_missing_word_is_noticed() -> None:
    """A client that is not told what the user said has another digest."""
    text, expected = stream("noaudio")
    heard = (frame.encode() for frame in text if "input_audio_transcription" not in json.loads(frame)["type"])
    messages = MODES["reduce"](heard)
    assert messages is not None
    assert digest(messages) != expected


def test_the_generator_has_a_version() -> None:
    """The version of the streams is a short hash of what makes them."""
    assert generator_version() == generator_version()
    assert len(generator_version()) == 8
