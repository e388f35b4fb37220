"""A trigram language model in the ARPA text format, by interpolated absolute discounting.

P(w | h) = (count - D) / total(h) + D * kinds(h) / total(h) * P(w | shorter h); the second factor is also the weight
with which a recogniser backs off from h, so seen and unseen words together have exactly the probability 1.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

Gram = tuple[str, ...]
ORDER = 3
DISCOUNT = 0.5
BEGIN, END = "<s>", "</s>"
NEVER = -99.0


def arpa(sentences: Iterable[Sequence[str]]) -> str:
    """The model of sentences that are given as words."""
    counts = _counts(sentences)
    shares = _shares(counts)
    chances: dict[Gram, float] = {}
    for gram, count in (pair for counted in counts for pair in counted.items()):
        total, kinds = shares[gram[:-1]]
        shorter = chances[gram[1:]] if len(gram) > 1 else 1 / kinds
        chances[gram] = (count - DISCOUNT + DISCOUNT * kinds * shorter) / total
    lines = ["\\data\\", *(f"ngram {n}={len(counted) + (n == 1)}" for n, counted in enumerate(counts, 1))]
    for n, counted in enumerate(counts, 1):
        lines += ["", f"\\{n}-grams:"]
        if n == 1:
            lines.append(f"{NEVER} {BEGIN} {_backoff((BEGIN,), shares):.4f}")
        for gram in sorted(counted):
            weight = f" {_backoff(gram, shares):.4f}" if n < ORDER else ""
            lines.append(f"{math.log10(chances[gram]):.4f} {' '.join(gram)}{weight}")
    return "\n".join([*lines, "", "\\end\\", ""])


def _counts(sentences: Iterable[Sequence[str]]) -> list[Counter[Gram]]:
    """How often each gram of 1, 2 and 3 words occurs; BEGIN alone is a history and never a word."""
    counts = [Counter[Gram]() for _ in range(ORDER)]
    for sentence in sentences:
        words = (BEGIN, *sentence, END)
        for n, counted in enumerate(counts, 1):
            counted.update(words[at : at + n] for at in range(n == 1, len(words) - n + 1))
    return counts


def _shares(counts: list[Counter[Gram]]) -> dict[Gram, tuple[int, int]]:
    """For each history: how many words followed it, and how many different ones."""
    shares: dict[Gram, tuple[int, int]] = {}
    for gram, count in (pair for counted in counts for pair in counted.items()):
        total, kinds = shares.get(gram[:-1], (0, 0))
        shares[gram[:-1]] = total + count, kinds + 1
    return shares


def _backoff(gram: Gram, shares: dict[Gram, tuple[int, int]]) -> float:
    total, kinds = shares.get(gram, (0, 0))
    return math.log10(DISCOUNT * kinds / total) if total else 0.0
