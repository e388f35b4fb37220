"""JSON schemas as Gemini's ``Schema``: the subset of OpenAPI in which Live is told of a function's parameters.

``parametersJsonSchema`` would take a JSON schema as it is, but Live passes over it in silence, which leaves the model
guessing at the names of arguments. What the subset does not have is left out; references are written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from realtime_rx.errors import ConfigurationError

TYPES = {name.lower(): name for name in ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT")}
FORMATS = {
    "STRING": frozenset({"enum", "date-time"}),
    "NUMBER": frozenset({"float", "double"}),
    "INTEGER": frozenset({"int32", "int64"}),
}
COPIED = (
    "title", "description", "nullable", "maxItems", "minItems", "required", "minProperties", "maxProperties",
    "minLength", "maxLength", "pattern", "minimum", "maximum", "propertyOrdering",
)  # fmt: skip
DEEPEST = 32

Json = dict[str, Any]


def parameters(schema: Mapping[str, Any]) -> Json | None:
    """The parameters of a function; None where it takes none, which Gemini wants left out.

    Raises :class:`ConfigurationError` for a schema that refers to itself or to what is not there.
    """
    converted = convert(dict(schema), definitions(schema), 0)
    return converted if converted.get("properties") else None


def definitions(schema: Mapping[str, Any]) -> Json:
    return {
        f"#/{home}/{name}": each for home in ("$defs", "definitions") for name, each in schema.get(home, {}).items()
    }


def convert(schema: Any, defs: Json, depth: int) -> Json:
    """One schema, with its references written out."""
    if depth > DEEPEST:
        raise ConfigurationError("a tool's parameters refer to themselves, which Gemini's schemas cannot say")
    if not isinstance(schema, dict):  # `true`: anything
        return {}
    fields = resolved(cast(Json, schema), defs)
    options, nullable = alternatives(fields)
    if len(options) == 1:
        only = resolved(options[0], defs)
        fields = {**only, **{key: value for key, value in fields.items() if key not in ("anyOf", "oneOf", "allOf")}}
        options = []
    converted = {key: fields[key] for key in COPIED if key in fields}
    if options:
        converted["anyOf"] = [convert(each, defs, depth + 1) for each in options]
    converted |= typed(fields)
    converted |= nested(fields, defs, depth)
    if nullable or "null" in kinds(fields) or None in fields.get("enum", ()):
        converted["nullable"] = True
    return converted


def resolved(schema: Json, defs: Json) -> Json:
    """The schema that a reference stands for, with what is said beside it."""
    seen = 0
    while isinstance(name := schema.get("$ref"), str):
        target = defs.get(name)
        seen += 1
        if not isinstance(target, dict) or seen > DEEPEST:
            raise ConfigurationError(f"a tool's parameters refer to {name!r}, which is not there")
        schema = {**cast(Json, target), **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def alternatives(fields: Json) -> tuple[list[Json], bool]:
    """What a value may be, and whether it may be null besides."""
    listed: list[Any] = fields.get("anyOf") or fields.get("oneOf") or fields.get("allOf") or []
    options = [cast(Json, each) for each in listed if isinstance(each, dict)]
    some = [each for each in options if each.get("type") != "null"]
    return some, len(some) < len(options)


def kinds(fields: Json) -> list[str]:
    given = fields.get("type")
    return [given] if isinstance(given, str) else list(given or ())


def typed(fields: Json) -> Json:
    """The type and what belongs to it. Of several types a schema can name one: the others are alternatives."""
    names = [TYPES[each.lower()] for each in kinds(fields) if each.lower() in TYPES]
    if len(names) > 1:
        return {"anyOf": [{"type": each} for each in names]}
    values = [fields["const"]] if "const" in fields else [each for each in fields.get("enum", ()) if each is not None]
    if values and all(isinstance(each, str) for each in values):
        return {"type": "STRING", "format": "enum", "enum": values}
    if not names:
        return {}
    named = {"format": fields["format"]} if fields.get("format") in FORMATS.get(names[0], ()) else {}
    return {"type": names[0], **named}


def nested(fields: Json, defs: Json, depth: int) -> Json:
    inside: Json = {}
    if isinstance(properties := fields.get("properties"), dict):
        fields_of = cast(Json, properties)
        inside["properties"] = {name: convert(each, defs, depth + 1) for name, each in fields_of.items()}
    items = fields.get("items", (fields.get("prefixItems") or [None])[0])
    if isinstance(items, dict):
        inside["items"] = convert(items, defs, depth + 1)
    return inside
