"""The turns of Gemini Live, which have no ids and one end for everything, become messages and responses."""

import functools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx import events as ev
from realtime_rx.effects import CallTool, FlushPlayback
from realtime_rx.events import AudioPlayed, OutputAttached, PlaybackDrained
from realtime_rx.items import AudioPart
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.reducer import reduce

from ...folding import only, run
from ...support.gemini_frames import (
    GENERATED,
    INTERRUPTED,
    calling,
    cancelling,
    completed,
    content,
    hearing,
    saying,
    sounding,
    spoken_turn,
    thinking,
    used,
)
from .decoding import START, decode, idle, kinds, rows, talked


def test_a_turn_begins_with_its_first_output_and_ends_with_it() -> None:
    """A response begins with what is thought, its message with what is said, and both end with the turn."""
    assert kinds(thinking(), saying("Hi"), sounding(), GENERATED, completed(used())) == [
        "response-created", "custom",
        "output-item-added", "content-part-added", "audio-transcript-delta",
        "audio-delta", "audio-done",
        "usage-updated", "audio-transcript-done", "output-item-done", "response-done",
    ]  # fmt: skip


def test_what_was_said_is_the_transcription_put_together() -> None:
    """All of a turn's transcription is one spoken message, as it was said."""
    state = talked(*spoken_turn("It", " is", " noon."))
    assert rows(state) == [("assistant", "It is noon.")]
    assert state.messages[0].parts == (AudioPart(transcript="It is noon."),)
    assert idle(state)


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
