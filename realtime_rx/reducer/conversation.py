"""Items: where they stand in the conversation and what they hold."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.events import (
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemRetrieved,
    ItemTruncated,
    OutputItemAdded,
    OutputItemDone,
)
from realtime_rx.items import AudioPart, Item, ToolPart
from realtime_rx.reducer.answers import forget
from realtime_rx.reducer.edits import (
    Step,
    edit_message,
    find_call,
    hide,
    merge_part,
    part_at,
    place,
    settle,
    with_part,
    write_message,
)
from realtime_rx.reducer.reminding import is_pictures, is_restored
from realtime_rx.reducer.tools import call_when_ready
from realtime_rx.state import Message, SessionState


def item_added(state: SessionState, event: ItemAdded) -> Step:
    item = event.item
    state = recognised(state, item)
    if is_restored(state, item):
        return state, ()
    if is_pictures(item):
        return hide(state, item.id, event.previous_item_id), ()
    if item.type == "function_call_output":
        state, effects = output_echoed(state, item)
        return hide(state, item.id, event.previous_item_id), effects
    if item.type == "other":
        return hide(state, item.id, event.previous_item_id), ()
    state = upsert(adopt(state, item), item, at=event.at)
    return (place(state, item.id, event.previous_item_id) if event.placed else state), ()


def item_done(state: SessionState, event: ItemDone | ItemRetrieved) -> Step:
    item = event.item
    if is_restored(state, item) or is_pictures(item):
        return state, ()
    if item.type == "function_call_output":
        return output_echoed(state, item)
    if item.type == "other":
        return state, ()
    return finish(upsert(adopt(state, item), item, at=event.at), item), ()


def output_item_added(state: SessionState, event: OutputItemAdded) -> Step:
    if event.item.type != "message" and event.item.type != "function_call":
        return state, ()
    return upsert(state, event.item, at=event.at, response_id=event.response_id), ()


def output_item_done(state: SessionState, event: OutputItemDone) -> Step:
    item = event.item
    if item.type != "message" and item.type != "function_call":
        return state, ()
    state = finish(upsert(state, item, at=event.at, response_id=event.response_id), item)
    return call_when_ready(state, item, event.response_id)


def item_deleted(state: SessionState, event: ItemDeleted) -> Step:
    position = state.messages.find(event.item_id)
    if position < 0:
        return state, ()
    state = replace(state, messages=state.messages.remove(position))
    return forget(state, lambda call: call.item_id == event.item_id)


def item_truncated(state: SessionState, event: ItemTruncated) -> Step:
    """The listener heard only so much. The transcript stays: it is what was said, ``heard`` what was heard of it."""

    def heard(message: Message) -> Message:
        position = part_at(message.parts, event.content_index)
        part = message.parts[position] if position >= 0 else None
        if not isinstance(part, AudioPart):
            return message
        heard_ms = part.heard_ms if event.audio_end_ms is None else event.audio_end_ms
        words = part.heard if event.heard is None else event.heard
        return replace(with_part(message, replace(part, heard_ms=heard_ms, heard=words)), interrupted=True)

    return edit_message(state, event.item_id, heard), ()


def upsert(state: SessionState, item: Item, *, at: float, response_id: str | None = None) -> SessionState:
    """The state with the item's message in it, holding at least what the item holds."""
    role = item.role or ("assistant" if response_id is not None or item.type == "function_call" else "user")

    def described(message: Message) -> Message:
        for part in item.parts:
            position = part_at(message.parts, part.content_index)
            old = message.parts[position] if position >= 0 else None
            message = with_part(message, merge_part(old, part))
        if response_id is not None and message.response_id is None:
            message = replace(message, response_id=response_id)
        if item.status is not None and item.status != message.status and message.status == "in_progress":
            message = replace(message, status=item.status)
        return message

    return write_message(state, item.id, described, role=role, at=at, response_id=response_id)


def finish(state: SessionState, item: Item) -> SessionState:
    """The state with the item's message settled."""
    status = item.status if item.status not in (None, "in_progress") else "completed"
    return edit_message(state, item.id, lambda message: settle(message, status))


def adopt(state: SessionState, item: Item) -> SessionState:
    """A message that we showed before the provider knew it is the same message when the provider echoes it.

    Its id says so; a provider that ignores our ids says so by the same words.
    """
    waiting = state.flow.optimistic
    if not waiting:
        return state
    ours = item.id if item.id in waiting else _twin(state, item)
    if ours is None:
        return state
    flow = replace(state.flow, optimistic=tuple(each for each in waiting if each != ours))
    position = state.messages.find(ours)
    if position < 0 or ours == item.id:
        return replace(state, flow=flow)
    return renamed(replace(state, flow=flow), position, item.id)


def renamed(state: SessionState, position: int, item_id: str) -> SessionState:
    """The state with a message under the id that the provider gives it."""
    message, flow = state.messages[position], state.flow
    named = {message.id: item_id}
    hidden = tuple((named.get(item, item), named.get(behind, behind)) for item, behind in flow.hidden)
    anchor = item_id if flow.anchor == message.id else flow.anchor
    messages = state.messages.set(position, replace(message, id=item_id))
    return replace(state, flow=replace(flow, anchor=anchor, hidden=hidden), messages=messages)


def recognised(state: SessionState, item: Item) -> SessionState:
    """A provider that gives ids of its own says again what we told it, in order: those are the same messages."""
    waiting = tuple(each for each in state.flow.retold if state.messages.find(each) >= 0)
    if not waiting or item.type not in ("message", "function_call") or state.messages.find(item.id) >= 0:
        return state
    position = state.messages.find(waiting[0])
    if not is_same_kind(state.messages[position], item):
        return state
    flow = replace(state.flow, retold=waiting[1:], restored=state.flow.restored | {item.id})
    return renamed(replace(state, flow=flow), position, item.id)


def is_same_kind(message: Message, item: Item) -> bool:
    """What was typed meanwhile is said in between."""
    is_call = any(isinstance(part, ToolPart) for part in message.parts)
    return is_call == (item.type == "function_call") and item.role in (None, message.role)


def _twin(state: SessionState, item: Item) -> str | None:
    if state.messages.find(item.id) >= 0:
        return None
    words = Message(id=item.id, role="user", parts=item.parts).text
    for each in state.flow.optimistic:
        message = state.messages.get(each)
        if message is not None and message.role == item.role and words and message.text == words:
            return each
    return None


def output_echoed(state: SessionState, item: Item) -> Step:
    """An output that stands in the conversation answers its call, whoever gave it; ours is known already."""
    output = item.parts[0] if item.parts else None
    if not isinstance(output, ToolPart):
        return state, ()
    found = find_call(state, output.tool_call_id)
    if found is None or found[1].is_settled:
        return state, ()
    message_id, part = found
    settled = replace(part, state="output-available", output=output.output, preliminary=False)
    state = edit_message(state, message_id, lambda message: with_part(message, settled))
    return forget(state, lambda call: call.call_id == output.tool_call_id)
