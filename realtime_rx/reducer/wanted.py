"""What somebody still waits for when a connection is lost: a response, and an answer to which of their messages."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.events import CreateResponse
from realtime_rx.items import ToolPart
from realtime_rx.reducer.edits import CALL_REACH
from realtime_rx.reducer.history import written
from realtime_rx.reducer.requests import answers_speech
from realtime_rx.reducer.resumption import goes_on
from realtime_rx.state import Flow, Message, SessionState

# A tool's output that went out so shortly before a loss may not have arrived. It is kept short: an agent need not wait
# for outputs, and one that is asked again may call a tool again that has done its work.
IN_DOUBT_S = 1.5


def wanted_again(state: SessionState) -> CreateResponse | None:
    """The response that somebody still waits for.

    One that made calls which are still open goes on when they are answered, and is not asked for before.
    """
    flow = state.flow
    if flow.queued is not None:
        return flow.queued
    if is_left_unanswered(state):
        return CreateResponse()
    if is_unread(flow):
        return anew(flow)
    if is_answered(state):
        return None
    over = {*flow.discarded, flow.cancelled, *(call.response_id for call in flow.calls if not call.answered)}
    under_way = flow.requested or (flow.response_id is not None and flow.response_id not in over)
    if not under_way or flow.abandoned:
        return None
    return anew(flow)


def anew(flow: Flow) -> CreateResponse:
    """The last request, to be made once more."""
    return replace(flow.asked, event_id=None) if flow.asked is not None else CreateResponse()


def is_unread(flow: Flow) -> bool:
    """Whether the provider has answered other things only, and not come to what we asked for."""
    return flow.asked is not None and flow.behind is not None and not flow.abandoned


def is_left_unanswered(state: SessionState) -> bool:
    """Whether the provider was about to answer by itself, and had begun no response."""
    if state.capabilities.responses == "automatic" and not state.flow.restoring and is_its_turn(state):
        return True
    position = state.messages.find(state.flow.unanswered or "")
    unasked = state.capabilities.responses == "automatic" or answers_speech(state.config)
    if position < 0 or not unasked:
        return False
    behind = (state.messages[i] for i in range(position + 1, len(state.messages)))
    replied = any(message.role == "assistant" for message in behind)
    # Who goes on with the session heard it, in words or not.
    return not replied and (bool(state.messages[position].text) or goes_on(state))


def is_its_turn(state: SessionState) -> bool:
    """Whether a provider that is asked for nothing was told something of late that it has not answered."""
    last = state.messages[-1] if state.messages else None
    told = last is not None and any(is_output(part) for part in last.parts) and state.flow.told_at is not None
    return bool(state.flow.optimistic) or (told and not state.flow.calls)


def in_doubt(flow: Flow, at: float) -> float | None:
    """When a tool's output last went out, where it may not have arrived by the loss ``at``, or waits to be told."""
    told_at = flow.told_at
    return told_at if told_at is not None and (flow.restoring or at - told_at < IN_DOUBT_S) else None


def is_output(part: object) -> bool:
    """Whether this is a call of ours with its output."""
    return isinstance(part, ToolPart) and part.is_settled and not part.provider_executed


def is_answered(state: SessionState) -> bool:
    """Whether the response that was under way had said all of a message: it would be said twice."""
    last = state.messages[-1] if state.messages else None
    made = last is not None and last.role == "assistant" and last.response_id == state.flow.response_id is not None
    return made and last is not None and last.status == "completed" and bool(last.text)


def is_about_nothing(state: SessionState, before: str | None = None) -> bool:
    """Whether a new connection cannot know what a response would be about: speech that nobody wrote down, and no more.

    What tools returned since is something to speak of, where it can be told as history.
    """
    asked = question(state, before)
    if not asked or any(written(part) is not None for message in asked for part in message.parts):
        return False
    since = (state.messages[i] for i in range(state.messages.find(asked[0].id), len(state.messages)))
    return not (state.capabilities.history and any(is_output(part) for message in since for part in message.parts))


def end_of_turn(state: SessionState, call: str) -> int:
    """The place of that call, or of what an agent that need not wait for its output said behind it before the loss."""
    position, lost = state.messages.find(call), state.messages.find(state.flow.anchor or "")
    if position < 0 or state.capabilities.responses != "automatic":
        return position
    while position < lost and state.messages[position + 1].role != "user":
        position += 1
    return position


def question(state: SessionState, before: str | None = None) -> tuple[Message, ...]:
    """The latest messages of the user that no words have answered, oldest first; those ``before`` a call, if named.

    What a response said beside its call is no answer, as it goes on from the output. An agent that answers unasked need
    not: there it is one, and so is a call whose output has arrived.
    """
    unasked = state.capabilities.responses == "automatic"
    arrived = unasked and before is None and state.flow.told_at is None
    end = len(state.messages) - 1 if before is None else end_of_turn(state, before)
    asked: list[Message] = []
    calling: set[str | None] = set()
    for position in range(end, max(-1, end - CALL_REACH), -1):
        message = state.messages[position]
        calls = [part for part in message.parts if isinstance(part, ToolPart)]
        if message.role == "user" and message.status != "failed":
            asked.append(message)
        elif calls and asked and not calls[0].is_settled:
            break  # it is answered when the call is
        elif calls and arrived and calls[0].is_settled:
            break
        elif calls:
            calling.update(() if unasked else (message.response_id,))
        elif message.text and message.status == "completed" and message.response_id not in calling:
            break
    return tuple(reversed(asked))
