"""Tools: Python functions that a model may call.

``@tool`` reads the JSON schema off the signature and the docstring, checks the model's arguments against it before the
function runs, and makes its result JSON. Synchronous functions run in a thread.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints, overload

import msgspec

from realtime_rx.config import ToolDefinition
from realtime_rx.errors import ConfigurationError, ToolError, UnknownToolError

__all__ = ["as_json", "Tool", "tool", "Toolbox"]

MUTABLE = (list, dict, set)
PARAMETER_LINE = re.compile(r"^\s*(?::param\s+)?(\w+)\s*(?:\([^)]*\))?\s*:\s*(.+)$")


@dataclass(frozen=True, slots=True)
class Tool:
    """A function and what the model is told of it."""

    definition: ToolDefinition
    function: Callable[..., Any]
    arguments: type[msgspec.Struct]

    @property
    def name(self) -> str:
        return self.definition.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself, so that a decorated function is still one."""
        return self.function(*args, **kwargs)

    async def run(self, given: Any) -> Any:
        """What the function makes of the model's arguments, as JSON's types. Raises :class:`ToolError`."""
        try:
            checked = msgspec.convert(given, self.arguments, strict=False)
        except msgspec.ValidationError as error:
            raise ToolError(f"{self.name}: {error}") from error
        values = {name: getattr(checked, name) for name in self.arguments.__struct_fields__}
        if inspect.iscoroutinefunction(self.function):
            result = await self.function(**values)
        else:
            result = await asyncio.to_thread(self.function, **values)
            result = await result if inspect.isawaitable(result) else result
        return as_json(result, self.name)


def as_json(value: Any, name: str) -> Any:
    """The value in JSON's types. Raises :class:`ToolError` naming what is none of them."""
    try:
        return msgspec.json.decode(msgspec.json.encode(value))
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ToolError(f"{name} returned something that is not JSON: {error}") from error


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(*, name: str | None = None, description: str | None = None) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None, /, *, name: str | None = None, description: str | None = None
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a function a tool: ``@tool``, or ``@tool(name=…, description=…)``.

    The description is the docstring's first paragraph; a parameter's is its line in the docstring
    (``city: where to look``) or ``Annotated[str, msgspec.Meta(description=…)]``. Raises :class:`ConfigurationError` for
    a signature that has no JSON schema.
    """

    def decorate(decorated: Callable[..., Any]) -> Tool:
        return _make(decorated, name, description)

    return decorate if function is None else decorate(function)


def _make(function: Callable[..., Any], name: str | None, description: str | None) -> Tool:
    title = name or getattr(function, "__name__", "tool")
    text = inspect.getdoc(function) or ""
    arguments = _arguments(function, title)
    summary = description if description is not None else " ".join(text.split("\n\n")[0].split())
    definition = ToolDefinition(name=title, description=summary, parameters=_schema(arguments, text))
    return Tool(definition, function, arguments)


def _arguments(function: Callable[..., Any], title: str) -> type[msgspec.Struct]:
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise ConfigurationError(f"tool {title!r}: its annotations cannot be resolved: {error}") from error
    fields: list[Any] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ConfigurationError(f"tool {title!r}: parameter {parameter} cannot be given by name")
        kind = hints.get(parameter.name, Any)
        default = () if parameter.default is parameter.empty else (_default(parameter.default),)
        fields.append((parameter.name, kind, *default))
    return msgspec.defstruct(title, fields, kw_only=True, forbid_unknown_fields=True)


def _default(value: Any) -> Any:
    """A default as a field has it: each call gets its own copy of one that could be changed."""
    return msgspec.field(default_factory=lambda: copy.copy(value)) if type(value) in MUTABLE else value


def _schema(arguments: type[msgspec.Struct], text: str) -> dict[str, Any]:
    try:
        (reference,), components = msgspec.json.schema_components([arguments], ref_template="#/$defs/{name}")
    except TypeError as error:
        raise ConfigurationError(f"tool {arguments.__name__!r}: {error}") from error
    schema = dict(components.pop(reference["$ref"].rpartition("/")[2]))
    schema.pop("title", None)
    lines = (PARAMETER_LINE.match(line) for line in text.splitlines())
    described = {line[1]: line[2] for line in lines if line is not None}
    for name, field in schema["properties"].items():
        if name in described and "description" not in field:
            field["description"] = described[name]
    return {**schema, **({"$defs": components} if components else {})}


class Toolbox:
    """The tools of one session, by name."""

    def __init__(self, tools: Iterable[Tool | Callable[..., Any]] = ()) -> None:
        made = [each if isinstance(each, Tool) else tool(each) for each in tools]
        self._tools = {each.name: each for each in made}
        if len(self._tools) < len(made):
            raise ConfigurationError(f"two tools have one name among {[each.name for each in made]}")

    @property
    def definitions(self) -> tuple[ToolDefinition, ...]:
        """What the model is told of them."""
        return tuple(each.definition for each in self._tools.values())

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def get(self, name: str) -> Tool:
        """The tool of that name. Raises :class:`UnknownToolError` naming those there are."""
        found = self._tools.get(name)
        if found is None:
            raise UnknownToolError(f"there is no tool {name!r}; there are: {', '.join(self._tools) or 'none'}")
        return found
