"""JSON schemas become the subset that Gemini is told of."""

from enum import Enum
from typing import Any, Literal

import pytest
from msgspec import Struct

from realtime_rx.errors import ConfigurationError
from realtime_rx.providers.google_wire.schema import parameters
from realtime_rx.tools import tool

from ...support.gemini_server import schema_problem


def converted(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = parameters({"type": "object", "properties": properties, **more}) or {}
    declared = {"functionDeclarations": [{"name": "f", "parameters": made}]}
    assert schema_problem({"setup": {"model": "models/m", "tools": [declared]}}) is None
    return made.get("properties", {})


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "string"}, {"type": "STRING"}),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": 0}, {"type": "INTEGER", "minimum": 1}),
        ({"type": ["string", "null"]}, {"type": "STRING", "nullable": True}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, {"type": "STRING", "nullable": True}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        ({"enum": ["a", "b"]}, {"type": "STRING", "format": "enum", "enum": ["a", "b"]}),
        ({"enum": ["a", None]}, {"type": "STRING", "format": "enum", "enum": ["a"], "nullable": True}),
        ({"const": "a"}, {"type": "STRING", "format": "enum", "enum": ["a"]}),
        ({"enum": [1, 2], "type": "integer"}, {"type": "INTEGER"}),
        ({"type": "string", "format": "date-time"}, {"type": "STRING", "format": "date-time"}),
        ({"type": "string", "format": "uri"}, {"type": "STRING"}),
        ({"type": "array", "items": {"type": "number"}}, {"type": "ARRAY", "items": {"type": "NUMBER"}}),
        ({"type": "array", "prefixItems": [{"type": "number"}]}, {"type": "ARRAY", "items": {"type": "NUMBER"}}),
        ({"type": "object", "additionalProperties": False}, {"type": "OBJECT"}),
        ({"$ref": "#/$defs/City", "description": "where"}, {"type": "STRING", "description": "where"}),
        ({"allOf": [{"$ref": "#/$defs/City"}], "title": "T"}, {"type": "STRING", "title": "T"}),
        (True, {}),
    ],
)
def test_a_schema_is_told_in_the_subset(schema: Any, told: dict[str, Any]) -> None:
    """Each kind of JSON schema is told as near as Gemini's own schemas come."""
    assert converted({"x": schema}, **{"$defs": {"City": {"type": "string"}}}) == {"x": told}


def test_what_is_required_and_described_is_told() -> None:
    """Descriptions and required names are kept at every depth."""
    inner = {"type": "object", "properties": {"a": {"type": "string", "description": "A"}}, "required": ["a"]}
    assert converted({"x": inner}) == {
        "x": {
            "type": "OBJECT",
            "properties": {"a": {"type": "STRING", "description": "A"}},
            "required": ["a"],
        }
    }


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "object", "properties": {}}, {}])
def test_a_function_that_takes_nothing_has_no_parameters(schema: dict[str, Any]) -> None:
    """Gemini refuses empty objects, so there are none."""
    assert parameters(schema) is None


def test_a_schema_without_end_is_refused() -> None:
    """A schema that refers to itself, or to what is not there, is an error that says so."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}
    with pytest.raises(ConfigurationError, match="refer to themselves"):
        parameters({**node, "$defs": {"Node": node}})
    with pytest.raises(ConfigurationError, match=r"'#/\$defs/Gone', which is not there"):
        parameters({"type": "object", "properties": {"x": {"$ref": "#/$defs/Gone"}}})


class Colour(Enum):
    RED = "red"


class Place(Struct):
    """Somewhere."""

    city: str
    zone: str | None = None


def test_the_schemas_of_python_functions_are_understood() -> None:
    """What our own tools say of their parameters is told whole."""

    @tool
    def paint(colour: Colour, where: Place, coats: int = 1, how: Literal["thin", "thick"] = "thin") -> None:
        """Paint."""

    made = parameters(paint.definition.parameters)
    assert made is not None
    properties = made["properties"]
    assert properties["colour"]["enum"] == ["red"]
    assert properties["where"]["properties"]["city"] == {"type": "STRING"}
    assert properties["where"]["properties"]["zone"]["nullable"] is True
    assert (properties["coats"]["type"], properties["how"]["enum"]) == ("INTEGER", ["thick", "thin"])
    assert sorted(made["required"]) == ["colour", "where"]
