"""The seam between the server and a synthesiser: a sentence goes in, its sound and the times of its words come out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

TOKEN = re.compile(r"\s*\S+(?:\s+\Z)?")
SENTENCE = re.compile(r"\s*\S.*?(?:[.!?]+(?=\s|\Z)|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a sentence and the ms at which it starts to sound; the pieces of a sentence add up to it."""

    text: str
    at_ms: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """A spoken sentence: bytes in the format that was asked for, 24 kHz PCM16 or 8 kHz G.711, and its words."""

    sound: bytes
    words: Sequence[Word]


class Voice(Protocol):
    """A synthesiser. It raises SpeechError when the sentence cannot be spoken."""

    @property
    def name(self) -> str:
        """What it is, for the log: engine and version."""
        ...

    async def say(self, text: str, voice: str, speed: float, audio_format: str) -> Utterance: ...


def sentences(text: str) -> list[str]:
    """`text` cut after its sentence marks; joined they are `text`. A point inside a number ends nothing."""
    return SENTENCE.findall(text)


def tokens(text: str) -> list[str]:
    """Words with the space before them; joined they are `text`."""
    return TOKEN.findall(text)


def align(text: str, events: Sequence[tuple[int, float]], duration_ms: float) -> tuple[Word, ...]:
    """Words of `text` with their times, from an engine's (character offset, ms) events.

    An engine may report several events inside one word ("21" is spoken as two words) or none: only the first event
    inside a word counts, and a word without one starts where its place in the text suggests, after its predecessor.
    """
    words: list[Word] = []
    begin, earliest = 0, 0.0
    for token in tokens(text):
        end = begin + len(token)
        guess = duration_ms * begin / len(text) if not events else earliest
        earliest = max(earliest, next((ms for offset, ms in events if begin <= offset < end), guess))
        words.append(Word(token, earliest))
        begin = end
    return tuple(words)
