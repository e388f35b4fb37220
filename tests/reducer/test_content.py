"""Words and sound as they stream."""

import pytest

from realtime_rx.effects import PlayAudio
from realtime_rx.events import (
    AudioDelta,
    ContentPartAdded,
    ContentPartDone,
    InterruptRequested,
    OutputItemAdded,
    OutputItemDone,
    ResponseDone,
    TextDelta,
    TextDone,
    TranscriptDelta,
    TranscriptDone,
)
from realtime_rx.items import AudioPart, ImagePart, TextPart

from ..folding import ANSWERING, CONNECTED, fold, ids, message, only, part, run, spoken


def test_words_make_a_message() -> None:
    """The first delta of an unknown item makes an assistant message of its response."""
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="Hel", at=9.0), TextDelta("a1", "r1", delta="lo"))
    made = message(state, "a1")
    assert (made.role, made.response_id, made.created_at, made.status) == ("assistant", "r1", 9.0, "in_progress")
    assert made.parts == (TextPart(text="Hello", state="streaming"),)


def test_spoken_words_are_a_transcript() -> None:
    """Transcript deltas grow an audio part."""
    state = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="Hel"), TranscriptDelta("a1", "r1", delta="lo"))
    assert part(state, "a1") == AudioPart(transcript="Hello", state="streaming")


def test_the_final_text_is_the_truth() -> None:
    """What a part's end states replaces what its deltas made."""
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="Hullo"), TextDone("a1", "r1", text="Hello"))
    assert part(state, "a1") == TextPart(text="Hello")
    state = fold(ANSWERING, TranscriptDelta("a2", "r1", delta="x"), TranscriptDone("a2", "r1", transcript="y"))
    assert part(state, "a2") == AudioPart(transcript="y")


def test_an_empty_end_loses_nothing() -> None:
    """Words that came as deltas stay where the part's end, its item and its response state none."""
    state = fold(
        ANSWERING,
        TranscriptDelta("a1", "r1", delta="Hello"),
        TranscriptDone("a1", "r1"),
        ContentPartDone("a1", "r1", part=AudioPart()),
        OutputItemDone("r1", spoken("a1")),
        ResponseDone("r1", items=(spoken("a1"),)),
    )
    assert part(state, "a1") == AudioPart(transcript="Hello")


def test_words_after_the_end_are_dropped() -> None:
    """A delta for a part that is done changes no word, and nobody begins to speak."""
    state = fold(ANSWERING, TextDone("a1", "r1", text="Hello"), TextDelta("a1", "r1", delta="!"))
    assert part(state, "a1") == TextPart(text="Hello")
    state = fold(
        ANSWERING,
        TranscriptDone("a1", "r1", transcript="Hello"),
        ResponseDone("r1", items=(spoken("a1", "Hello"),)),
        TranscriptDelta("a1", "r1", delta="!"),
        AudioDelta("a1", "r1", audio="AAAA", byte_count=3),
    )
    assert (part(state, "a1").transcript, state.mode) == ("Hello", "idle")


def test_several_parts_are_kept_apart() -> None:
    """Text and sound of one item are parts of one message in the order of their indexes, whichever comes first."""
    state = fold(
        ANSWERING,
        TranscriptDelta("a1", "r1", 0, 2, "three"),
        TextDelta("a1", "r1", 0, 0, "one"),
        TextDelta("a1", "r1", 0, 1, "two"),
        TranscriptDelta("a1", "r1", 0, 2, "!"),
        TextDelta("a1", "r1", 0, 0, "?"),
    )
    assert [(type(each).__name__, each.content_index) for each in message(state, "a1").parts] == [
        ("TextPart", 0),
        ("TextPart", 1),
        ("AudioPart", 2),
    ]
    assert message(state, "a1").text == "one?twothree!"


def test_several_items_of_one_response_are_several_messages() -> None:
    """Two items whose deltas come in turns are two messages of one response."""
    state = fold(
        ANSWERING,
        TextDelta("a1", "r1", 0, delta="1"),
        TextDelta("a2", "r1", 1, delta="2"),
        TextDelta("a1", "r1", 0, delta="1"),
    )
    assert [(each.id, each.text, each.response_id) for each in state.messages] == [
        ("a1", "11", "r1"),
        ("a2", "2", "r1"),
    ]


def test_an_announced_part_is_open() -> None:
    """A part that was announced is there, empty and streaming, and its deltas fill it."""
    state = fold(ANSWERING, ContentPartAdded("a1", "r1", part=AudioPart()))
    assert part(state, "a1") == AudioPart(state="streaming")
    assert part(fold(state, TranscriptDelta("a1", "r1", delta="x")), "a1").transcript == "x"


def test_a_message_that_comes_whole_has_its_response() -> None:
    """A part that ends before it began makes the message of its response."""
    for event in (TextDone("a1", "r1", text="x"), ContentPartAdded("a1", "r1", part=TextPart())):
        assert message(fold(ANSWERING, event), "a1").response_id == "r1"


def test_an_announcement_without_a_part_is_nothing() -> None:
    """A part that is announced or ended without being described changes no message (xAI sends such)."""
    state = fold(ANSWERING, ContentPartAdded("a1", "r1"), ContentPartDone("a1", "r1"))
    assert ids(state) == []


def test_a_picture_is_a_part() -> None:
    """A content part that is neither text nor sound is kept as it is."""
    state = fold(ANSWERING, ContentPartAdded("a1", "r1", part=ImagePart(url="u")))
    assert part(state, "a1") == ImagePart(url="u")


def test_a_part_takes_its_place_from_its_event() -> None:
    """The index of a described part is the event's."""
    state = fold(ANSWERING, ContentPartDone("a1", "r1", 0, 3, TextPart(text="x")))
    assert part(state, "a1") == TextPart(text="x", content_index=3)


@pytest.mark.parametrize("index", [-1, -2, 7, 10**30])
def test_any_index_is_an_index(index: int) -> None:
    """A content index that makes no sense is a part of its own, and nothing is lost."""
    state = fold(
        ANSWERING,
        TextDelta("a1", "r1", 0, index, "x"),
        TextDelta("a1", "r1", 0, 0, "y"),
        TextDelta("a1", "r1", 0, index, "z"),
    )
    assert sorted(each.text for each in message(state, "a1").parts) == ["xz", "y"]


def test_sound_is_played() -> None:
    """An audio delta is an effect that has the sound, its size and whose it is."""
    _, effects = run(ANSWERING, AudioDelta("a1", "r1", 0, 1, "AAEC", 3))
    assert effects == [PlayAudio("a1", 1, "r1", "AAEC", 3)]


def test_an_interrupted_response_is_silent() -> None:
    """After an interruption the late words and sound of that response are dropped."""
    state = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="I am"), InterruptRequested())
    late, effects = run(
        state,
        TranscriptDelta("a1", "r1", delta=" speaking"),
        AudioDelta("a1", "r1", audio="AAAA", byte_count=3),
        TextDelta("a2", "r1", delta="more"),
    )
    assert (ids(late), message(late, "a1").text, only(effects, PlayAudio)) == (["a1"], "I am", [])
    assert late.mode == "thinking"


def test_what_was_said_is_stated_even_after_an_interruption() -> None:
    """The final transcript of an interrupted item is kept: it is what was generated."""
    state = fold(
        ANSWERING,
        TranscriptDelta("a1", "r1", delta="I am"),
        InterruptRequested(),
        TranscriptDone("a1", "r1", transcript="I am speaking"),
    )
    assert message(state, "a1").text == "I am speaking"
    assert message(state, "a1").interrupted


def test_items_without_a_response_stream_too() -> None:
    """Deltas that name no response, from a provider that has none, make a message."""
    state = fold(CONNECTED, TextDelta("a1", delta="x"), TextDelta("a1", delta="y"))
    assert message(state, "a1").text == "xy"


def test_an_item_that_was_announced_is_filled() -> None:
    """The message of an announced item is the one that its deltas fill."""
    state = fold(
        ANSWERING,
        OutputItemAdded("r1", spoken("a1", status="in_progress"), at=3.0),
        TranscriptDelta("a1", "r1", delta="x", at=4.0),
    )
    assert (ids(state), message(state, "a1").created_at, message(state, "a1").text) == (["a1"], 3.0, "x")
