"""The few things the built-in brain can talk about, each by a pattern: the first that has an answer wins."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .brain import Said, Turn
from .numerals import compute, numbers

JOKES = (
    "Why did the stream cross the socket? To get to the other side of the buffer.",
    "I would tell you a U D P joke, but you might not get it.",
    "There are ten kinds of people: those who read binary, and those who do not.",
)
KNOWS = (
    "I can tell the time and the date, do sums, roll dice, flip a coin, tell a joke, remember your name, "
    "repeat after you, and count, so that you have something to interrupt."
)
LONGEST_COUNT = 100
NAME = re.compile(r"\bmy name is (\w+)|^(?:i am|i'm|call me) (\w+)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked, in which turn, and the clock and the dice to answer with."""

    text: str
    turn: Turn
    now: Callable[[], datetime]
    random: random.Random

    def said(self, role: str) -> Iterator[str]:
        """What `role` said, the latest first."""
        return (step.text for step in reversed(self.turn.history) if isinstance(step, Said) and step.role == role)


Talk = Callable[[Ask, re.Match[str]], str | None]
TALK: list[tuple[re.Pattern[str], Talk]] = []


def small_talk(ask: Ask) -> str | None:
    """The answer, or None where it is none of the few things known here."""
    tidy = ask.text.strip(" ?.!,").replace("\u2019", "'")
    answers = (talk(ask, found) for pattern, talk in TALK if (found := pattern.search(tidy)))
    return next(filter(None, answers), None)


def _on(pattern: str) -> Callable[[Talk], Talk]:
    def register(talk: Talk) -> Talk:
        TALK.append((re.compile(pattern, re.IGNORECASE), talk))
        return talk

    return register


@_on(r"^(?:please )?(?:say|repeat)(?: after me)?:? (?!that\b|it\b)(.+)")
def _repeat(ask: Ask, found: re.Match[str]) -> str:
    said = found[1].strip("\"' ")
    return f"{said[0].upper()}{said[1:]}." if said else ""


@_on(r"\b(?:repeat|say) (?:that|it)\b|^(?:repeat|pardon|again)$")
def _again(ask: Ask, found: re.Match[str]) -> str | None:
    return next(filter(None, ask.said("assistant")), None)


@_on(NAME.pattern)
def _meet(ask: Ask, found: re.Match[str]) -> str:
    return f"Nice to meet you, {(found[1] or found[2]).capitalize()}."


@_on(r"\b(?:my name|who am i)\b")
def _recall(ask: Ask, found: re.Match[str]) -> str:
    told = map(NAME.search, ask.said("user"))
    name = next((one[1] or one[2] for one in told if one), None)
    return f"Your name is {name.capitalize()}." if name else "You have not told me your name."


@_on(r"\bcount\b")
def _count(ask: Ask, found: re.Match[str]) -> str:
    given = [int(number) for number in numbers(found.string)] or [20]
    first, last = (given[0], given[1]) if len(given) > 1 else (1, given[0])
    step = 1 if first <= last else -1
    counted = range(first, last + step, step)[:LONGEST_COUNT]
    return ", ".join(map(str, counted)) + "."


@_on(r"\d|plus|minus|times|divided|over|multiplied")
def _sum(ask: Ask, found: re.Match[str]) -> str | None:
    try:
        result = compute(found.string)
    except ZeroDivisionError:
        return "Nothing can be divided by zero."
    return None if result is None else f"{result[0]} is {round(result[1], 6):.12g}."


@_on(r"\b(?:what time|the time)\b")
def _time(ask: Ask, found: re.Match[str]) -> str:
    now = ask.now()
    return f"It is {now.hour % 12 or 12}:{now:%M %p}."


@_on(r"\bwhat day\b|\bthe date\b|^today$|\btoday's date\b")
def _date(ask: Ask, found: re.Match[str]) -> str:
    now = ask.now()
    return f"Today is {now:%A, %B} {now.day}, {now.year}."


@_on(r"\bjoke\b")
def _joke(ask: Ask, found: re.Match[str]) -> str:
    told = " ".join(ask.said("assistant"))
    return next((joke for joke in JOKES if joke not in told), "That was all. I only know three jokes.")


@_on(r"\b(?:dice|die)\b")
def _dice(ask: Ask, found: re.Match[str]) -> str:
    count = max(1, min(10, int(next(iter(numbers(found.string)), 1))))
    rolled = [ask.random.randint(1, 6) for _ in range(count)]
    return f"You rolled {' and '.join(map(str, rolled))}."


@_on(r"\bcoin\b")
def _coin(ask: Ask, found: re.Match[str]) -> str:
    return ask.random.choice(("Heads.", "Tails."))


@_on(r"\bhelp\b|what (?:can|do) you (?:do|know)|who are you|what are you")
def _help(ask: Ask, found: re.Match[str]) -> str:
    names = ", ".join(tool["name"].replace("_", " ") for tool in ask.turn.tools)
    tools = f" The tools of this session are: {names}." if names else ""
    return f"I am the embedded voice of this computer, not an assistant. {KNOWS}{tools}"


@_on(r"\bhow are you\b")
def _mood(ask: Ask, found: re.Match[str]) -> str:
    return "I am fine, thank you."


@_on(r"\bthank")
def _thanks(ask: Ask, found: re.Match[str]) -> str:
    return "You are welcome."


@_on(r"\b(?:bye|goodbye|good night)\b")
def _bye(ask: Ask, found: re.Match[str]) -> str:
    return "Goodbye!"


@_on(r"\b(?:hello|hi|hey|greet|good (?:morning|afternoon|evening))\b")
def _greet(ask: Ask, found: re.Match[str]) -> str:
    return "Hello! I run on this computer, and I know a few things. What can I do for you?"


@_on(r"^(?:stop|cancel|quiet|okay|ok)$")
def _okay(ask: Ask, found: re.Match[str]) -> str:
    return "Okay."
