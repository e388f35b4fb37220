"""Type hints as msgspec understands them; what it does not, pydantic may, where it is installed."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin

import msgspec
from msgspec import Meta

from realtime_rx.errors import ConfigurationError

__all__ = ["ByPydantic", "decoded", "schema_of", "understood"]

CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
"""What msgspec and annotated-types call by the same names."""
LOCAL = "#/$defs/{name}"


def understood(hint: Any) -> Any:
    """The hint with what other libraries write into ``Annotated`` as msgspec writes it; a text is a description."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return annotated(understood(arguments[0]), arguments[1:])
    if not arguments or origin is Literal or not all(map(is_hint, arguments)):
        return hint
    inner = tuple(understood(each) for each in arguments)
    if inner == arguments:
        return hint
    if origin in (Union, types.UnionType):
        return Union[inner]  # noqa: UP007 - made of a tuple
    return origin[inner]


def is_hint(argument: Any) -> bool:
    """Not so are the list of a ``Callable`` and the like."""
    return not isinstance(argument, list | str)


def annotated(hint: Any, metadata: Iterable[Any]) -> Any:
    told: dict[str, Any] = {}
    metas: list[Meta] = []
    for each in flat(metadata):
        if isinstance(each, Meta):
            metas.append(each)
        elif isinstance(each, str):
            told["description"] = each
        else:
            told |= {name: value for name in CONSTRAINTS if (value := getattr(each, name, None)) is not None}
            words = getattr(each, "documentation", None)  # as in ``Doc`` of PEP 727
            told |= {"description": words} if isinstance(words, str) else {}
    for meta in (*([Meta(**told)] if told else []), *metas):
        hint = Annotated[hint, meta]
    return hint


def flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """annotated-types groups what belongs together: an interval, a length."""
    for each in metadata:
        if type(each).__module__.partition(".")[0] == "annotated_types" and hasattr(each, "__iter__"):
            yield from flat(each)
        else:
            yield each


class ByPydantic:
    """A value that pydantic has checked, on its way through msgspec. Each parameter's subclass has its adapter."""

    adapter: ClassVar[Any]

    def __init__(self, value: Any) -> None:
        self.value = value

    @classmethod
    def of(cls, hint: Any) -> type[ByPydantic]:
        """Raises TypeError where pydantic has no schema for it either."""
        from pydantic import TypeAdapter  # an extra of whoever uses it
        from pydantic.errors import PydanticUserError

        try:
            adapter = TypeAdapter(hint)
            adapter.json_schema()
        except PydanticUserError as error:
            raise TypeError(str(error)) from error
        return type("ByPydantic", (cls,), {"adapter": adapter})


def checkable(hint: Any, where: str) -> Any:
    """The type that a parameter's values are checked with. Raises :class:`ConfigurationError`: it has no schema."""
    try:
        wanted = understood(hint)
        if not mentions_pydantic(hint):
            schema_of(wanted)
            return wanted
        return ByPydantic.of(hint)
    except TypeError as error:
        refused = error
    if find_spec("pydantic") is not None:  # it knows more kinds of types
        try:
            return ByPydantic.of(hint)
        except TypeError:
            pass  # msgspec's words are the shorter ones
    raise ConfigurationError(f"{where}: {refused}") from refused


def mentions_pydantic(hint: Any) -> bool:
    """Whether there is a model of pydantic's in it, or a field."""
    if any(base.__module__.startswith("pydantic.") for base in getattr(hint, "__mro__", ())):
        return True
    if type(hint).__module__.startswith("pydantic."):
        return True
    return any(mentions_pydantic(each) for each in get_args(hint))


def schema_of(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schema of a type, and those that it refers to."""
    (schema,), components = msgspec.json.schema_components([kind], schema_hook=_schema, ref_template=LOCAL)
    return schema, components


def _schema(kind: type) -> dict[str, Any]:
    if issubclass(kind, ByPydantic):
        return cast("dict[str, Any]", kind.adapter.json_schema(ref_template="#/$defs/{model}"))
    raise NotImplementedError


def decoded(given: Any, kind: type[Any]) -> Any:
    """What the model gave, as that type. Raises :class:`msgspec.ValidationError` naming what is wrong and where."""
    return msgspec.convert(given, kind, strict=False, dec_hook=_decode)


def _decode(kind: type, given: Any) -> Any:
    if not issubclass(kind, ByPydantic):
        raise NotImplementedError
    from pydantic import ValidationError

    try:
        return kind(kind.adapter.validate_python(given))
    except ValidationError as error:
        raise ValueError("; ".join(map(complaint, error.errors()))) from error


def complaint(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    return f"{where}: {error['msg']}" if where else str(error["msg"])
