"""Which tools a sentence calls, and with what."""

from typing import Any

import pytest

from realtime_rx.local.brain import ToolCall
from realtime_rx.local.tool_picking import arguments, before_calls, calls_for

Json = dict[str, Any]


def tool(name: str, description: str = "", required: tuple[str, ...] = (), **properties: Any) -> Json:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "name": name, "description": description, "parameters": parameters}


STRING = {"type": "string"}
WEATHER = tool(
    "get_weather",
    "Current weather for a city",
    ("city",),
    city=STRING,
    unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
)
DICE = tool("roll_dice", "Roll some dice", count={"type": "integer", "default": 1}, sides={"type": "integer"})
LIGHT = tool(
    "set_light",
    "Switch a lamp on or off",
    ("on",),
    on={"type": "boolean"},
    room={"type": "string", "enum": ["kitchen", "living_room"]},
)
MESSAGE = tool("send_message", "Send a message to a person", ("to", "body"), to=STRING, body=STRING)
SHOPPING = tool("add_to_list", "Put items on the shopping list", ("items",), items={"type": "array", "items": STRING})
FLIGHT = tool("book_flight", "Book a flight", ("origin", "destination"), origin=STRING, destination=STRING)
CLOCK = {"type": "function", "name": "now"}
TOOLS = [WEATHER, DICE, LIGHT, MESSAGE, SHOPPING, FLIGHT, CLOCK]


def calls(text: str, choice: str | Json = "auto", tools: list[Json] = TOOLS) -> list[tuple[str, Json]]:
    return [(call.name, call.arguments) for call in calls_for(text, tools, choice)]


@pytest.mark.parametrize(
    ("text", "name", "given"),
    [
        ("What's the weather in new york today?", "get_weather", {"city": "New York"}),
        ("weather in Paris, in fahrenheit please", "get_weather", {"city": "Paris", "unit": "fahrenheit"}),
        ("roll two dice with 20 sides", "roll_dice", {"count": 2, "sides": 20}),
        ("roll a die", "roll_dice", {"count": 1}),
        ("turn on the light in the living room", "set_light", {"on": True, "room": "living_room"}),
        ("switch the lamp off", "set_light", {"on": False}),
        ("send a message to Anna: 'I am late'", "send_message", {"to": "Anna", "body": "I am late"}),
        ("add milk and eggs to the shopping list", "add_to_list", {"items": ["milk", "eggs"]}),
        ("book me a flight from Paris to Oslo", "book_flight", {"origin": "Paris", "destination": "Oslo"}),
        ("book me a flight to Oslo from Paris", "book_flight", {"origin": "Paris", "destination": "Oslo"}),
        ("weather in Oslo\nthanks", "get_weather", {"city": "Oslo"}),
        ("what is it now", "now", {}),
    ],
)
def test_a_tool_is_called_by_its_words(text: str, name: str, given: Json) -> None:
    """The tool that shares words with the text is called, with the values the text holds."""
    assert calls(text) == [(name, given)]


def test_two_things_are_two_calls() -> None:
    """A text that asks for two things calls two tools, each with its own part of it."""
    assert calls("weather in Paris and roll three dice") == [
        ("get_weather", {"city": "Paris"}),
        ("roll_dice", {"count": 3}),
    ]


@pytest.mark.parametrize("text", ["hello", "tell me a joke", "", "the of and"])
def test_other_talk_calls_nothing(text: str) -> None:
    """A text that names no tool calls none."""
    assert calls(text) == []


def test_a_sum_does_not_ask_for_the_time() -> None:
    """The word between two numbers names no tool, though "times" is the plural of one's name."""
    clock = {"name": "get_time", "description": "The time in a city", "parameters": {"type": "object"}}
    assert calls_for("What is six times seven?", [clock], "auto") == []
    assert [call.name for call in calls_for("Tell me the time", [clock], "auto")] == ["get_time"]


def test_none_calls_nothing() -> None:
    """tool_choice "none" is obeyed."""
    assert calls("weather in Paris", "none") == []


def test_required_calls_something() -> None:
    """tool_choice "required" calls a tool whatever is said, and the right one where there is one."""
    assert [name for name, _ in calls("hello", "required")] == ["get_weather"]
    assert [name for name, _ in calls("roll a die", "required")] == ["roll_dice"]
    assert calls("hello", "required", []) == []


def test_a_named_tool_is_called() -> None:
    """A tool_choice that names a function calls that one."""
    assert calls("weather in Paris", {"type": "function", "name": "roll_dice"}) == [("roll_dice", {"count": 1})]


def test_what_comes_before_a_call_is_told_apart() -> None:
    """The words before the first clause with a tool are not about the tool."""
    assert before_calls("Tell me a joke, and then roll a die", TOOLS) == "Tell me a joke"
    assert before_calls("hello there", TOOLS) == ""


def test_a_schema_of_pydantic_is_understood() -> None:
    """References and "X or null" are what they stand for."""
    schema = {
        "$defs": {"Color": {"enum": ["red", "green"], "type": "string"}},
        "properties": {
            "color": {"$ref": "#/$defs/Color"},
            "size": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
            "name": {"type": ["string", "null"]},
        },
        "required": ["color"],
    }
    assert arguments(schema, "a green box of 3 for Ann") == {"color": "green", "size": 3, "name": "Ann"}
    assert arguments(schema, "a box") == {"color": "red"}


def test_required_arguments_are_always_there() -> None:
    """What the text does not hold gets a default, a minimum or the nearest thing of its type."""
    schema = tool(
        "t",
        "",
        ("text", "count", "least", "flag", "items", "options", "level"),
        text=STRING,
        count={"type": "integer"},
        least={"type": "number", "minimum": 5},
        flag={"type": "boolean"},
        items={"type": "array"},
        options={"type": "object"},
        level={"type": "integer", "default": 7},
    )["parameters"]
    assert arguments(schema, "blah!") == {
        "text": "blah",
        "count": 1,
        "least": 5,
        "flag": True,
        "items": [],
        "options": {},
        "level": 7,
    }


def test_a_tool_without_parameters_is_called_without() -> None:
    """Parameters may be absent."""
    assert calls_for("now", [CLOCK], "auto") == [ToolCall("now", {})]
