"""What a new connection is told of what was said before it: told as history, or said again as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from realtime_rx.effects import Effect, Send
from realtime_rx.events import CreateItem, CreateResponse, Submission
from realtime_rx.items import Item, ToolPart
from realtime_rx.reducer.edits import Step, edit_message, hide, settle
from realtime_rx.reducer.history import PICTURES, history, items_of, numbered, told_in_words
from realtime_rx.reducer.resumption import last_of
from realtime_rx.reducer.wanted import is_about_nothing, is_output, question
from realtime_rx.state import Flow, Message, PendingCall, SessionState


def remind(state: SessionState) -> Step:
    """Tell a new connection what was said, unless it goes on with the session that it was said in."""
    flow, can = state.flow, state.capabilities
    if flow.resuming is not None:
        return replace(state, restored="resumed"), ()
    sent = tuple(each for each in flow.optimistic if not waits(flow, each))
    asked = tuple(message.id for message in question(state)) if flow.queued is not None else ()
    again = tuple(each for each in said_again(state, sent, asked) if not waits(flow, each))
    items = history(state, {*sent, *asked}) if can.history else ()
    items = tuple(item for item in items if item.id not in again and not waits(flow, item.id))
    flow = replace(
        flow,
        queued=flow.queued if can.responses == "requested" and is_still_asked(state) else None,
        calls=tuple(replace(call, foreign=True) for call in flow.calls),
        held=tuple(event for event in flow.held if not is_told_with_its_call(event)),
    )
    state = remembered(replace(state, flow=flow), (item.id for item in items))
    for each in sent:
        if each not in again:
            status = "completed" if each in state.flow.restored else "failed"
            state = edit_message(state, each, lambda message, status=status: settle(message, status))
    kept = tuple(each for each in flow.optimistic if each in again or waits(flow, each))
    told = bool(items or (again and can.history))
    state = replace(state, flow=replace(state.flow, optimistic=kept), restored="replayed" if told else "nothing")
    state, said = say_again(state, again, flow.anchor)
    return state, (*(Send(CreateItem(item)) for item in items), *said)


def is_still_asked(state: SessionState) -> bool:
    """Whether what waits to be asked for is about something that the new connection can be told, or says what it is."""
    queued = state.flow.queued
    is_bare = queued is not None and replace(queued, event_id=None) == CreateResponse()
    return not (is_bare and is_about_nothing(state))


def said_again(state: SessionState, sent: tuple[str, ...], asked: tuple[str, ...]) -> tuple[str, ...]:
    """Which messages of the user are said again, as they cannot be told as history, or would not be answered there.

    ``sent`` were on their way, ``asked`` wait for their answer. A provider that answers unasked answers the last.
    """
    can = state.capabilities
    if can.responses == "none" or (can.history and can.responses == "requested"):
        return ()
    waiting = (*sent, *(asked if not can.history else asked[-1:]))
    return tuple(sorted(set(waiting), key=state.messages.find))


def ask_anew(state: SessionState, calls: Sequence[PendingCall]) -> Step:
    """Say again what calls of an earlier connection were made for, where nothing else has their outputs answered."""
    if state.flow.restoring or not calls:
        return state, ()
    asked = tuple(message.id for message in question(state, calls[0].item_id))
    return say_again(state, said_again(state, (), asked), last_of(state))


def say_again(state: SessionState, ids: tuple[str, ...], behind: str | None) -> Step:
    """Say these messages as if for the first time; who knows no history is told in the last what tools returned since.

    One whose words grow by that, or that arrived before, is known by its place when it is echoed. What the provider
    puts behind them stands ``behind`` that message.
    """
    effects: tuple[Effect, ...] = ()
    for each in ids:
        message = state.messages[state.messages.find(each)]
        items = tuple(items_of(message, state.capabilities))
        if not items:  # nobody wrote down what was spoken: no echo comes of it
            continue
        more = returned_since(state, message) if each == ids[-1] and not state.capabilities.history else ()
        if more or each not in state.flow.optimistic:
            state = remembered(confirmed(state, each), (each,))
        state = hide(state, each, behind or each)
        for item in items:
            parts = numbered((*item.parts, *map(told_in_words, more)))
            effects = (*effects, Send(CreateItem(replace(item, status=None, parts=parts))))
    if ids and state.capabilities.responses == "automatic":
        state = replace(state, flow=replace(state.flow, unanswered=ids[-1]))
    return state, effects


def confirmed(state: SessionState, message_id: str) -> SessionState:
    """The state in which nobody waits for the echo of that message."""
    if message_id not in state.flow.optimistic:
        return state
    waiting = tuple(each for each in state.flow.optimistic if each != message_id)
    state = replace(state, flow=replace(state.flow, optimistic=waiting))
    return edit_message(state, message_id, lambda message: settle(message, "completed"))


def returned_since(state: SessionState, message: Message) -> tuple[ToolPart, ...]:
    """What tools returned between this message and the user's next one."""
    calls: list[ToolPart] = []
    for position in range(state.messages.find(message.id) + 1, len(state.messages)):
        behind = state.messages[position]
        if behind.role == "user":
            break
        calls.extend(part for part in behind.parts if isinstance(part, ToolPart) and is_output(part))
    return tuple(calls)


def remembered(state: SessionState, ids: Iterable[str]) -> SessionState:
    """The state that knows the echoes of these items of earlier connections for what they are."""
    told = tuple(each for each in ids if each)
    flow = state.flow
    retold = flow.retold if state.capabilities.client_item_ids else (*flow.retold, *told)
    return replace(state, flow=replace(flow, restored=flow.restored | frozenset(told), retold=retold))


def waits(flow: Flow, item_id: str) -> bool:
    """Whether that item was said while nobody listened: then it is sent after the history, not in it."""
    said = (each for each in flow.held if isinstance(each, CreateItem) and not is_told_with_its_call(each))
    return bool(item_id) and any(each.item.id == item_id for each in said)


def is_told_with_its_call(event: Submission | CreateResponse) -> bool:
    """Whether this is a tool's output: where the history is told, the output is told with its call."""
    return isinstance(event, CreateItem) and (event.item.type == "function_call_output" or is_pictures(event.item))


def is_pictures(item: Item) -> bool:
    """Whether these are the pictures that belong to a tool's output."""
    return item.id.startswith(PICTURES) and item.type == "message"


def is_restored(state: SessionState, item: Item) -> bool:
    """Whether a provider only says again what we told it of earlier connections."""
    return bool(item.id) and item.id in state.flow.restored
