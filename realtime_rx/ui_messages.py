"""The AI SDK's ``UIMessage[]``, read: the way back from ``to_ui_messages()``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, cast, get_args

import msgspec
from msgspec.structs import replace

from realtime_rx.errors import ProtocolError
from realtime_rx.items import ImagePart, Part, Role, TextPart, ToolApproval, ToolPart, ToolState
from realtime_rx.reducer.endings import unanswerable
from realtime_rx.reducer.history import LONGEST_ID
from realtime_rx.sequences import Thread
from realtime_rx.state import Message, SessionState

__all__ = ["from_ui_messages"]

ROLES: tuple[str, ...] = get_args(Role)
TOOL_STATES: tuple[str, ...] = get_args(ToolState)
DYNAMIC, STATIC = "dynamic-tool", "tool-"
DATA = "data:"

JSON = Mapping[str, Any]


def from_ui_messages(messages: Sequence[JSON] | str | bytes) -> SessionState:
    """A state with this conversation, for ``use_realtime(state=…)``: the model is told it when it is connected.

    ``messages`` is the AI SDK's ``UIMessage[]``, as JSON or decoded. Words, pictures and tool calls are taken; parts of
    other kinds (reasoning, sources, data, steps) are left out. A message in which calls stand among words becomes
    several, as a provider would have it, of one response. What was under way is over: a call without an output failed.

    Raises :class:`ProtocolError` where this is no list of UI messages.
    """
    try:
        given: Any = msgspec.json.decode(messages) if isinstance(messages, str | bytes) else messages
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise ProtocolError(f"this is no JSON: {error}") from error
    if not isinstance(given, list | tuple) or not all(map(is_message, cast("Sequence[Any]", given))):
        raise ProtocolError("this is no list of UI messages, of which each has an id, a role and parts")
    read = (each for message in cast("Sequence[JSON]", given) for each in messages_of(message))
    return SessionState(messages=Thread(named(read)))


def is_message(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    message = cast("JSON", value)
    known = isinstance(message.get("id"), str) and message.get("role") in ROLES
    return known and isinstance(message.get("parts"), list)


def named(messages: Iterable[Message]) -> Iterator[Message]:
    """The messages under ids that differ and that every provider takes."""
    taken: set[str] = set()
    for message in messages:
        name = message.id[:LONGEST_ID]
        if name in taken or not name:
            numbered = (f"{name[: LONGEST_ID - 6]}_{number}" for number in count(1))
            name = next(each for each in numbered if each not in taken)
        taken.add(name)
        yield message if name == message.id else replace(message, id=name)


def messages_of(message: JSON) -> Iterator[Message]:
    """Words and pictures that stand together are a message, and each call is one."""
    groups: list[list[Part]] = []
    for part in filter(None, map(part_of, message["parts"])):
        before = groups[-1][-1] if groups else None
        if isinstance(part, ImagePart) and isinstance(before, ToolPart):  # a tool's pictures follow it
            groups[-1][-1] = replace(before, images=(*before.images, replace(part, content_index=len(before.images))))
            continue
        if not groups or isinstance(part, ToolPart) or isinstance(groups[-1][-1], ToolPart):
            groups.append([])
        groups[-1].append(part)
    metadata = message.get("metadata")
    interrupted = isinstance(metadata, Mapping) and cast("JSON", metadata).get("interrupted") is True
    groups = groups or [[]]
    for number, parts in enumerate(groups):
        numbered = tuple(replace(part, content_index=index) for index, part in enumerate(parts))
        whole = Message(
            id=message["id"],
            role=message["role"],
            parts=numbered,
            status="completed",
            response_id=message["id"] if message["role"] == "assistant" or len(groups) > 1 else None,
            interrupted=interrupted and number == len(groups) - 1,
        )
        yield unanswerable(whole)


def part_of(value: Any) -> Part | None:
    part = cast("JSON", value if isinstance(value, Mapping) else {})
    kind = part.get("type")
    if kind == "text" and isinstance(part.get("text"), str):
        return TextPart(text=part["text"])
    if kind == "file" and str(part.get("mediaType", "")).startswith("image/") and isinstance(part.get("url"), str):
        return image(part["mediaType"], part["url"])
    if kind == DYNAMIC:
        return call(str(part.get("toolName", "")), part)
    if isinstance(kind, str) and kind.startswith(STATIC):
        return call(kind.removeprefix(STATIC), part)
    return None


def image(mime_type: str, url: str) -> ImagePart:
    head, _, data = url.partition(",")
    if head.startswith(DATA) and head.endswith(";base64"):
        return ImagePart(mime_type=mime_type, data=data)
    return ImagePart(mime_type=mime_type, url=url)


def call(name: str, part: JSON) -> ToolPart | None:
    call_id, state = part.get("toolCallId"), part.get("state")
    if not name or not isinstance(call_id, str) or not call_id:
        return None
    given = part.get("input")
    return ToolPart(
        tool_name=name,
        tool_call_id=call_id,
        state=cast("ToolState", state) if state in TOOL_STATES else "input-available",
        arguments=msgspec.json.encode(given if given is not None else {}, enc_hook=str).decode(),
        input=given,
        output=part.get("output"),
        error=text(part.get("errorText")),
        preliminary=part.get("preliminary") is True,
        approval=approval(part.get("approval")),
        provider_executed=part.get("providerExecuted") is True,
    )


def approval(value: Any) -> ToolApproval | None:
    said = cast("JSON", value if isinstance(value, Mapping) else {})
    if not isinstance(said.get("id"), str):
        return None
    approved = said.get("approved")
    decided = approved if isinstance(approved, bool) else None
    return ToolApproval(id=said["id"], approved=decided, reason=text(said.get("reason")))


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
