"""Every event the embedded provider sends, held against the official client's own models."""

import json
import typing
from functools import cache
from typing import Any

from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel

# What the hosted service adds to a session; the official request model, which its events use, does not list it.
SESSION_EXTRAS = {"object", "id", "expires_at"}


@cache
def models() -> dict[str, type[BaseModel]]:
    """The model of each server event, by its type."""
    found = list(_members(RealtimeServerEvent))
    return {typing.get_args(model.model_fields["type"].annotation)[0]: model for model in found}


def _members(union: Any) -> typing.Iterator[type[BaseModel]]:
    for member in typing.get_args(union):
        if isinstance(member, type) and issubclass(member, BaseModel):
            yield member
        else:
            yield from _members(member)


def check(event: dict[str, Any]) -> dict[str, Any]:
    """`event`, if its model takes it without conversion and knows every field of it."""
    model = models()[event["type"]]
    parsed = model.model_validate_json(json.dumps(event), strict=True)
    assert set(_unknown(parsed, "")) <= {f"session.{name}" for name in SESSION_EXTRAS}
    assert event["event_id"]
    return event


def _unknown(value: Any, path: str) -> typing.Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{path}{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for one in value:
            yield from _unknown(one, path)
