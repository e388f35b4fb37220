"""Sentences, words and when they sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.voice import align, sentences, tokens

TEXTS = st.text("ab1. !?\n-", max_size=40)


@given(TEXTS)
def test_nothing_of_a_text_is_lost(text: str) -> None:
    """The sentences of a text are the text, and so are its words."""
    text = text.strip()
    assert "".join(sentences(text)) == text
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", " Two!", " Three?"]),
        ("It is 3.5 now", ["It is 3.5 now"]),
        ("Wait... what?! Yes", ["Wait...", " what?!", " Yes"]),
        ("see example.com. Ok", ["see example.com.", " Ok"]),
        ("", []),
    ],
)
def test_a_sentence_ends_at_its_mark(text: str, expected: list[str]) -> None:
    """A mark ends a sentence where space or the end follows it."""
    assert sentences(text) == expected


def test_a_number_is_one_word() -> None:
    """Several events inside one written word are its first: a cut never falls into a number."""
    words = align("I am 21 now.", [(0, 0.0), (2, 100.0), (5, 200.0), (5, 350.0), (8, 500.0)], 700)
    assert [(word.text, word.at_ms) for word in words] == [("I", 0), (" am", 100), (" 21", 200), (" now.", 500)]


def test_a_word_without_an_event_starts_with_its_predecessor() -> None:
    """What the engine did not report, a dash for example, does not push later words back."""
    words = align("yes - no", [(0, 10.0), (6, 300.0)], 500)
    assert [word.at_ms for word in words] == [10, 10, 300]


def test_without_events_words_share_the_time_by_their_letters() -> None:
    """An engine without word times gets estimates in proportion to the text."""
    assert [word.at_ms for word in align("ab cd", [], 1000)] == [0, 400]


@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1000)), max_size=8))
def test_words_never_go_back_in_time(text: str, events: list[tuple[int, float]]) -> None:
    """Whatever an engine reports, times rise and the words are the text."""
    words = align(text.strip(), events, 1000)
    times = [word.at_ms for word in words]
    assert times == sorted(times)
    assert "".join(word.text for word in words) == text.strip()
