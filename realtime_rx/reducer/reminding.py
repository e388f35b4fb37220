"""What a new connection is told of what was said before it."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.effects import Send
from realtime_rx.events import CreateItem, CreateResponse, Submission
from realtime_rx.items import Item
from realtime_rx.reducer.edits import Step, edit_message, settle
from realtime_rx.reducer.history import PICTURES, history
from realtime_rx.state import Flow, SessionState


def remind(state: SessionState) -> Step:
    """Tell a new connection what was said, unless it goes on with the session that it was said in."""
    flow = state.flow
    if flow.resuming is not None:
        return replace(state, restored="resumed"), ()
    items = history(state) if state.capabilities.history else ()
    told = frozenset(item.id for item in items if item.id)
    for item_id in flow.optimistic:
        if item_id in told and not waits(flow, item_id):
            state = edit_message(state, item_id, lambda message: settle(message, "completed"))
    items = tuple(item for item in items if not waits(flow, item.id))
    answered = any(map(is_output, flow.held)) and state.capabilities.continues_after_tools
    flow = replace(
        flow,
        queued=flow.queued or (CreateResponse() if answered else None),
        restored=flow.restored | frozenset(item.id for item in items if item.id),
        retold=() if state.capabilities.client_item_ids else tuple(item.id for item in items if item.id),
        optimistic=tuple(each for each in flow.optimistic if waits(flow, each)),
        calls=tuple(replace(call, foreign=True) for call in flow.calls),
        held=tuple(event for event in flow.held if not is_output(event)),
    )
    state = replace(state, flow=flow, restored="replayed" if items else "nothing")
    return state, tuple(Send(CreateItem(item)) for item in items)


def waits(flow: Flow, item_id: str) -> bool:
    """Whether that item was said while nobody listened: then it is sent after the history, not in it."""
    said = (each for each in flow.held if isinstance(each, CreateItem) and not is_output(each))
    return bool(item_id) and any(each.item.id == item_id for each in said)


def is_output(event: Submission | CreateResponse) -> bool:
    """Whether this is a tool's output: where the history is told, the output is told with its call."""
    return isinstance(event, CreateItem) and (event.item.type == "function_call_output" or is_pictures(event.item))


def is_pictures(item: Item) -> bool:
    """Whether these are the pictures that belong to a tool's output."""
    return item.id.startswith(PICTURES) and item.type == "message"


def is_restored(state: SessionState, item: Item) -> bool:
    """Whether a provider only says again what we told it of earlier connections."""
    return bool(item.id) and item.id in state.flow.restored
