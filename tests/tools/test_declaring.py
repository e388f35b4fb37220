"""Python functions as tools: realtime_rx.tools.declaring."""

import asyncio
import functools
import threading
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict

import msgspec
import pytest

from realtime_rx.errors import ConfigurationError, ToolError
from realtime_rx.tools import Tool, tool


class Unit(Enum):
    CELSIUS = "c"
    KELVIN = "k"


@dataclass
class Place:
    city: str
    country: str = "DE"


class Window(TypedDict):
    start: int
    end: int


@tool
def forecast(
    city: str,
    days: Annotated[int, msgspec.Meta(ge=1, le=7, description="how many days")] = 3,
    unit: Unit = Unit.CELSIUS,
    kind: Literal["short", "long"] = "short",
    note: str | None = None,
) -> str:
    """Look up the weather
    of a city.

    city: where to look
    note: what else to say
    """
    return f"{city} {days} {unit.value} {kind} {note}"


def properties(made: Tool) -> dict[str, Any]:
    return made.definition.parameters["properties"]


def test_a_tool_is_described_by_its_function() -> None:
    """The name is the function's and the description its docstring's first paragraph, on one line."""
    assert forecast.name == "forecast"
    assert forecast.definition.description == "Look up the weather of a city."


def test_type_hints_are_the_schema() -> None:
    """Literals, enums, optional values, bounds and defaults are in the JSON schema of the parameters."""
    assert forecast.definition.parameters["required"] == ["city"]
    assert properties(forecast)["kind"] == {"enum": ["long", "short"], "default": "short"}
    assert properties(forecast)["days"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 7,
        "description": "how many days",
        "default": 3,
    }
    assert properties(forecast)["note"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert forecast.definition.parameters["$defs"]["Unit"]["enum"] == ["c", "k"]


def test_docstring_lines_describe_parameters() -> None:
    """A parameter is described by its line in the docstring unless its annotation does that."""
    assert properties(forecast)["city"]["description"] == "where to look"
    assert properties(forecast)["days"]["description"] == "how many days"


def test_dataclasses_and_typed_dicts_are_objects() -> None:
    """A dataclass and a TypedDict as parameters become JSON objects with their own schemas."""

    @tool
    def plan(place: Place, window: Window) -> None:
        """Plan."""

    definitions = plan.definition.parameters["$defs"]
    assert definitions["Place"]["required"] == ["city"]
    assert definitions["Window"]["properties"] == {"start": {"type": "integer"}, "end": {"type": "integer"}}


def test_a_tool_can_be_named_otherwise() -> None:
    """The name and the description can be given to the decorator."""

    @tool(name="now", description="The time.")
    def f() -> str:
        return "noon"

    assert (f.name, f.definition.description) == ("now", "The time.")
    assert f.definition.parameters["properties"] == {}


def test_a_tool_is_still_a_function() -> None:
    """A decorated function can be called as before."""
    assert forecast("Rome", days=1) == "Rome 1 c short None"


@pytest.mark.parametrize(
    "function", [lambda *args: 1, lambda **kwargs: 1, eval("lambda a, /: a")], ids=["*args", "**kwargs", "a, /"]
)
def test_parameters_without_a_name_are_refused(function: Any) -> None:
    """A parameter that cannot be given by name is a ConfigurationError that shows it."""
    with pytest.raises(ConfigurationError, match="cannot be given by name"):
        tool(function)


def test_types_without_a_schema_are_refused() -> None:
    """A parameter whose type has no JSON schema is a ConfigurationError that names the tool."""

    def f(lock: threading.Lock) -> None: ...

    def g(x: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821

    for function in (f, g):
        with pytest.raises(ConfigurationError, match=f"tool '{function.__name__}'"):
            tool(function)


async def test_a_default_that_can_be_changed_is_copied() -> None:
    """A list as a default is a fresh one in each call."""

    @tool
    def f(items: list[int] = [1]) -> list[int]:  # noqa: B006
        items.append(2)
        return items

    assert [await f.run({}), await f.run({})] == [[1, 2], [1, 2]]


async def test_arguments_are_converted() -> None:
    """A tool gets its arguments as the types of its signature, and defaults for those that are missing."""
    seen: list[Any] = []

    @tool
    async def plan(place: Place, unit: Unit = Unit.KELVIN, count: int = 2) -> None:
        """Plan."""
        seen.extend([place, unit, count])

    await plan.run({"place": {"city": "Bonn"}, "count": "3"})
    assert seen == [Place("Bonn"), Unit.KELVIN, 3]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "forecast: Object missing required field `city`"),
        ({"city": 1.5}, "forecast: Expected `str`, got `float` - at `$.city`"),
        ({"city": "a", "days": 9}, "forecast: Expected `int` <= 7 - at `$.days`"),
        ({"city": "a", "unit": "f"}, "forecast: Invalid enum value 'f' - at `$.unit`"),
        ({"city": "a", "town": "b"}, "forecast: Object contains unknown field `town`"),
        ([], "forecast: Expected `object`, got `array`"),
        (None, "forecast: Expected `object`, got `null`"),
    ],
)
async def test_wrong_arguments_are_explained(given: Any, text: str) -> None:
    """Arguments that do not fit the schema are a ToolError that tells the model what is wrong and where."""
    with pytest.raises(ToolError) as raised:
        await forecast.run(given)
    assert str(raised.value) == text


async def test_synchronous_tools_run_in_a_thread() -> None:
    """A synchronous tool does not block the loop, and an asynchronous one runs on it."""

    @tool
    def there() -> int:
        return threading.get_ident()

    @tool
    async def here() -> int:
        return threading.get_ident()

    assert await there.run({}) != threading.get_ident()
    assert await here.run({}) == threading.get_ident()


async def test_awaitable_results_are_awaited() -> None:
    """A synchronous function may give an awaitable, as a partial of an asynchronous one does."""

    async def add(a: int, b: int) -> int:
        return a + b

    @tool
    def later(a: int) -> Any:
        return functools.partial(add, b=1)(a)

    assert await later.run({"a": 2}) == 3


async def test_a_tools_own_exception_is_its_callers() -> None:
    """What a tool raises comes out of running it as it is."""

    @tool
    def f() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await f.run({})


async def test_a_running_tool_can_be_cancelled() -> None:
    """Cancelling the task of an asynchronous tool cancels the tool."""
    begun, cancelled = asyncio.Event(), asyncio.Event()

    @tool
    async def f() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    task = asyncio.create_task(f.run({}))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert cancelled.is_set()
