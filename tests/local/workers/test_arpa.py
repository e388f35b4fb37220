"""The language model that the recogniser gets."""

import importlib.util
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.workers.arpa import arpa

Model = dict[tuple[str, ...], tuple[float, float]]
sentences = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), min_size=1, max_size=12)


def parsed(text: str) -> Model:
    """(probability, back-off weight) of each gram."""
    grams: Model = {}
    order = 0
    for line in text.splitlines():
        if line.startswith("\\"):
            order = int(line[1]) if line[1].isdigit() else 0
        elif order and line:
            chance, *words = line.split()
            weight = float(words.pop()) if len(words) > order else 0.0
            grams[tuple(words)] = 10 ** float(chance), 10**weight
    return grams


def probability(model: Model, history: tuple[str, ...], word: str) -> float:
    """As a decoder computes it: the longest gram that is known, and back-off weights for what was left out."""
    if (*history, word) in model:
        return model[(*history, word)][0]
    weight = model[history][1] if history in model else 1.0
    return weight * probability(model, history[1:], word)


@given(sentences)
def test_after_every_history_some_word_comes(sentences: list[list[str]]) -> None:
    """The probabilities of all words after any known history add up to 1."""
    model = parsed(arpa(sentences))
    words = {gram[0] for gram in model if len(gram) == 1} - {"<s>"}
    histories = {gram[:-1] for gram in model} | {("d", "d")}
    for history in histories:
        assert math.isclose(sum(probability(model, history, word) for word in words), 1.0, abs_tol=2e-3)


@given(sentences)
def test_the_header_counts_the_grams(sentences: list[list[str]]) -> None:
    """The numbers at the top are those of the entries below, which decoders insist on."""
    text = arpa(sentences)
    model = parsed(text)
    for order in (1, 2, 3):
        assert f"ngram {order}={sum(len(gram) == order for gram in model)}" in text


def test_what_was_said_is_likelier() -> None:
    """A word after the words it was seen with is likelier than a word that was not."""
    model = parsed(arpa([["roll", "two", "dice"], ["roll", "a", "die"]] * 5))
    assert probability(model, ("roll", "two"), "dice") > 0.8
    assert 0 < probability(model, ("roll", "two"), "die") < 0.1


@pytest.mark.skipif(importlib.util.find_spec("pocketsphinx") is None, reason="pocketsphinx not installed")
def test_pocketsphinx_reads_it(tmp_path: Path) -> None:
    """The recogniser loads the file and knows every gram in it."""
    import pocketsphinx

    path = tmp_path / "model.lm"
    path.write_text(arpa([["hello", "there"], ["hello"]]))
    model = pocketsphinx.NGramModel(pocketsphinx.Config(), pocketsphinx.LogMath(), str(path))
    assert model.size() == 3
