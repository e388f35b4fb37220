"""The arbiter: never two responses asked for at once. What is asked for too early is asked for when it can be."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import Effect, Send
from realtime_rx.events import CreateResponse
from realtime_rx.state import Flow, Status

# Nobody is there to be asked.
GONE: tuple[Status, ...] = ("disconnected", "error")


def request_response(flow: Flow, request: CreateResponse) -> tuple[Flow, tuple[Effect, ...]]:
    """Ask for a response now, or when the active one is over. Of several that wait, the latest is asked for."""
    event_id = request.event_id or f"rx_create_{flow.creates + 1}"
    asked = replace(request, event_id=event_id)
    if flow.restoring:
        outside = request.conversation == "none"
        return (replace(flow, held=(*flow.held, request)) if outside else replace(flow, queued=request)), ()
    if request.conversation == "none":  # in nobody's way
        return replace(flow, creates=flow.creates + 1, asked_outside=flow.asked_outside + 1), (Send(asked),)
    if flow.response_id is not None or flow.requested:
        return replace(flow, queued=request), ()
    behind = flow.optimistic[-1] if flow.optimistic else None
    creates = flow.creates + 1
    flow = replace(flow, requested=True, asked=asked, behind=behind, queued=None, creates=creates, abandoned=False)
    return flow, (Send(asked),)


def release(flow: Flow) -> tuple[Flow, tuple[Effect, ...]]:
    """Ask for what was queued, where nothing is in the way any more."""
    if flow.queued is None or flow.restoring or flow.response_id is not None or flow.requested:
        return flow, ()
    return request_response(flow, flow.queued)


def refused(flow: Flow) -> Flow:
    """The flow after a request for a response was turned down."""
    return replace(flow, requested=False, asked=None, abandoned=False)


def collided(flow: Flow, culprit: str | None) -> Flow:
    """The flow after our request met a response of the provider's own: ours is asked for again after that one.

    Where nobody wants the answer any more it is not, nor where it is an older request that did.
    """
    if culprit is not None and flow.asked is not None and culprit != flow.asked.event_id:
        return flow
    ours = None if flow.abandoned else flow.asked
    again = flow.queued or (replace(ours, event_id=None) if ours is not None else None)
    return replace(refused(flow), queued=again)


def with_nothing_queued(flow: Flow) -> Flow:
    """The flow where nothing waits to be asked for, nor what may yet turn out to have met another response."""
    return replace(flow, queued=None, asked=flow.asked if flow.requested else None)


def answers_speech(config: SessionConfig) -> bool:
    """Whether the provider is to answer by itself what the user says."""
    detection = config.turn_detection
    if not isinstance(detection, TurnDetection):
        return True
    return detection.type != "disabled" and detection.create_response is not False
