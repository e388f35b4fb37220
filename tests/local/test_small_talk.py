"""The few things the built-in brain can talk about."""

import random
from datetime import datetime

import pytest

from realtime_rx.local.brain import Said, Turn
from realtime_rx.local.small_talk import JOKES, TALK, Ask, small_talk

NOW = datetime(2026, 3, 4, 15, 7)
TOOL = {"type": "function", "name": "get_weather"}


def talk(text: str, *before: tuple[str, str], seed: int = 1) -> str | None:
    history = [Said(role, said) for role, said in (*before, ("user", text))]
    turn = Turn(history=history, tools=[TOOL])
    return small_talk(Ask(text, turn, lambda: NOW, random.Random(seed)))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("what time is it?", "It is 3:07 PM."),
        ("What's the date", "Today is Wednesday, March 4, 2026."),
        ("what day is it today?", "Today is Wednesday, March 4, 2026."),
        ("What is twelve times eleven?", "12 * 11 is 132."),
        ("2.5 + 2", "2.5 + 2 is 4.5."),
        ("divide: ten divided by zero", "Nothing can be divided by zero."),
        ("count to five", "1, 2, 3, 4, 5."),
        ("count from 5 to three", "5, 4, 3."),
        ("say hello world", "Hello world."),
        ("Repeat after me: banana bread!", "Banana bread."),
        ("my name is ann", "Nice to meet you, Ann."),
        ("who am I", "You have not told me your name."),
        ("how are you?", "I am fine, thank you."),
        ("Thanks a lot", "You are welcome."),
        ("good night", "Goodbye!"),
        ("stop", "Okay."),
        ("what is love", None),
    ],
)
def test_it_knows_a_few_things(text: str, answer: str | None) -> None:
    """Each of its subjects has its answer, and other subjects have none."""
    assert talk(text) == answer


@pytest.mark.parametrize("text", ["hello", "Hi there!", "good morning", "hey"])
def test_a_greeting_is_returned(text: str) -> None:
    """Whoever greets is greeted."""
    assert str(talk(text)).startswith("Hello!")


def test_a_name_is_remembered_as_long_as_it_is_in_the_conversation() -> None:
    """The name is read from what the user said, the last one counts, and a deleted one is forgotten."""
    assert talk("what is my name?", ("user", "my name is Ann"), ("user", "Call me Bob.")) == "Your name is Bob."
    assert talk("what is my name?", ("assistant", "my name is Hal")) == "You have not told me your name."


def test_jokes_are_told_once() -> None:
    """No joke is told twice in a conversation, and it says when there are no more."""
    told: list[tuple[str, str]] = []
    for _ in JOKES:
        told.append(("assistant", str(talk("tell me a joke", *told))))
    assert {joke for _, joke in told} == set(JOKES)
    assert "That was all" in str(talk("another joke", *told))


def test_what_was_said_is_said_again() -> None:
    """ "Say that again" repeats the last answer, as far as it was heard."""
    assert talk("say that again", ("assistant", "One two")) == "One two"
    assert talk("repeat that") is None


def test_dice_and_coins_are_random_and_can_be_fixed() -> None:
    """The dice are given from outside, so the same dice roll the same."""
    rolls = {talk("roll a die", seed=seed) for seed in range(40)}
    assert rolls == {f"You rolled {number}." for number in range(1, 7)}
    assert talk("roll two dice", seed=3) == talk("roll two dice", seed=3)
    assert {talk("flip a coin", seed=seed) for seed in range(20)} == {"Heads.", "Tails."}


def test_counting_has_an_end() -> None:
    """A count never has more than a hundred numbers."""
    assert str(talk("count to one million")).count(",") == 99


def test_help_says_what_it_is_and_names_the_tools() -> None:
    """It says that it is no assistant, and which tools the session has."""
    answer = str(talk("what can you do?"))
    assert "not an assistant" in answer
    assert "get weather" in answer


def test_every_subject_is_reachable() -> None:
    """Each pattern is the first that answers at least one of these texts."""
    texts = """say x|say that again|my name is x|my name|count|1 + 1|what time|what day|joke|dice|coin|help|how are you|
    thanks|bye|hello|okay"""
    reached = {first_to_answer(text.strip()) for text in texts.split("|")}
    assert reached == set(range(len(TALK)))


def first_to_answer(text: str) -> int:
    ask = Ask(text, Turn(history=[Said("assistant", "x")]), lambda: NOW, random.Random(1))
    answers = ((found := pattern.search(text)) and answer(ask, found) for pattern, answer in TALK)
    return next(index for index, answer in enumerate(answers) if answer)
