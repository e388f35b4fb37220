"""Hints in other libraries' words: annotated-types, pydantic, plain texts."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import pytest

from realtime_rx.errors import ConfigurationError, ToolError
from realtime_rx.tools import Tool, tool
from realtime_rx.tools.hints import understood

annotated_types = pytest.importorskip("annotated_types")
pydantic = pytest.importorskip("pydantic")


class Order(pydantic.BaseModel):  # type: ignore[misc]
    number: int = pydantic.Field(description="as printed on it", ge=1)
    tags: tuple[str, ...] = ()


@dataclass
class Cat:
    meows: int


@dataclass
class Dog:
    barks: int


class Doc:
    documentation = "in words"


def properties(made: Tool) -> dict[str, Any]:
    return made.definition.parameters["properties"]


def test_texts_and_foreign_constraints_are_understood() -> None:
    """A text in Annotated is a description, and the constraints of annotated-types hold, also within lists."""

    @tool
    def f(
        days: Annotated[int, annotated_types.Interval(ge=1, le=7), "how many"],
        names: list[Annotated[str, annotated_types.Len(1, 3)]] | None = None,
        other: Annotated[int, Doc(), msgspec.Meta(multiple_of=2)] = 2,
    ) -> None:
        """Do."""

    assert properties(f)["days"] == {"type": "integer", "minimum": 1, "maximum": 7, "description": "how many"}
    names = properties(f)["names"]["anyOf"][0]["items"]
    assert names == {"type": "string", "minLength": 1, "maxLength": 3}
    assert properties(f)["other"] == {"type": "integer", "multipleOf": 2, "description": "in words", "default": 2}
    with pytest.raises(ToolError, match=r"Expected `int` <= 7 - at `\$.days`"):
        f.checked({"days": 8})


def test_what_is_understood_already_is_left_alone() -> None:
    """A hint that says nothing new comes back as the same object."""
    for hint in (int, list[int], dict[str, int] | None, Annotated[int, msgspec.Meta(ge=1)]):
        assert understood(hint) == hint


@tool
def order(first: Order, more: list[Order] | None = None, last: Order = Order(number=9)) -> Any:  # noqa: B008
    """Order something.

    first: what comes first
    """
    return [type(each).__name__ for each in (first, *(more or []), last)]


def test_pydantics_models_are_arguments() -> None:
    """A model of pydantic's has its schema, wherever it stands, and its description by the docstring."""
    assert properties(order)["first"]["properties"]["number"]["description"] == "as printed on it"
    assert properties(order)["first"]["description"] == "what comes first"
    assert properties(order)["more"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Order"}
    assert order.definition.parameters["$defs"]["Order"]["required"] == ["number"]
    assert order.definition.parameters["required"] == ["first"]


def test_pydantic_checks_its_models() -> None:
    """Tools get pydantic's models as such, and what pydantic refuses is told with its place."""
    given = {"first": {"number": 1}, "more": [{"number": 2}]}
    assert asyncio.run(order.run(given)) == ["Order", "Order", "Order"]
    with pytest.raises(ToolError, match=r"order: number: .*greater than or equal to 1 - at `\$.first`"):
        order.checked({"first": {"number": 0}})
    with pytest.raises(ToolError, match=r"0\.number: Field required - at `\$.more`"):
        order.checked({"first": {"number": 1}, "more": [{}]})


def test_pydantic_helps_out() -> None:
    """What msgspec cannot tell apart, pydantic can."""

    @tool
    def pet(animal: Cat | Dog) -> str:
        """Pet it."""
        return type(animal).__name__

    assert len(properties(pet)["animal"]["anyOf"]) == 2
    assert asyncio.run(pet.run({"animal": {"barks": 1}})) == "Dog"


def test_without_pydantic_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pydantic is not installed, what msgspec has no schema for is a ConfigurationError naming the parameter."""
    monkeypatch.setattr("realtime_rx.tools.hints.find_spec", lambda name: None)

    def pet(animal: Cat | Dog) -> None: ...

    with pytest.raises(ConfigurationError, match="tool 'pet': parameter 'animal': Type unions"):
        tool(pet)
