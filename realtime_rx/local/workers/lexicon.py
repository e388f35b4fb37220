"""From what people may say to what a recogniser wants to know: known words, and sentences made of them."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SENTENCES = 4000
SLOT = re.compile(r"\{(\w+)\}")
TOKEN = re.compile(r"\d+|[a-z]+(?:'[a-z]+)*")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
UNITS = f"{ONES} eighteen nineteen".split()
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
Pronunciations = Mapping[str, Sequence[str]]
"""Lines of a pronouncing dictionary by their word."""


def pronunciations(path: Path) -> Pronunciations:
    """A CMU dictionary; the variants "word(2)" belong to their word."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            found.setdefault(line.partition(" ")[0].partition("(")[0], []).append(line)
    return found


def words(text: str) -> list[str]:
    """Lower case words; numbers as they are spoken, names such as `rollDice` and `roll_dice` as their parts."""
    tokens = TOKEN.findall(CAMEL.sub(" ", text).replace("\u2019", "'").lower())
    return [word for token in tokens for word in (spelled(token) if token.isdigit() else [token])]


def spelled(digits: str) -> list[str]:
    """A number below ten thousand in words, a longer one digit by digit."""
    number = int(digits) if len(digits) < 5 else -1
    if number < 0:
        return [UNITS[int(digit)] for digit in digits]
    if number < 20:
        return [UNITS[number]]
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = spelled(str(number % size)) if number % size else []
            return [*spelled(str(number // size)), name, *rest]
    return [TENS[number // 10 - 2], *(spelled(str(number % 10)) if number % 10 else [])]


def samples(
    groups: Sequence[Sequence[str]], slots: Mapping[str, Sequence[str]], known: Pronunciations
) -> Iterator[Sequence[str]]:
    """About 4000 sentences, the same every time, out of templates whose {slots} are filled by chance.

    Every group gives as many, and in it every template. A sentence is cut at a word nobody knows how to pronounce.
    """
    chance = random.Random(0)
    each = SENTENCES // max(1, len(groups))
    for template, times in ((one, max(1, each // len(group))) for group in groups for one in group[:each]):
        for _ in range(times):
            text = SLOT.sub(lambda slot: chance.choice(slots[slot[1]]), template)
            yield from _known_runs(words(text), known)


def _known_runs(sentence: Sequence[str], known: Pronunciations) -> Iterator[Sequence[str]]:
    run: list[str] = []
    for word in sentence:
        if word in known:
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run
