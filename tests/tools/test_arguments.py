"""Parameters: their schemas, and how the model's arguments are checked."""

import asyncio
import functools
import json
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict
from uuid import UUID

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.errors import ConfigurationError, ToolError
from realtime_rx.providers.google_wire.schema import parameters
from realtime_rx.tools import Tool, ToolContext, tool


class Unit(Enum):
    CELSIUS = "c"
    KELVIN = "k"


class Point(NamedTuple):
    x: float
    y: float


class Window(TypedDict):
    start: int
    end: NotRequired[int]


class Box(msgspec.Struct):
    size: Annotated[int, msgspec.Meta(ge=1)]


@dataclass
class Place:
    city: str
    box: Box | None = None


def everything(
    place: Place,
    window: Window,
    point: Point,
    unit: Unit,
    kind: Literal["short", "long"],
    sizes: dict[str, Box],
    pair: tuple[int, str],
    tags: set[str],
    when: datetime,
    day: date,
    wait: timedelta,
    number: UUID,
    price: Decimal,
    anything: Any,
    context: ToolContext,
    boxes: list[Box] = [],  # noqa: B006
    note: str | None = None,
    count: int | str = 1,
) -> None:
    """Do everything."""


GIVEN: dict[str, Any] = {
    "place": {"city": "Bonn", "box": {"size": 1}},
    "window": {"start": 1},
    "point": [1, 2.5],
    "unit": "k",
    "kind": "long",
    "sizes": {"a": {"size": 2}},
    "pair": [1, "a"],
    "tags": ["a", "b"],
    "when": "2026-01-02T03:04:05Z",
    "day": "2026-01-02",
    "wait": "PT90S",
    "number": "00000000-0000-0000-0000-000000000001",
    "price": "1.50",
    "anything": [None],
}
CHECKED: dict[str, Any] = {
    "place": Place("Bonn", Box(1)),
    "window": {"start": 1},
    "point": Point(1, 2.5),
    "unit": Unit.KELVIN,
    "kind": "long",
    "sizes": {"a": Box(2)},
    "pair": (1, "a"),
    "tags": {"a", "b"},
    "when": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "day": date(2026, 1, 2),
    "wait": timedelta(seconds=90),
    "number": UUID(int=1),
    "price": Decimal("1.50"),
    "anything": [None],
    "boxes": [],
    "note": None,
    "count": 1,
}


def properties(made: Tool) -> dict[str, Any]:
    return made.definition.parameters["properties"]


def test_every_kind_of_type_is_checked() -> None:
    """Arguments become dataclasses, structs, enums, dates, tuples and what else the signature says, with defaults."""
    assert tool(everything).checked(GIVEN) == CHECKED


def test_schemas_are_schemas() -> None:
    """The schema of every kind of type is one, and holds what it should, by an independent validator."""
    schema = tool(everything).definition.parameters
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(GIVEN, schema)
    for name, wrong in (("pair", [1]), ("place", {}), ("kind", "odd"), ("sizes", {"a": {"size": 0}})):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**GIVEN, name: wrong}, schema)


def test_schemas_suit_every_vendor() -> None:
    """Lists say what is in them, tuples included, as OpenAI wants it, and Gemini's subset can say all of it."""
    schema = tool(everything).definition.parameters
    assert "prefixItems" not in json.dumps(schema)
    assert schema["properties"]["pair"]["items"] == {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    gemini = parameters(schema) or {}
    assert gemini["properties"]["point"]["items"]["type"] == "NUMBER"
    assert "context" not in gemini["properties"]


def test_a_property_may_have_any_name() -> None:
    """Parameters and keys that are called like words of JSON schema stay what they are."""

    @tool
    def f(prefixItems: list[int], default: dict[str, Any] = {"prefixItems": [1]}) -> None:  # noqa: B006
        """Do."""

    assert properties(f).keys() == {"prefixItems", "default"}


def test_the_context_is_no_argument() -> None:
    """A parameter for the context is given by us, wherever it stands, and the model cannot fill it."""
    made = tool(everything)
    assert made.arguments.context == "context"
    with pytest.raises(ToolError, match="unknown field `context`"):
        made.checked({**GIVEN, "context": {}})


class Object:
    def __call__(self, a: int) -> int:
        return a

    def method(self, a: int) -> int:
        return a


def two(a: int, b: int) -> int:
    return a + b


@pytest.mark.parametrize("function", [Object(), Object().method, functools.partial(two, b=1)])
def test_whatever_can_be_called_is_a_tool(function: Any) -> None:
    """Objects, methods and partials have the parameters of what is called."""
    made = tool(name="f")(function)
    assert properties(made)["a"] == {"type": "integer"}
    assert asyncio.run(made.run({"a": 1})) in (1, 2)


def test_what_it_returns_may_be_anything() -> None:
    """What cannot be resolved is no concern where it only says what comes back."""

    def f(a: int) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821
        return a

    assert properties(tool(f)) == {"a": {"type": "integer"}}


@pytest.mark.parametrize("hint", [threading.Lock, dict[str, threading.Lock], "Nowhere"])
def test_what_has_no_schema_is_refused(hint: Any) -> None:
    """A type without a JSON schema is a ConfigurationError that names the tool."""

    def f(lock: Any) -> None: ...

    f.__annotations__["lock"] = hint
    with pytest.raises(ConfigurationError, match="tool 'f'"):
        tool(f)


@given(st.dictionaries(st.sampled_from([*GIVEN, "boxes", "note", "count"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)))  # fmt: skip
def test_wrong_arguments_are_always_explained(wrong: dict[str, Any]) -> None:
    """Whatever the model writes as arguments, they are the signature's types or a ToolError that names the tool."""
    made = tool(everything)
    told, checked = "everything: ", CHECKED
    try:
        checked = made.checked({**GIVEN, **wrong})
    except ToolError as error:
        told = str(error)
    assert told.startswith("everything: ")
    assert isinstance(checked["point"], Point)
