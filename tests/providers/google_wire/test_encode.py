"""Events become frames of Gemini Live."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    CancelResponse,
    ClearAudio,
    ClearOutputAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    Pong,
    RawEvent,
    RetrieveItem,
    SendFeedback,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.formats import PCMU, AudioFormat
from realtime_rx.items import AudioPart, ImagePart, Item, TextPart, ToolPart
from realtime_rx.providers.google_wire import GoogleCodec

from ...support.gemini_frames import completed, saying, spoken_turn
from ...support.gemini_server import kind_of, schema_problem

ENOUGH = CreateResponse()
SOUND = AppendAudio(b"\x00\x01\x02")


def user(text: str, *more: Any, id: str = "u") -> CreateItem:
    return CreateItem(Item(id=id, role="user", parts=(TextPart(text=text), *more)))


def output(text: str, call_id: str = "c", **more: Any) -> CreateItem:
    part = ToolPart(tool_name="clock", tool_call_id=call_id, state="output-available", output=text)
    return CreateItem(Item(id="", type="function_call_output", parts=(replace(part, **more),)))


def encode(*events: ClientEvent, codec: GoogleCodec | None = None) -> list[dict[str, Any]]:
    codec = codec or GoogleCodec("gemini-x")
    frames = [json.loads(frame) for event in events for frame in codec.encode(event)]
    assert [problem for frame in frames if (problem := schema_problem(frame))] == []
    return frames


def talking(config: SessionConfig | None = None) -> GoogleCodec:
    """A codec whose settings are sent."""
    codec = GoogleCodec("gemini-x")
    codec.encode(UpdateSession(config or SessionConfig()))
    codec.decode('{"setupComplete": {}}')
    return codec


def manual() -> GoogleCodec:
    return talking(SessionConfig(turn_detection=TurnDetection.disabled()))


def kinds(*events: ClientEvent, codec: GoogleCodec) -> list[str]:
    return [kind_of(frame) for frame in encode(*events, codec=codec)]


def test_words_are_a_turn_and_asking_completes_it() -> None:
    """What the user wrote is a turn that asks for nothing; asking for a response completes it."""
    assert encode(user("Hi"), ENOUGH) == [
        {"clientContent": {"turns": [{"role": "user", "parts": [{"text": "Hi"}]}], "turnComplete": False}},
        {"clientContent": {"turnComplete": True}},
    ]


def test_history_is_told_by_role() -> None:
    """The assistant's turns are the model's; what was spoken is told in writing, in order, asking for nothing."""
    items = [
        Item(id="s", role="system", parts=(TextPart(text="Be kind."),)),
        Item(id="u", role="user", parts=(AudioPart(transcript="Hello"),)),
        Item(id="a", role="assistant", parts=(AudioPart(transcript="Hi."),)),
        Item(id="e", role="user", parts=(AudioPart(),)),
    ]
    turns = [frame["clientContent"] for frame in encode(*map(CreateItem, items))]
    told = [(turn["turns"][0]["role"], turn["turns"][0]["parts"][0]["text"]) for turn in turns]
    assert told == [("user", "Be kind."), ("user", "Hello"), ("model", "Hi.")]
    assert not any(turn["turnComplete"] for turn in turns)


def test_pictures_are_part_of_a_turn() -> None:
    """A picture in a message is inline data or a file, a picture of a moving scene is realtime input."""
    inline = ImagePart(mime_type="image/png", data="AAAA", content_index=1)
    (frame,) = encode(user("What?", inline, ImagePart(url="https://a.example/b.png", content_index=2)))
    assert frame["clientContent"]["turns"][0]["parts"] == [
        {"text": "What?"},
        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
        {"fileData": {"mimeType": "image/png", "fileUri": "https://a.example/b.png"}},
    ]
    assert encode(AppendImage("AAAA")) == [{"realtimeInput": {"video": {"mimeType": "image/jpeg", "data": "AAAA"}}}]


@pytest.mark.parametrize(
    ("told", "response"),
    [
        (output("noon"), {"output": "noon"}),
        (output('{"hour": 12}'), {"output": {"hour": 12}}),
        (output("[1, 2]"), {"output": [1, 2]}),
        (output("12"), {"output": "12"}),
        (output("{no json"), {"output": "{no json"}),
        (output('{"error":"no clock"}', state="output-error", error="no clock"), {"error": "no clock"}),
    ],
)
def test_outputs_name_their_tool(told: CreateItem, response: dict[str, Any]) -> None:
    """A tool's output goes back with the call's id and name, data as data, failures as errors."""
    assert encode(told) == [
        {"toolResponse": {"functionResponses": [{"id": "c", "name": "clock", "response": response}]}}
    ]


def test_calls_of_other_connections_are_told_in_words() -> None:
    """A call that this connection never made is told in writing with its output: Gemini refuses it as a call."""
    call = ToolPart(tool_name="clock", tool_call_id="old", arguments='{"zone": "utc"}', state="output-available")
    history = CreateItem(Item(id="f", type="function_call", role="assistant", parts=(call,)))
    first, second, third = encode(history, output("noon", "old"), output("one", "new"))
    assert first["clientContent"]["turns"][0]["role"] == "model"
    assert all(word in first["clientContent"]["turns"][0]["parts"][0]["text"] for word in ("clock", "utc"))
    assert "noon" in second["clientContent"]["turns"][0]["parts"][0]["text"]
    assert kind_of(third) == "toolResponse"


def test_sound_says_its_rate() -> None:
    """Sound goes out in the session's input format; one that is no plain PCM is not promised."""
    assert encode(SOUND)[0] == {"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "AAEC"}}}
    codec = talking(SessionConfig(input_format=AudioFormat(rate=48_000)))
    assert encode(SOUND, codec=codec)[0]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=48000"
    codec = talking(SessionConfig(input_format=PCMU))
    assert encode(SOUND, codec=codec)[0]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=16000"


def test_marks_surround_speech() -> None:
    """Where we say when the user speaks, the first sound begins it, and committing or clearing ends it, once."""
    codec = manual()
    assert kinds(SOUND, SOUND, CommitAudio(), CommitAudio(), codec=codec) == [
        "activityStart", "audio", "audio", "activityEnd",
    ]  # fmt: skip
    assert kinds(SOUND, ClearAudio(), ClearAudio(), codec=codec) == ["activityStart", "audio", "activityEnd"]


def test_where_gemini_listens_itself_a_pause_is_told() -> None:
    """Without marks, committing says once that no sound follows for now, and clearing says nothing."""
    assert encode(SOUND, CommitAudio(), CommitAudio(), ClearAudio(), codec=talking())[1:] == [
        {"realtimeInput": {"audioStreamEnd": True}}
    ]


@pytest.mark.parametrize("codec", [manual(), talking()], ids=["marked", "heard"])
def test_speech_is_answered_unasked(codec: GoogleCodec) -> None:
    """After speech was committed a response is asked for by nothing: asking would interrupt it."""
    assert kinds(SOUND, CommitAudio(), ENOUGH, codec=codec)[-1] in ("activityEnd", "audioStreamEnd")
    assert encode(ENOUGH, codec=codec) == []
    for frame in spoken_turn("Hi"):
        codec.decode(json.dumps(frame))
    assert encode(ENOUGH, codec=codec) == [{"clientContent": {"turnComplete": True}}]


def test_a_pause_hands_nothing_over() -> None:
    """A microphone that goes off promises no answer, so one is asked for; what was committed before it stays so."""
    paused = CommitAudio(pause=True)
    assert kinds(SOUND, paused, paused, ENOUGH, codec=talking()) == ["audio", "audioStreamEnd", "clientContent"]
    assert kinds(SOUND, CommitAudio(), SOUND, paused, ENOUGH, codec=talking())[-1] == "audioStreamEnd"


def test_words_after_speech_are_asked_about() -> None:
    """A question typed after speech that nobody answered is asked."""
    assert kinds(SOUND, CommitAudio(), user("Hello?"), ENOUGH, codec=manual())[-2:] == ["clientContent"] * 2


def test_a_reply_under_way_is_not_interrupted_by_asking() -> None:
    """While a response is under way no other is asked for."""
    codec = talking()
    codec.decode(json.dumps(saying("Well")))
    assert encode(ENOUGH, codec=codec) == []
    codec.decode(json.dumps(completed()))
    assert len(encode(ENOUGH, codec=codec)) == 1


def test_what_was_typed_over_a_reply_is_asked_about() -> None:
    """Something that is said while a response is under way takes its place."""
    codec = talking()
    codec.decode(json.dumps(saying("Well")))
    assert kinds(user("Stop. What time is it?"), ENOUGH, codec=codec) == ["clientContent"] * 2


def test_settings_are_sent_once() -> None:
    """A second update has no frame: the settings hold for the connection."""
    codec = GoogleCodec("gemini-x")
    assert kinds(UpdateSession(SessionConfig()), UpdateSession(SessionConfig(voice="Puck")), codec=codec) == ["setup"]


@pytest.mark.parametrize(
    "event",
    [
        CancelResponse("r"), TruncateItem("i", 5), DeleteItem("i"), RetrieveItem("i"), ClearOutputAudio(), Pong(1),
        SendFeedback(liked=True), CreateItem(Item(id="x", role="user")),
    ],
    ids=lambda event: event.type,
)  # fmt: skip
def test_what_gemini_has_no_verb_for_is_not_said(event: ClientEvent) -> None:
    """Nothing can be cancelled, truncated, deleted or asked for again, and an empty message says nothing."""
    assert encode(event) == []


def test_own_words_are_sent_as_they_are() -> None:
    """An event in Gemini's own words is sent without the type that we ask of every event."""
    assert encode(RawEvent({"type": "realtimeInput", "realtimeInput": {"text": "Hi"}})) == [
        {"realtimeInput": {"text": "Hi"}}
    ]


def test_half_an_emoji_is_a_question_mark() -> None:
    """Text that is no Unicode costs nothing but its broken half."""
    assert encode(user("\ud83d?"))[0]["clientContent"]["turns"][0]["parts"] == [{"text": "??"}]
