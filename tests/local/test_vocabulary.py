"""What a session's user is likely to say."""

from typing import Any

import pytest

from realtime_rx.local.phrases import SMALL_TALK
from realtime_rx.local.vocabulary import MOST_TOOLS, vocabulary, written
from realtime_rx.local.workers.lexicon import samples, words

from .test_keyword_brain import answer

DICE = {
    "name": "roll_dice",
    "description": "Roll some dice. For games.",
    "parameters": {"type": "object", "properties": {"count": {"type": "integer"}}},
}


def tool(name: str, **properties: Any) -> dict[str, Any]:
    return {"name": name, "parameters": {"type": "object", "properties": properties}}


def said(*tools: dict[str, Any], instructions: str = "") -> set[str]:
    found = vocabulary(instructions, tools)
    return {" ".join(words(one.replace("{", " ").replace("}", " "))) for one in found["groups"][1]}


def test_tools_are_asked_for_in_many_ways() -> None:
    """A tool's name, its subject and its arguments give the sentences that ask for it."""
    assert {"roll dice", "please roll number dice", "can you roll dice"} <= said(DICE)
    assert {"what is the weather", "what is the weather in place"} <= said(tool("get_weather", city={"type": "string"}))


def test_descriptions_and_instructions_are_sentences() -> None:
    """The words of the session's own texts are expected, sentence by sentence; braces in them are no slots."""
    found = said(DICE, instructions="You sell {fresh} tulips. Be kind!")
    assert {"you sell fresh tulips", "be kind", "roll some dice", "for games"} <= found


def test_values_are_words() -> None:
    """The values of an enum and the examples of a field can be said."""
    found = vocabulary(
        "", [tool("paint", colour={"enum": ["dark_red", 7]}, size={"type": "string", "examples": ["xl"]})]
    )
    assert found["slots"]["tool0_0"] == ("dark red", "7")
    assert found["slots"]["tool0_1"] == ("xl",)


@pytest.mark.parametrize("name", ["x", "_", "a" * 64, "12", "doIt"])
def test_any_tool_makes_sentences(name: str) -> None:
    """Whatever a tool is called and whatever it lacks, there is a vocabulary, and it can be sampled."""
    bare = {"name": name}
    odd = tool(name, a={}, b={"type": ["string", "null"]}, c={"enum": []}, d={"anyOf": [{"type": "integer"}]})
    found = vocabulary("", [bare, odd])
    known = {word: [""] for word in ["please", "can", "you"]}
    assert list(samples(found["groups"], found["slots"], known))


def test_a_hundred_tools_are_too_many() -> None:
    """The vocabulary does not grow without end."""
    tools = [tool(f"tool{number}", city={"type": "string"}) for number in range(2 * MOST_TOOLS)]
    assert len(vocabulary("x " * 10**6, tools)["groups"][1]) <= 2000


def test_small_talk_is_what_the_brain_knows() -> None:
    """The built-in brain has an answer to nearly every phrase that is expected for its sake."""
    values = {"number": "3", "name": "Ann"}
    texts = [one.format(**values) for one in SMALL_TALK]
    unknown = [one for one in texts if "I only know a few things" in str(answer(one)[0])]
    assert len(unknown) <= 16, unknown


def test_words_are_written_as_people_write() -> None:
    """The first word, names and places get their capital letters."""
    assert written("what is the weather in new york") == "What is the weather in New York"
    assert written("i am alice") == "I am Alice"
    assert written("") == ""
