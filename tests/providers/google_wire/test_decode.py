"""Frames of Gemini Live become events, and those become the right state."""

import functools
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig
from realtime_rx.effects import CallTool, FlushPlayback
from realtime_rx.errors import ProtocolError
from realtime_rx.events import AudioPlayed, OutputAttached, PlaybackDrained, ServerEvent
from realtime_rx.formats import PCM16_16K, AudioFormat
from realtime_rx.items import AudioPart, TextPart
from realtime_rx.providers import Google
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...folding import only, run
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

START = SessionState(status="connecting", capabilities=Google().capabilities)


def decode(*frames: dict[str, Any], codec: GoogleCodec | None = None, at: float = 1.0) -> list[ServerEvent]:
    codec = codec or GoogleCodec()
    return [event for frame in frames for event in codec.decode(json.dumps(frame), at=at)]


def talked(*frames: dict[str, Any], state: SessionState = START) -> SessionState:
    events = decode(SETUP_COMPLETE, *frames)
    return functools.reduce(lambda each, event: reduce(each, event)[0], events, state)


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages]


def idle(state: SessionState) -> bool:
    flow = state.flow
    pending = (state.pending_user_transcript, state.pending_assistant_transcript)
    return (flow.response_id, flow.speaking_item, pending, state.mode) == (None, None, (None, None), "idle")


def kinds(*frames: dict[str, Any]) -> list[str]:
    return [event.type for event in decode(*frames)]


def test_the_setup_is_the_greeting() -> None:
    """The completed setup says that the session is there, and what its sound is written in."""
    (event,) = decode({"setupComplete": {"sessionId": "s1"}})
    assert isinstance(event, ev.SessionCreated)
    assert (event.session_id, event.input_format, event.output_format) == ("s1", PCM16_16K, AudioFormat(rate=24_000))


def test_a_turn_begins_with_its_first_output_and_ends_with_it() -> None:
    """A response begins with what is thought, its message with what is said, and both end with the turn."""
    assert kinds(thinking(), saying("Hi"), sounding(), GENERATED, completed(used())) == [
        "response-created", "custom",
        "output-item-added", "content-part-added", "audio-transcript-delta",
        "audio-delta", "audio-done",
        "usage-updated", "audio-transcript-done", "output-item-done", "response-done",
    ]  # fmt: skip


def test_ids_are_the_same_for_the_same_frames() -> None:
    """The same frames at the same time give the same ids, another connection's are others."""
    first, again, other = (decode(*spoken_turn("Hi"), at=at) for at in (5.0, 5.0, 6.0))
    assert first == again
    assert not {event.item_id for event in first if isinstance(event, ev.AudioDelta)} & {
        event.item_id for event in other if isinstance(event, ev.AudioDelta)
    }


def test_what_was_said_is_the_transcription_put_together() -> None:
    """All of a turn's transcription is one spoken message, as it was said."""
    state = talked(*spoken_turn("It", " is", " noon."))
    assert rows(state) == [("assistant", "It is noon.")]
    assert state.messages[0].parts == (AudioPart(transcript="It is noon."),)
    assert idle(state)


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


def test_the_user_is_one_message_before_the_reply() -> None:
    """Deltas of what the user said are one message, wherever among the reply's frames they come."""
    late = [hearing(" Hello"), hearing(","), saying("Hi"), hearing(" you"), sounding(), completed()]
    later = [saying("Hi"), hearing(" Hello,"), sounding(), hearing(" you"), completed()]
    latest = [thinking(), hearing(" Hello, you"), saying("Hi"), sounding(), completed()]
    for frames in (late, later, latest):
        state = talked(*frames)
        assert rows(state) == [("user", " Hello, you"), ("assistant", "Hi")]
        assert idle(state)
        assert {message.status for message in state.messages} == {"completed"}


def test_each_turn_has_a_user_of_its_own() -> None:
    """What the user says in the next turn is the next message, in the order of the turns."""
    turn = [hearing("One"), saying("1"), completed()]
    state = talked(*turn, hearing("Two", finished=True), hearing(", please"), saying("2"), completed())
    assert rows(state) == [("user", "One"), ("assistant", "1"), ("user", "Two, please"), ("assistant", "2")]


def test_the_user_is_heard_as_they_speak() -> None:
    """Until the reply begins what was understood so far is pending."""
    assert talked(hearing(" Hello"), hearing(",")).pending_user_transcript == " Hello,"
    assert talked(hearing(" Hello"), saying("Hi")).pending_user_transcript is None


def test_a_user_who_gets_no_answer_is_a_message_too() -> None:
    """A turn without a reply still settles what the user said."""
    state = talked(hearing("Hm."), completed())
    assert (rows(state), state.messages[0].status, idle(state)) == ([("user", "Hm.")], "completed", True)


def test_speech_over_a_typed_question_follows_its_answer() -> None:
    """What is said while the answer to a typed question comes is a message behind that answer."""
    codec = GoogleCodec()
    codec.encode(ev.CreateResponse())
    events = decode(saying("Well"), hearing("Stop"), INTERRUPTED, completed(), codec=codec)
    state = functools.reduce(lambda each, event: reduce(each, event)[0], events, START)
    assert rows(state) == [("assistant", "Well"), ("user", "Stop")]


HEARD = [saying("One two three"), *(sounding() for _ in range(10))]


def test_an_interruption_silences_and_marks() -> None:
    """Being interrupted stops the sound at once; the message is marked, keeps its words and says what was heard."""
    state, effects = run(START, OutputAttached(), *decode(*HEARD, INTERRUPTED), AudioPlayed("x", 0, 1.0))
    assert len(only(effects, FlushPlayback)) == 1
    item = state.messages[-1].id
    state, effects = run(state, AudioPlayed(item, 0, 400.0), PlaybackDrained())
    assert effects == []
    part = state.messages[-1].parts[0]
    assert (state.messages[-1].interrupted, state.is_playing) == (True, False)
    assert part == AudioPart(transcript="One two three", heard_ms=400)


def test_what_comes_late_of_an_interrupted_turn_is_not_heard() -> None:
    """Sound between the interruption and the turn's end is dropped, words are kept, and what follows is heard."""
    codec = GoogleCodec()
    late = decode(*HEARD, INTERRUPTED, sounding(), saying(" four"), completed(), codec=codec)
    assert sum(isinstance(event, ev.AudioDelta) for event in late) == 10
    after = decode(saying("Yes?"), sounding(), completed(), codec=codec)
    assert sum(isinstance(event, ev.AudioDelta) for event in after) == 1
    state = functools.reduce(lambda each, event: reduce(each, event)[0], [*late, *after], START)
    assert rows(state) == [("assistant", "One two three four"), ("assistant", "Yes?")]
    assert [message.status for message in state.messages] == ["incomplete", "completed"]


def test_a_second_interruption_settles_what_was_said_before_it() -> None:
    """Two interruptions in one turn leave nothing of what the user said open."""
    state = talked(*HEARD, INTERRUPTED, hearing("No"), INTERRUPTED, hearing("Yes"), completed(), completed())
    assert rows(state)[1:] == [("user", "No"), ("user", "Yes")]
    assert {message.status for message in state.messages[1:]} == {"completed"}
    assert idle(state)


def test_speech_that_interrupts_is_a_turn_of_its_own() -> None:
    """What the user says from the interruption on is one message behind the reply, over the turn's end."""
    cut = [hearing("Tell me."), *HEARD, INTERRUPTED, hearing("No"), completed()]
    assert rows(talked(*cut, hearing(", stop."), *spoken_turn("Ok"))) == [
        ("user", "Tell me."), ("assistant", "One two three"), ("user", "No, stop."), ("assistant", "Ok"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "frames",
    [
        [INTERRUPTED],
        [INTERRUPTED, completed()],
        [completed(), completed()],
        [thinking(), INTERRUPTED, completed()],
        [content(modelTurn={}), completed()],
        [content(modelTurn={"parts": []}), content(modelTurn=None), completed()],
        [thinking(), completed(), completed()],
        [sounding(), completed()],
        [GENERATED, completed()],
        [content(), content(turnComplete=False, interrupted=False), {}],
    ],
    ids=range(10),
)
def test_nothing_stays_in_flight(frames: list[dict[str, Any]]) -> None:
    """However little a turn holds, nothing is under way after it, and the next one is understood."""
    assert idle(talked(*frames))
    assert rows(talked(*frames, *spoken_turn("Hi")))[-1] == ("assistant", "Hi")


def test_an_empty_reply_settles_what_was_asked() -> None:
    """A turn that was asked for and ends without any output is a response that began and ended."""
    codec = GoogleCodec()
    codec.encode(ev.CreateResponse())
    events = decode(completed(), completed(), codec=codec)
    assert [event.type for event in events] == ["response-created", "response-done", "custom"]


def test_a_refused_turn_is_a_failure() -> None:
    """A turn that ends for a bad reason is a failed response that names it."""
    state = talked(thinking(), completed(turnCompleteReason="RESPONSE_REJECTED"))
    assert state.error is not None
    assert (state.error.code, idle(state)) == ("response_rejected", True)
    assert talked(*spoken_turn("Hi"), completed(turnCompleteReason="NEED_MORE_INPUT")).error is None


def test_calls_are_made_each_once() -> None:
    """Every call of a frame is asked for once, with its arguments, between the words around it."""
    frames = [
        saying("Wait."),
        sounding(),
        calling(("c1", "clock", {"zone_name": "utc"}), ("c2", "clock", {})),
        saying("Noon."),
        completed(),
    ]
    state, effects = run(START, *decode(*frames))
    assert only(effects, CallTool) == [
        CallTool("c1", "clock", {"zone_name": "utc"}),
        CallTool("c2", "clock", {}),
    ]
    assert rows(state) == [("assistant", each) for each in ("Wait.", "", "", "Noon.")]
    assert len({message.response_id for message in state.messages}) == 1


def test_a_call_without_an_id_gets_one() -> None:
    """Calls that Gemini gives no id are kept apart all the same."""
    frame = {"toolCall": {"functionCalls": [{"name": "a"}, {"name": "b", "args": None}]}}
    effects = run(START, *decode(frame))[1]
    assert len({effect.call_id for effect in only(effects, CallTool)}) == 2


def test_a_call_that_is_taken_back_is_over() -> None:
    """A cancelled call waits for no output any more."""
    state = talked(calling(("c1", "clock", {})), cancelling("c1"), completed())
    assert (state.flow.calls, idle(state)) == ((), True)


def test_usage_adds_up_over_turns_and_not_within() -> None:
    """Within a turn the latest report counts, and the turns add up; an empty report takes nothing away."""
    turn = [saying("a"), {"usageMetadata": used(100, 5)}, {"usageMetadata": {}}, completed(used(100, 9))]
    state = talked(*turn, saying("b"), completed(used(150, 4)), {"usageMetadata": used(150, 4)})
    usage = state.usage
    assert (usage.total_tokens, usage.input_tokens, usage.output_tokens) == (263, 250, 13)


def test_usage_is_told_by_kind() -> None:
    """Text, sound, pictures, what was cached, what was thought and what tools read are counted apart."""
    report = {
        "promptTokenCount": "100", "responseTokenCount": 20, "totalTokenCount": 120, "cachedContentTokenCount": 30,
        "thoughtsTokenCount": 7, "toolUsePromptTokenCount": 3,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 40}, {"modality": "AUDIO", "tokenCount": 50},
            {"modality": "VIDEO", "tokenCount": 6}, {"modality": "IMAGE", "tokenCount": 4},
        ],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 10}, {"modality": "AUDIO", "tokenCount": 20}],
        "responseTokensDetails": [{"modality": "TEXT", "tokenCount": 5}, {"modality": "AUDIO", "tokenCount": 15}],
    }  # fmt: skip
    usage = talked({"usageMetadata": report}).usage
    assert (usage.input_tokens, usage.input_text_tokens, usage.input_audio_tokens) == (100, 40, 50)
    assert (usage.input_image_tokens, usage.output_text_tokens, usage.output_audio_tokens) == (10, 5, 15)
    assert (usage.cached_tokens, usage.cached_text_tokens, usage.cached_audio_tokens) == (30, 10, 20)
    assert (usage.thought_tokens, usage.tool_use_tokens) == (7, 3)


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


SAID = ["Once", " upon", " a", " time"]
HEARD_WORDS = [" Tell", " me", "."]


@given(st.randoms(use_true_random=False))
def test_any_interleaving_says_the_same(dice: random.Random) -> None:
    """However words, sound, thoughts and what was heard are mixed in a turn, both sides' words come out, in order."""
    lanes = [[saying(each) for each in SAID], [hearing(each) for each in HEARD_WORDS], [sounding(10)] * 3, [thinking()]]
    frames: list[dict[str, Any]] = []
    while any(lanes):
        lane = dice.choice([each for each in lanes if each])
        frames.append(lane.pop(0))
    state = talked(*frames, GENERATED, completed(used()))
    assert rows(state) == [("user", " Tell me."), ("assistant", "Once upon a time")]
    assert idle(state)
