"""Frames as client events, and what is wrong with a frame in the hosted service's words."""

import re
from typing import Any

import msgspec

from .errors import ClientError
from .protocol import CLIENT_EVENT_TYPES, ClientEvent, Json


def load(frame: str | bytes) -> Json:
    """One frame as a JSON object; anything else raises ClientError (`invalid_json`)."""
    try:
        value = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ClientError("We could not parse the JSON body of your message.", "invalid_json") from None
    if not isinstance(value, dict):
        raise ClientError("A client event must be a JSON object.", "invalid_json")
    return value  # pyright: ignore[reportUnknownVariableType]  # json.decode is untyped; keys of a JSON object are str


def parse(raw: Json) -> ClientEvent:
    """A JSON object as a client event; ClientError names the offending field in `param`."""
    return convert(raw, ClientEvent)


def convert(raw: Json, shape: Any) -> Any:
    """`raw` as the struct (or union of structs) `shape`."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise refusal(str(error), raw) from None


MISSING = re.compile(r"missing required field `(.+)`")
UNKNOWN = re.compile(r"unknown field `(.+)`")
TOO_LONG = re.compile(r"Expected `str` of length <= (\d+)")
WRONG_TYPE = re.compile(r"Expected `(.+)`, got `(.+)`")


def refusal(detail: str, raw: Json) -> ClientError:
    """msgspec's own words as an error of the service: its code, its wording, and the path as `param`."""
    reason, _, where = detail.partition(" - at `")
    path = where.rstrip("`").removeprefix("$").removeprefix(".")
    if path == "type":
        supported = ", ".join(repr(name) for name in CLIENT_EVENT_TYPES)
        return ClientError(
            f"Invalid value: {raw.get('type')!r}. Supported values are: {supported}.", "invalid_value", path
        )
    if found := MISSING.search(reason):
        path = f"{path}.{found[1]}".lstrip(".")
        return ClientError(f"Missing required parameter: '{path}'.", "missing_required_parameter", path)
    if found := UNKNOWN.search(reason):
        path = f"{path}.{found[1]}".lstrip(".")
        return ClientError(f"Unknown parameter: '{path}'.", "unknown_parameter", path)
    if found := TOO_LONG.search(reason):
        message = f"Invalid '{path}': string too long. Expected a string with maximum length {found[1]}."
        return ClientError(message, "string_above_max_length", path)
    if found := WRONG_TYPE.search(reason):
        message = f"Invalid type for '{path}': expected {found[1]}, but got {found[2]} instead."
        return ClientError(message, "invalid_type", path)
    return ClientError(f"Invalid value for '{path}': {reason}.", "invalid_value", path)
