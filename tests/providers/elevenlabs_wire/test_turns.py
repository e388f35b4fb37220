"""What an agent says without saying where it begins and ends, as the conversation that it is."""

import json
from typing import Any

import pytest

from realtime_rx import events as ev
from realtime_rx.items import AudioPart, Item, TextPart, ToolPart
from realtime_rx.providers import ElevenLabs
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...support.elevenlabs_frames import (
    USED,
    Json,
    calling,
    correcting,
    greeting,
    guessing,
    hearing,
    interrupting,
    replying,
    requesting,
    responding,
    resulting,
    running,
    sounding,
    writing,
    written,
)
from .decoding import VOICE, codec_for, conversation, decoded, kinds, rows


def test_a_reply_is_words_and_sound() -> None:
    """Sound that follows the words is of the same message, which is complete with its words."""
    events = decoded(*VOICE)
    (item,) = {event.item_id for event in events if isinstance(event, ev.AudioDelta)}
    state = conversation(*VOICE)
    assert [(message.id, message.text, message.status) for message in state.messages] == [(item, "Hi!", "completed")]
    assert (state.flow.response_id, state.flow.speaking_item, state.mode) == (None, None, "idle")


def test_sound_may_come_before_the_words() -> None:
    """Words that follow sound are of the same message."""
    events = decoded(greeting(), sounding(1), sounding(2), replying("Hi!", 1), sounding(3))
    assert len({event.item_id for event in events if isinstance(event, ev.AudioDelta)}) == 1
    state = conversation(greeting(), sounding(1), replying("Hi!", 1), sounding(2))
    assert (rows(state), state.flow.response_id) == ([("assistant", "Hi!")], None)


def test_turns_stand_in_their_order() -> None:
    """Each transcript and each reply is a message of its own, whether ids count turns or pieces of sound."""
    for ids in ((1, 1, 2, 2, 2, 3, 3), (1, 2, 3, 3, 4, 5, 6)):
        first, sound, heard, reply, more, again, last = ids
        state = conversation(
            greeting(),
            replying("Hi!", first),
            sounding(sound),
            hearing("One?", heard),
            replying("Two.", reply),
            sounding(more),
            hearing("Three?", again),
            sounding(last),
            replying("Four.", last),
        )
        assert rows(state) == [
            ("assistant", "Hi!"), ("user", "One?"), ("assistant", "Two."), ("user", "Three?"), ("assistant", "Four."),
        ]  # fmt: skip


def test_sound_of_the_reply_before_stays_with_it() -> None:
    """Sound that comes after the user's words, and is older than these, is of the reply before."""
    events = decoded(*VOICE, hearing("Aha.", 5), sounding(1), replying("So.", 5), sounding(5))
    items = [event.item_id for event in events if isinstance(event, ev.AudioDelta)]
    assert (len(set(items[:3])), len(set(items))) == (1, 2)


def test_guesses_replace_each_other() -> None:
    """A guess that grows or changes is what is pending; the transcript is the same message."""
    guesses = (guessing("I", 1), guessing("I scream", 1), guessing("Ice cream", 1))
    state = conversation(greeting(), *guesses)
    assert (state.pending_user_transcript, state.mode) == ("Ice cream", "listening")
    state = conversation(greeting(), *guesses, hearing("Ice cream, please.", 1))
    assert (rows(state), state.pending_user_transcript, state.mode) == (
        [("user", "Ice cream, please.")], None, "thinking",
    )  # fmt: skip


def test_a_transcript_may_come_late() -> None:
    """A transcript whose reply has begun stands before it and does not end it."""
    state = conversation(greeting(), sounding(2), hearing("Hello?", 2), sounding(2), replying("Hi!", 2))
    assert rows(state) == [("user", "Hello?"), ("assistant", "Hi!")]


def test_a_guess_stands_where_no_transcript_comes() -> None:
    """A reply to what was only guessed leaves the guess as it is, until the transcript comes."""
    frames = (greeting(), guessing("Hello", 1), replying("Hi!", 1))
    assert rows(conversation(*frames)) == [("user", "Hello"), ("assistant", "Hi!")]
    assert rows(conversation(*frames, hearing("Hello!", 1))) == [("user", "Hello!"), ("assistant", "Hi!")]


def test_an_interrupted_reply_is_marked() -> None:
    """A reply that is complete in words is interrupted all the same, and what was heard of it is known."""
    state = conversation(*VOICE, interrupting(2), correcting("Hi!", "H", 1))
    (message,) = state.messages
    (part,) = message.parts
    assert isinstance(part, AudioPart)
    assert (message.interrupted, part.transcript, part.heard) == (True, "Hi!", "H")


def test_a_correction_may_come_first() -> None:
    """The heard words are known whichever of the two comes first."""
    (message,) = conversation(*VOICE, correcting("Hi!", "H", 1), interrupting(2)).messages
    assert message.interrupted
    assert getattr(message.parts[0], "heard", None) == "H"


def test_words_of_an_interrupted_reply_may_come_after_it() -> None:
    """Words that come when only sound was there are still those of the interrupted message."""
    state = conversation(greeting(), sounding(1), interrupting(2), replying("Hi there.", 1), replying("What?", 2))
    assert [(message.text, message.interrupted) for message in state.messages] == [
        ("Hi there.", True), ("What?", False),
    ]  # fmt: skip
    assert state.flow.response_id is None


def test_old_sound_is_dropped_after_an_interruption() -> None:
    """Sound below the interruption's id is passed on raw, without sound; its own id is the next reply's."""
    dropped, kept = (
        decoded(interrupting(5), sounding(4), codec=codec_for())[-1],
        decoded(interrupting(5), sounding(5))[-1],
    )
    assert (dropped.type, kept.type) == ("custom", "audio-delta")
    assert dropped.raw["audio_event"]["audio_base_64"] == "<3200 bytes>"


def test_written_pieces_are_one_message() -> None:
    """A streamed reply grows, ends with its last piece, and is not said again by the whole of it."""
    codec = codec_for(output_modalities=("text",))
    state = conversation(greeting(), writing("start", "", 1), writing("delta", "Hel", 1), codec=codec)
    assert (state.pending_assistant_transcript, state.mode) == ("Hel", "speaking")
    for frames in ((*written(1, "Hel", "lo."), replying("Hello.", 1)), (replying("Hello.", 1), *written(1, "Hello."))):
        state = conversation(greeting(), *frames, codec=codec_for(output_modalities=("text",)))
        (message,) = state.messages
        assert message.parts == (TextPart(text="Hello."),)
        assert state.flow.response_id is None


def test_pieces_of_speech_are_its_transcript() -> None:
    """Where sound is wanted the pieces are what is said."""
    state = conversation(greeting(), writing("start", "", 1), sounding(1), writing("delta", "Hi", 1))
    assert state.messages[0].parts == (AudioPart(transcript="Hi", state="streaming"),)


def test_a_call_is_ours_to_answer_once() -> None:
    """A client tool's call asks for the tool with its parameters; saying it twice changes nothing."""
    frames = (
        greeting(),
        replying("Let me see.", 1),
        calling("c1", "clock", {"zone": "utc"}),
        calling("c1", "clock", {}),
    )
    state = conversation(*frames)
    (part,) = state.messages[-1].parts
    assert isinstance(part, ToolPart)
    assert (part.tool_call_id, part.state, part.input) == ("c1", "input-available", {"zone": "utc"})
    assert (len(state.flow.calls), state.mode) == (1, "thinking")
    state = conversation(*frames, replying("It is nine.", 1))
    assert rows(state)[-1] == ("assistant", "It is nine.")


@pytest.mark.parametrize(
    ("frames", "state", "output", "error"),
    [
        ((requesting("t", "search"),), "input-available", None, None),
        ((requesting("t", "search"), responding("t", "search")), "output-available", None, None),
        ((responding("t", "search", error=True),), "output-error", None, "the call failed"),
        ((requesting("t", "search"), resulting("t", "search", "42")), "output-available", "42", None),
        ((running("t", "search", "loading"),), "input-available", None, None),
        ((running("t", "search", "awaiting_approval", approval_timeout_secs=30),), "input-available", None, None),
        (
            (running("t", "search", "loading"), running("t", "search", "success", result=[{"text": "42"}])),
            "output-available", [{"text": "42"}], None,
        ),
        ((running("t", "search", "failure", error_message="no"),), "output-error", None, "no"),
    ],
)  # fmt: skip
def test_its_own_tools_are_shown(frames: tuple[Json, ...], state: str, output: Any, error: str | None) -> None:
    """Tools that run at ElevenLabs are one message each, which nobody here answers."""
    after = conversation(greeting(), *frames)
    (message,) = after.messages
    (part,) = message.parts
    assert isinstance(part, ToolPart)
    assert (part.state, part.output, part.error, part.provider_executed) == (state, output, error, True)
    assert after.flow.calls == ()


def test_words_after_a_call_are_of_another_message() -> None:
    """What an agent writes once it has called a tool is said, though its event id is that of what it said before."""
    state = conversation(greeting(), replying("Wait.", 1), calling("c1", "clock", {}), *written(1, "It is", " nine."))
    assert [rows(state)[0], rows(state)[-1]] == [("assistant", "Wait."), ("assistant", "It is nine.")]


def test_late_words_leave_a_reply_that_is_known_in_full() -> None:
    """Words that come after an interruption do not replace those of a reply whose words are all known."""
    state = conversation(greeting(), replying("One.", 1), sounding(1), interrupting(3), replying("Two.", 2))
    assert rows(state) == [("assistant", "One."), ("assistant", "Two.")]


def test_an_agent_may_say_nothing() -> None:
    """An agent that skips its turn has had it."""
    state = conversation(greeting(), hearing("Wait a moment.", 1), responding("s", "skip_turn", "system"))
    assert (state.flow.response_id, state.mode) == (None, "idle")


def test_sound_without_words_ends_with_its_turn() -> None:
    """Where an agent sends no words, the end of its turn, or not having asked for words, ends the reply."""
    assert conversation(greeting(), sounding(1), USED).flow.response_id is None
    chosen = {"conversation_config_override": {"conversation": {"client_events": ["audio"]}}}
    codec = codec_for(provider_options=chosen)
    assert conversation(greeting(), sounding(1), sounding(1), codec=codec).flow.response_id is None


def test_a_typed_text_is_not_said_twice() -> None:
    """A server that repeats what was typed as a transcript adds nothing."""
    codec = codec_for()
    codec.encode(ev.CreateItem(Item(id="m", role="user", parts=(TextPart(text="Hi"),))))
    assert kinds(decoded(greeting(), hearing("Hi", 1), codec=codec)) == [
        "session-created", "conversation-created", "custom",
    ]  # fmt: skip


SPLIT = (
    *VOICE, guessing("One", 2), hearing("One?", 2), *written(2, "Two", "."), replying("Two.", 2), sounding(2),
    interrupting(3), correcting("Two.", "Two", 2), hearing("Stop", 3), calling("c", "clock", {}), replying("Nine.", 3),
)  # fmt: skip


@pytest.mark.parametrize("cut", range(len(SPLIT)))
def test_any_split_gives_the_same_state(cut: int) -> None:
    """Stored and read back after any frame, the conversation goes on to the same end."""
    codec = codec_for()
    state = SessionState(status="connecting", capabilities=ElevenLabs().capabilities)
    for number, frame in enumerate(SPLIT):
        state = SessionState.from_json(state.to_json()) if number == cut else state
        for event in codec.decode(json.dumps(frame), at=1.0):
            state = reduce(state, event)[0]
    assert state == conversation(*SPLIT)


def test_ids_are_of_the_frames_and_their_time() -> None:
    """The same frames give the same ids; those of another connection are others."""
    assert decoded(*SPLIT) == decoded(*SPLIT)
    one, two = ({m.id for m in conversation(*SPLIT).messages}, set[str]())
    for event in decoded(*SPLIT, at=2.0):
        two |= {getattr(event, "item_id", None) or ""}
    assert one.isdisjoint(two)
