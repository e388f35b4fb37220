"""Frames of Gemini Live become events."""

import functools
from typing import Any

import pytest

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig
from realtime_rx.effects import CallTool
from realtime_rx.errors import ProtocolError
from realtime_rx.formats import PCM16_16K, AudioFormat
from realtime_rx.items import TextPart
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.reducer import reduce

from ...folding import only, run
from ...support.gemini_frames import (
    GENERATED,
    completed,
    content,
    going_away,
    resumable,
    saying,
    sounding,
    spoken_turn,
    thinking,
    writing,
)
from .decoding import START, decode, rows, talked


def test_the_setup_is_the_greeting() -> None:
    """The completed setup says that the session is there, and what its sound is written in."""
    (event,) = decode({"setupComplete": {"sessionId": "s1"}})
    assert isinstance(event, ev.SessionCreated)
    assert (event.session_id, event.input_format, event.output_format) == ("s1", PCM16_16K, AudioFormat(rate=24_000))


def test_ids_are_the_same_for_the_same_frames() -> None:
    """The same frames at the same time give the same ids, another connection's are others."""
    first, again, other = (decode(*spoken_turn("Hi"), at=at) for at in (5.0, 5.0, 6.0))
    assert first == again
    assert not {event.item_id for event in first if isinstance(event, ev.AudioDelta)} & {
        event.item_id for event in other if isinstance(event, ev.AudioDelta)
    }


@pytest.mark.parametrize(
    "thought",
    [
        thinking("**Pondering**\n\nLet me see."),
        thinking("no title at all"),
        writing("**Crafting a Greeting**\n\nI've decided on one."),
        writing("plain words beside the sound"),
    ],
)
def test_thoughts_are_not_said(thought: dict[str, Any]) -> None:
    """Marked thoughts, thoughts with a bold title and anything written beside speech are raw, not said."""
    codec = GoogleCodec()
    codec.encode(ev.UpdateSession(SessionConfig()))
    events = decode(thought, saying("Hello."), sounding(), thought, completed(), codec=codec)
    raw = [event for event in events if isinstance(event, ev.ProviderEvent)]
    assert [(event.raw_type, event.raw) for event in raw] == [("thought", thought)] * 2
    assert not any(isinstance(event, ev.TextDelta) for event in events)


def test_titled_thoughts_are_known_before_the_model_speaks() -> None:
    """Where nobody knows yet whether the model speaks, a bold title makes a thought of what follows in that turn."""
    state = talked(writing("**Crafting**\n\nI will"), writing(" say hello."), saying("Hello."), completed())
    assert rows(state) == [("assistant", "Hello.")]


def test_a_title_is_read_where_nothing_is_spoken() -> None:
    """Where nobody knew that the model writes, and it did not speak, a titled text is what it said after all."""
    state = talked(writing("**Paris**\n"), writing("is a city."), GENERATED, completed())
    assert rows(state) == [("assistant", "**Paris**\nis a city.")]


def test_a_model_that_writes_is_read() -> None:
    """Written words are a written message; a bold title in them is theirs where text was asked for."""
    codec = GoogleCodec()
    codec.encode(ev.UpdateSession(SessionConfig(output_modalities=("text",))))
    events = decode(writing("**Title**\n\n"), writing("Words."), thinking("hm"), completed(), codec=codec)
    state = functools.reduce(lambda each, event: reduce(each, event)[0], events, START)
    assert state.messages[0].parts == (TextPart(text="**Title**\n\nWords."),)


def test_the_connection_tells_of_itself() -> None:
    """Handles, leave-taking and errors are events of their own; a handle that cannot be used replaces none."""
    state = talked(resumable("h1"), {"sessionResumptionUpdate": {"newHandle": "", "resumable": False}})
    assert state.resumption == "h1"
    assert [event.time_left_ms for event in decode(going_away("9.5s"), going_away("50s"), {"goAway": {}})] == [  # type: ignore[attr-defined]
        9500, 50_000, None,
    ]  # fmt: skip
    state = talked({"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}})
    assert state.error is not None
    assert (state.error.code, state.error.message) == ("RESOURCE_EXHAUSTED", "Slow down.")


@pytest.mark.parametrize("time_left", ["9" * 400 + "s", "-1s", "1e3s", "soon", ""])
def test_no_time_is_none(time_left: str) -> None:
    """A time left that is no duration, or longer than any can be, is not known."""
    assert [event.time_left_ms for event in decode(going_away(time_left))] == [None]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ({"voiceActivity": {"voiceActivityType": "ACTIVITY_START", "audioOffset": "1.5s"}},
         {"voiceActivity": {"voiceActivityType": "ACTIVITY_END", "audioOffset": "2s"}}),
        ({"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_SOS"}},
         {"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_EOS"}}),
    ],
)  # fmt: skip
def test_activity_is_told(start: dict[str, Any], end: dict[str, Any]) -> None:
    """Both ways in which Gemini tells when the user speaks say so, and interrupt nothing by themselves."""
    assert (talked(start).mode, talked(start, end).mode) == ("listening", "idle")
    assert isinstance(decode(start)[0], ev.SpeechStarted)


def test_sound_says_its_rate() -> None:
    """Sound of another rate than the usual is said to be, before it comes."""
    events = decode(sounding(100, 16_000), sounding(100, 16_000))
    assert [event.type for event in events if "audio" in event.type or "session" in event.type] == [
        "session-updated", "audio-delta", "audio-delta",
    ]  # fmt: skip
    assert talked(sounding(100, 16_000)).output_format == AudioFormat(rate=16_000)


def test_what_only_gemini_has_is_passed_on() -> None:
    """Grounding, code and what nobody knows are raw events under their names."""
    frames = [
        content(groundingMetadata={"webSearchQueries": ["a_b"]}),
        content(modelTurn={"parts": [{"executableCode": {"code": "1"}}, {"codeExecutionResult": {"output": "1"}}]}),
        content(modelTurn={"parts": [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]}),
        {"somethingNew": {"data": "AAAA"}},
        content(interactionStatus="IDLE"),
    ]
    raw = [event for event in decode(*frames) if isinstance(event, ev.ProviderEvent)]
    assert [event.raw_type for event in raw] == [
        "serverContent.groundingMetadata", "executableCode", "codeExecutionResult", "inlineData", "somethingNew",
        "serverContent.interactionStatus",
    ]  # fmt: skip
    assert raw[0].raw == frames[0]
    assert raw[4].raw == {"somethingNew": {"data": "<3 bytes>"}}


def test_both_notations_are_read() -> None:
    """Keys may be in snake case; what a tool is given keeps its names."""
    frame = {"tool_call": {"function_calls": [{"id": "c", "name": "f", "args": {"zone_name": {"a_b": 1}}}]}}
    effects = run(START, *decode(frame, {"server_content": {"turn_complete": True}}))[1]
    assert only(effects, CallTool) == [CallTool("c", "f", {"zone_name": {"a_b": 1}})]


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [
        ("nonsense", "not JSON"),
        ("[1]", "no object"),
        (b"\xff\xfe", "Unicode"),
        ("\ud800", "Unicode"),
        ('{"serverContent": 5}', r"serverContent"),
        ('{"serverContent": {"modelTurn": {"parts": [{"text": 1}]}}}', r"parts\[0\].text"),
        ('{"toolCall": {"functionCalls": [{"args": []}]}}', "args"),
        ('{"a":' * 2000 + "1" + "}" * 2000, "nested too deep"),
    ],
)
def test_nonsense_is_named(frame: str | bytes, complaint: str) -> None:
    """A frame that makes no sense is a ProtocolError that says what is wrong with it."""
    with pytest.raises(ProtocolError, match=complaint):
        GoogleCodec().decode(frame)
