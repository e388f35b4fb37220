"""The few ways in which the conversation changes. Each costs the same in a long conversation as in a short one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar

from msgspec.structs import replace

from realtime_rx.effects import Effect
from realtime_rx.items import AudioPart, ItemStatus, Part, Role, TextPart, ToolPart
from realtime_rx.state import Flow, Message, SessionState


class Delta(Protocol):
    """An event that adds to one part of a message."""

    @property
    def item_id(self) -> str: ...
    @property
    def content_index(self) -> int: ...
    @property
    def at(self) -> float: ...


T = TypeVar("T")
D = TypeVar("D", bound=Delta)
Step: TypeAlias = tuple[SessionState, tuple[Effect, ...]]

# A message follows the output that it stands behind closely.
HIDDEN = 16
# A tool's output follows its call closely, so looking for the call this far back finds it.
CALL_REACH = 64


def unchanged(state: SessionState, _event: object) -> Step:
    """The case of events that only the ring remembers."""
    return state, ()


def kept(old: T, new: T) -> T:
    """The old value where the new one is equal: readers of a slice compare by identity."""
    return old if new == old else new


def with_flow(state: SessionState, flow: Flow) -> SessionState:
    """The state with that flow; the same state where it is equal."""
    return state if flow == state.flow else replace(state, flow=flow)


def edit_message(state: SessionState, message_id: str | None, change: Callable[[Message], Message]) -> SessionState:
    """The state with one message changed; the same state where there is no such message or no change."""
    found = state.messages.locate(message_id) if message_id is not None else None
    return state if found is None else changed(state, *found, change)


def changed(state: SessionState, position: int, before: Message, change: Callable[[Message], Message]) -> SessionState:
    after = change(before)
    return state if after is before else replace(state, messages=state.messages.set(position, after))


def ensure_message(
    state: SessionState, message_id: str, role: Role, *, at: float, response_id: str | None = None
) -> SessionState:
    """The state with a message of that id: a new one goes to the end until the provider says where it belongs."""
    if state.messages.find(message_id) >= 0:
        return state
    message = Message(id=message_id, role=role, created_at=at, response_id=response_id)
    return replace(state, messages=state.messages.append(message))


def write_message(
    state: SessionState,
    message_id: str,
    change: Callable[[Message], Message],
    *,
    role: Role,
    at: float,
    response_id: str | None = None,
) -> SessionState:
    """The state with one message changed; where there is none of that id, it is begun as above, and changed."""
    found = state.messages.locate(message_id)
    if found is None:
        begun = Message(id=message_id, role=role, created_at=at, response_id=response_id)
        return replace(state, messages=state.messages.append(change(begun)))
    return changed(state, *found, change)


def grow_part(
    state: SessionState,
    event: D,
    grow: Callable[[Part | None, D], Part | None],
    role: Role,
    response_id: str | None = None,
) -> SessionState:
    """The busiest change of all: one lookup, and a copy of nothing but the part, its message and the state.

    ``grow`` makes the part anew; where it gives None the part is over, and the state stays the same.
    """
    found = state.messages.locate(event.item_id)
    if found is None:
        state = ensure_message(state, event.item_id, role, at=event.at, response_id=response_id)
        found = len(state.messages) - 1, state.messages[-1]
    position, message = found
    parts, index = message.parts, event.content_index
    alone = len(parts) == 1 and parts[0].content_index == index
    here = 0 if alone else part_at(parts, index)
    part = grow(parts[here] if here >= 0 else None, event)
    if part is None:
        return state
    grown = replace(message, parts=(part,)) if alone else with_part_at(message, here, part)
    return replace(state, messages=state.messages.set(position, grown))


def place(state: SessionState, message_id: str, previous: str | None) -> SessionState:
    """The state with a message moved behind ``previous``.

    None is the provider's word for the first place, but only the first time it says so on a connection: Azure and xAI
    also say it of items that are not first. What stood there before this connection stays where it is: a conversation
    that is gone on with may be said again. An unknown ``previous`` moves nothing.
    """
    flow = state.flow
    if previous is not None:
        behind = standing(state, previous)
        return state if behind < 0 else move(state, message_id, behind)
    if flow.rooted:
        return state
    state = replace(state, flow=replace(flow, rooted=True))
    anchor = state.messages.find(flow.anchor or "")
    return state if state.messages.find(message_id) <= anchor else move(state, message_id, anchor)


def standing(state: SessionState, item_id: str) -> int:
    """The position of the message with that id, or of the one that the hidden item with that id stands behind.

    What was told or said again later than it stands is hidden like that, too.
    """
    behind = next((message_id for hidden, message_id in state.flow.hidden if hidden == item_id), item_id)
    return state.messages.find(behind)


def hide(state: SessionState, item_id: str, previous: str | None) -> SessionState:
    """The state that knows where an item stands that is no message: a message may be placed behind it."""
    behind = standing(state, previous) if previous is not None else -1
    if behind < 0:
        return state
    stands = (item_id, state.messages[behind].id)
    others = (each for each in state.flow.hidden if each[0] != item_id)
    return with_flow(state, replace(state.flow, hidden=(*others, stands)[-HIDDEN:]))


def move(state: SessionState, message_id: str, behind: int) -> SessionState:
    """The state with a message behind position ``behind`` (-1: first)."""
    messages = state.messages
    here = messages.find(message_id)
    if here in (behind, behind + 1):
        return state
    rest = messages.remove(here)
    return replace(state, messages=rest.insert(behind + 1 if behind < here else behind, messages[here]))


def part_at(parts: tuple[Part, ...], content_index: int) -> int:
    """The position of the part with that content index, or -1. Usually the two are the same."""
    if 0 <= content_index < len(parts) and parts[content_index].content_index == content_index:
        return content_index
    return next((i for i, part in enumerate(parts) if part.content_index == content_index), -1)


def with_part(message: Message, part: Part) -> Message:
    """The message with the part of that content index set; the same message where it was like that already."""
    position = part_at(message.parts, part.content_index)
    if position >= 0 and message.parts[position] == part:
        return message
    return with_part_at(message, position, part)


def with_part_at(message: Message, position: int, part: Part) -> Message:
    """The message with the part at that position; -1: a new part, in the order of the content indexes."""
    parts = message.parts
    if position < 0:
        ordered = sorted((*parts, part), key=lambda each: each.content_index)
        return replace(message, parts=tuple(ordered))
    if len(parts) == 1:
        return replace(message, parts=(part,))
    return replace(message, parts=(*parts[:position], part, *parts[position + 1 :]))


def merge_part(old: Part | None, new: Part) -> Part:
    """What is known of a part after it was described again: words that are known are never lost to an empty field."""
    match old, new:
        case TextPart(), TextPart() if not new.text:
            return old if old.state == "done" else replace(old, state=new.state)
        case AudioPart(), AudioPart():
            silent = not new.transcript
            return replace(
                new,
                transcript=old.transcript if silent else new.transcript,
                heard_ms=old.heard_ms,
                heard=old.heard,
                error=old.error if silent else None,
                state=old.state if silent and old.state == "done" else new.state,
            )
        case ToolPart(), ToolPart():
            return merge_tool_part(old, new)
        case _:
            return new


def merge_tool_part(old: ToolPart, new: ToolPart) -> ToolPart:
    """A call described again: its arguments may have grown, what came of it stays."""
    return replace(
        old,
        tool_name=new.tool_name or old.tool_name,
        tool_call_id=new.tool_call_id or old.tool_call_id,
        arguments=new.arguments or old.arguments,
        **({"state": new.state, "output": new.output, "error": new.error} if new.state.startswith("output") else {}),
    )


def settled_part(part: Part, role: Role) -> Part:
    """The part as it stands when nothing more will come for its message.

    What a user said aloud stays open until its transcript comes or fails: that may be long after.
    """
    match part:
        case TextPart(state="streaming"):
            return replace(part, state="done")
        case AudioPart(state="streaming") if role != "user":
            return replace(part, state="done")
        case _:
            return part


def settle(message: Message, status: ItemStatus, *, interrupted: bool = False) -> Message:
    """The message when nothing more will come for it."""
    parts = tuple(settled_part(part, message.role) for part in message.parts)
    same = all(a is b for a, b in zip(parts, message.parts, strict=True))
    if same and message.status == status and message.interrupted >= interrupted:
        return message
    return replace(
        message,
        parts=message.parts if same else parts,
        status=status,
        interrupted=message.interrupted or interrupted,
    )


def find_call(state: SessionState, call_id: str) -> tuple[str, ToolPart] | None:
    """The id of the message that holds this tool call, and the call."""
    pending = next((call.item_id for call in state.flow.calls if call.call_id == call_id), None)
    messages = state.messages
    known = messages.get(pending) if pending is not None else None
    nearby = range(len(messages) - 1, max(-1, len(messages) - 1 - CALL_REACH), -1)
    for message in (known,) if known is not None else (messages[i] for i in nearby):
        for part in message.parts:
            if isinstance(part, ToolPart) and part.tool_call_id == call_id:
                return message.id, part
    return None
