"""Sentences that people may say, as words that can be pronounced."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.numerals import in_digits
from realtime_rx.local.workers.lexicon import SENTENCES, pronunciations, samples, words

KNOWN = {word: [f"{word} X\n"] for word in ["roll", "two", "three", "dice", "hello", "there", "you"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's the weather, in Paris?", "what's the weather in paris"),
        ("get_weather rollDice", "get weather roll dice"),
        ("It\u2019s 7:30", "it's seven thirty"),
        ("about 1024 or 300000 m", "about one thousand twenty four or three zero zero zero zero zero m"),
        ("", ""),
    ],
)
def test_texts_become_words(text: str, expected: str) -> None:
    """Names are taken apart, numbers are spelled, and everything is lower case."""
    assert " ".join(words(text)) == expected


@given(st.integers(0, 9999))
def test_numbers_are_spelled_as_the_brain_reads_them(number: int) -> None:
    """What a number is spelled as is read back as that number."""
    assert in_digits(" ".join(words(str(number)))) == str(number)


def test_samples_fill_the_slots() -> None:
    """Every group gives as many sentences, in every value of a slot, and the same ones each time."""
    found = list(samples([["hello"], ["roll {n} dice", "you"]], {"n": ["two", "3"]}, KNOWN))
    assert found == list(samples([["hello"], ["roll {n} dice", "you"]], {"n": ["two", "3"]}, KNOWN))
    texts = [" ".join(one) for one in found]
    assert len(texts) == SENTENCES
    assert texts.count("hello") == SENTENCES // 2
    assert set(texts) == {"hello", "you", "roll two dice", "roll three dice"}


def test_an_unknown_word_cuts_its_sentence() -> None:
    """Nobody can say what nobody can pronounce: what is around it is kept."""
    assert set(map(tuple, samples([["roll xyzzy two dice", "xyzzy"]], {}, KNOWN))) == {("roll",), ("two", "dice")}


def test_a_group_without_anything_gives_nothing() -> None:
    """A session without tools and instructions leaves its group empty."""
    assert len(list(samples([["hello"], []], {}, KNOWN))) == SENTENCES // 2


def test_too_many_templates_are_cut() -> None:
    """However many templates a group has, it gives no more sentences than the others."""
    assert len(list(samples([["hello"] * 10_000], {}, KNOWN))) == SENTENCES


def test_a_word_has_all_its_pronunciations(tmp_path: Path) -> None:
    """The second pronunciation of a word belongs to the word."""
    path = tmp_path / "words.dict"
    path.write_text("a AH\na(2) EY\nb B IY\n")
    assert pronunciations(path) == {"a": ["a AH\n", "a(2) EY\n"], "b": ["b B IY\n"]}
