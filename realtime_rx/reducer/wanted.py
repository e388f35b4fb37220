"""Which response somebody still waits for when a connection is lost."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.config import TurnDetection
from realtime_rx.events import CreateResponse
from realtime_rx.state import SessionState


def wanted_again(state: SessionState) -> CreateResponse | None:
    """The response that somebody still waits for."""
    flow = state.flow
    if flow.queued is not None:
        return flow.queued
    if is_left_unanswered(state):
        return CreateResponse()
    if is_answered(state):
        return None
    under_way = flow.requested or (flow.response_id is not None and flow.response_id not in flow.discarded)
    if not under_way or flow.abandoned:
        return None
    return replace(flow.asked, event_id=None) if flow.asked is not None else CreateResponse()


def is_left_unanswered(state: SessionState) -> bool:
    """Whether the provider was about to answer by itself what the user said, and had begun no response."""
    detection = state.config.turn_detection
    answers = not isinstance(detection, TurnDetection) or (
        detection.type != "disabled" and detection.create_response is not False
    )
    said = state.messages.get(state.flow.unanswered) if state.flow.unanswered is not None else None
    return answers and said is not None and bool(said.text)


def is_answered(state: SessionState) -> bool:
    """Whether the response that was under way had said all of a message: it would be said twice."""
    last = state.messages[-1] if state.messages else None
    made = last is not None and last.role == "assistant" and last.response_id == state.flow.response_id is not None
    return made and last is not None and last.status == "completed" and bool(last.text)
