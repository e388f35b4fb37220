"""The built-in brain: when it calls, when it reads out, when it talks, and when it gives up."""

import pytest

from realtime_rx.local.brain import Called, Returned, Said, Step, ToolCall, Turn
from realtime_rx.local.keyword_brain import KeywordBrain, read_out

BRAIN = KeywordBrain()
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CALL = Called("get_weather", '{"city": "Paris"}', "c1")


def answer(*history: Step | str, **turn: object) -> list[str | ToolCall]:
    steps = [Said("user", step) if isinstance(step, str) else step for step in history]
    return list(BRAIN(Turn(history=steps, **turn)))  # type: ignore[arg-type]


def test_a_tool_comes_before_small_talk() -> None:
    """What a tool can do is left to the tool."""
    assert answer("weather in Paris", tools=[WEATHER]) == [ToolCall("get_weather", {"city": "Paris"})]


def test_small_talk_and_a_tool_in_one_turn() -> None:
    """A text that wants both gets the words first and then the call."""
    words, call = answer("tell me a joke and the weather in Paris", tools=[WEATHER])
    assert "stream" in str(words)
    assert call == ToolCall("get_weather", {"city": "Paris"})


def test_tool_outputs_are_read_out() -> None:
    """After tool outputs the answer is made of all of them, although a tool is required."""
    outputs = [Returned("get_weather", '{"sky": "clear"}', "c1"), Returned("roll_dice", "[3, 4]", "c2")]
    said = answer("weather in Paris", CALL, CALL, *outputs, tools=[WEATHER], tool_choice="required")
    assert said == ["Get weather: sky is clear. Roll dice: 3, 4."]


def test_old_tool_outputs_are_not_read_out_again() -> None:
    """Outputs that were answered stay answered."""
    said = answer("weather", CALL, Returned("get_weather", "1", "c1"), Said("assistant", "Get weather: 1."), "thanks")
    assert said == ["You are welcome."]


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ('{"temp_c": 21.50, "sky": "clear", "wet": false}', "Get weather: temp c is 21.5, sky is clear, wet is no."),
        ('{"places": [{"name": "Oslo"}], "more": []}', "Get weather: places is name is Oslo, more is nothing."),
        ('"sunny"', "Get weather: sunny."),
        ("It is foggy.", "Get weather: It is foggy."),
        ("", "Get weather is done."),
        ("null", "Get weather: nothing."),
        ("42", "Get weather: 42."),
        ('{"error": "no such city"}', "Get weather failed: no such city."),
        ('{"error": "Boom!"}', "Get weather failed: Boom!"),
        ('{"error": null, "ok": true}', "Get weather: error is nothing, ok is yes."),
    ],
)
def test_a_result_is_a_sentence(output: str, sentence: str) -> None:
    """Objects, lists, texts, numbers, errors and nothing are each read out as one sentence."""
    assert read_out(Returned("get_weather", output, "c1")) == sentence


def test_a_result_without_its_call_has_no_name() -> None:
    """An output whose call was deleted is read out all the same."""
    assert read_out(Returned("", "5", "c1")) == "The tool: 5."


def test_the_instructions_of_a_response_are_asked() -> None:
    """Where nobody said anything new, the instructions of the response are what is answered."""
    assert answer(asked="Greet the user.")[0] == answer("hello")[0]
    assert answer("hello", Said("assistant", "Hi."), asked="tell a joke")[0] == answer("tell a joke")[0]
    assert answer("thanks", asked="tell a joke")[0] == "You are welcome."


def test_it_says_what_it_does_not_know() -> None:
    """What it does not understand it repeats, and says that it knows little."""
    assert answer("quantum things.") == [
        'You said: "quantum things". I only know a few things. Ask me: what can you do?'
    ]


def test_a_long_text_is_quoted_in_short() -> None:
    """A page of text is neither read to its end nor repeated, whatever is in it."""
    for page in ("word " * 50_000, "-" * 100_000, "(" * 100_000, "1+" * 50_000, " " * 100_000 + "x"):
        assert len(str(answer(page)[0])) < 200


def test_it_asks_who_said_nothing() -> None:
    """A turn without words is answered honestly."""
    assert "heard no words" in str(answer("")[0])
    assert "heard no words" in str(answer()[0])
