"""A function's parameters: what the model is told of them, and how what it gives is checked."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, cast, get_args, get_type_hints

import msgspec

from realtime_rx.errors import ConfigurationError, ToolError
from realtime_rx.tools.context import ToolContext
from realtime_rx.tools.hints import ByPydantic, checkable, decoded, schema_of

__all__ = ["Arguments", "arguments_of"]

MUTABLE = (list, dict, set)
VALUES = ("const", "default", "enum", "examples")
"""What in a schema is no schema."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """``context`` is the parameter that gets the :class:`ToolContext`, where there is one."""

    struct: type[msgspec.Struct]
    context: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that the model fills."""
        return self.struct.__struct_fields__

    def checked(self, given: Any, tool: str) -> dict[str, Any]:
        """The model's arguments as the types of the signature. Raises :class:`ToolError` naming what is wrong."""
        try:
            values = decoded(given, self.struct)
        except msgspec.ValidationError as error:
            raise ToolError(f"{tool}: {error}") from error
        return {name: unwrapped(getattr(values, name)) for name in self.names}

    def schema(self, words: Mapping[str, str]) -> dict[str, Any]:
        """The JSON schema, with ``words`` where no annotation describes a parameter."""
        reference, components = schema_of(self.struct)
        schema = dict(components.pop(reference["$ref"].rpartition("/")[2]))
        schema.pop("title", None)
        for name, field in schema["properties"].items():
            components |= field.pop("$defs", {})
            if name in words and "description" not in field:
                field["description"] = words[name]
        return portable({**schema, **({"$defs": components} if components else {})})


def unwrapped(value: Any) -> Any:
    return value.value if isinstance(value, ByPydantic) else value


def arguments_of(function: Callable[..., Any], title: str) -> Arguments:
    """Raises :class:`ConfigurationError` naming the parameter that has no JSON schema or cannot be given by name."""
    hints = hints_of(function, title)
    fields: list[Any] = []
    context: str | None = None
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name, Any)
        if hint is ToolContext or ToolContext in get_args(hint):
            context = parameter.name
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ConfigurationError(f"tool {title!r}: parameter {parameter} cannot be given by name")
        kind = checkable(hint, f"tool {title!r}: parameter {parameter.name!r}")
        default = () if parameter.default is parameter.empty else (default_field(parameter.default),)
        fields.append((parameter.name, kind, *default))
    return Arguments(msgspec.defstruct(title, fields, kw_only=True, forbid_unknown_fields=True), context)


def hints_of(function: Callable[..., Any], title: str) -> dict[str, Any]:
    """What a function says of its parameters; what it returns may be anything."""
    plain = underlying(function)
    try:
        parameters = {name: hint for name, hint in getattr(plain, "__annotations__", {}).items() if name != "return"}
        holder = cast("Callable[..., Any]", SimpleNamespace(__annotations__=parameters))
        return get_type_hints(holder, globalns=getattr(plain, "__globals__", {}), include_extras=True)
    except (NameError, TypeError) as error:
        raise ConfigurationError(f"tool {title!r}: its annotations cannot be resolved: {error}") from error


def underlying(function: Any) -> Any:
    """The function whose annotations count: of a partial, a bound method, an object that can be called."""
    while isinstance(function, partial):
        function = cast("Any", function).func
    if not inspect.isroutine(function):
        function = type(function).__call__
    return inspect.unwrap(function)


def default_field(value: Any) -> Any:
    """A default as a field has it: each call gets its own copy of one that could be changed."""
    if type(value) in MUTABLE:
        return msgspec.field(default_factory=lambda: copy.copy(value))
    try:
        msgspec.to_builtins(value, str_keys=True)
    except TypeError:  # it cannot be said in the schema
        return msgspec.field(default_factory=lambda: value)
    return value


def portable(schema: Any) -> Any:
    """The schema without what vendors refuse or pass over: a tuple is a list of that length, of any of its types."""
    if isinstance(schema, list):
        return [portable(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast("dict[str, Any]", schema)
    fields = {name: each if name in VALUES else portable(each) for name, each in given.items()}
    places = fields.get("prefixItems")
    if not isinstance(places, list):
        return fields
    del fields["prefixItems"]
    each = [place for number, place in enumerate(cast("list[Any]", places)) if place not in places[:number]]
    return {**fields, "items": each[0] if len(each) == 1 else {"anyOf": each}}
