"""The connection and the session on it: asked for, there, lost; what the provider says of itself."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.effects import CloseTransport, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    ConnectFailed,
    ConnectRequested,
    ConversationCreated,
    DisconnectRequested,
    ErrorNoticed,
    Ping,
    PlaybackStarted,
    Pong,
    RateLimitsUpdated,
    ServerError,
    TransportClosed,
    UsageUpdated,
)
from realtime_rx.reducer import settings
from realtime_rx.reducer.edits import Step, edit_message, kept, settle, with_flow
from realtime_rx.reducer.endings import ended
from realtime_rx.reducer.microphone import COMMIT_EMPTY
from realtime_rx.reducer.reconnection import dial, lost
from realtime_rx.reducer.requests import GONE, collided, refused, release
from realtime_rx.state import SessionState

# What a provider says when two requests for a response crossed; older servers give no code.
ALREADY_ACTIVE = "conversation_already_has_active_response"
ALREADY_ACTIVE_TEXT = "already has an active response"
# The response was over before its cancellation arrived: what was wanted is the case. Older servers give no code.
NOT_ACTIVE = "response_cancel_not_active"
NOT_ACTIVE_TEXT = "no active response found"


def connect_requested(state: SessionState, event: ConnectRequested) -> Step:
    """Dial, and have the session's settings ready to go out first. Being connected already, or dialling, is enough."""
    if state.status not in GONE:
        return state, ()
    state = replace(state, error=None, config=kept(state.config, state.config.merged(event.config)))
    return dial(state, "connecting")


def connection_over(state: SessionState, event: ConnectFailed | TransportClosed) -> Step:
    """A connection that could not be made or was lost: another one takes its place, or the session is over."""
    if event.connection != state.connection or state.status in GONE:
        return state, ()
    if state.status == "connected" and has_ended(state, event.error):
        return ended(state, "disconnected", None)
    again = None if event.final else lost(state, event.error, event.at)
    return again or ended(state, "error", event.error)


def has_ended(state: SessionState, error: RealtimeErrorInfo) -> bool:
    """Whether the provider hung up because the conversation is over."""
    return error.code in {f"close_{code}" for code in state.capabilities.final_closes}


def disconnect_requested(state: SessionState, _event: DisconnectRequested) -> Step:
    if state.status in GONE:
        return (state, ()) if state.status == "disconnected" else (replace(state, status="disconnected"), ())
    connection = state.connection
    state, effects = ended(state, "disconnected", None)
    return state, (CloseTransport(connection), *effects)


def conversation_created(state: SessionState, event: ConversationCreated) -> Step:
    """Where a conversation can be gone on with, its id is what that takes."""
    resumable = state.capabilities.resumption == "conversation" and event.conversation_id is not None
    resumption = event.conversation_id if resumable else state.resumption
    return replace(state, status="connected", conversation_id=event.conversation_id, resumption=resumption), ()


def pinged(state: SessionState, event: Ping) -> Step:
    return state, (Send(Pong(event.ping_id)),)


def rate_limits_updated(state: SessionState, event: RateLimitsUpdated) -> Step:
    return replace(state, rate_limits=kept(state.rate_limits, event.rate_limits)), ()


def usage_updated(state: SessionState, event: UsageUpdated) -> Step:
    usage = event.usage if event.cumulative else state.usage + event.usage
    return replace(state, usage=kept(state.usage, usage)), ()


def server_error(state: SessionState, event: ServerError) -> Step:
    """An error that the session survives. It ends what it is about, so that nothing waits for ever."""
    flow = state.flow
    if event.code == ALREADY_ACTIVE or ALREADY_ACTIVE_TEXT in event.message:
        return with_flow(state, collided(flow, event.client_event_id)), ()
    if event.code == NOT_ACTIVE or NOT_ACTIVE_TEXT in event.message:
        return state, ()
    if event.code == COMMIT_EMPTY and flow.committing:  # the turn had ended by itself
        return state, ()
    error = RealtimeErrorInfo(
        message=event.message,
        code=event.code or event.error_type,
        param=event.param,
        client_event_id=event.client_event_id,
        at=event.at,
    )
    culprit = event.client_event_id
    state = settings.refused(state, culprit)
    flow = state.flow
    if flow.requested and culprit in (None, flow.asked.event_id if flow.asked is not None else None):
        flow = refused(flow)
    if culprit in flow.optimistic:
        state = edit_message(state, culprit, lambda message: settle(message, "failed"))
        flow = replace(flow, optimistic=tuple(each for each in flow.optimistic if each != culprit))
    flow, effects = release(flow)
    return replace(state, error=kept(state.error, error), flow=flow), (Notify(error), *effects)


def error_noticed(state: SessionState, event: ErrorNoticed) -> Step:
    return (state if event.error == state.error else replace(state, error=event.error)), (Notify(event.error),)


def playback_started(state: SessionState, _event: PlaybackStarted) -> Step:
    return (state if state.is_playing else replace(state, is_playing=True)), ()
