"""The connection and the session on it: asked for, there, lost; what the provider says of itself."""

from __future__ import annotations

from msgspec import UnsetType
from msgspec.structs import replace

from realtime_rx.effects import CloseTransport, Effect, FlushPlayback, Notify, OpenTransport, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CaptureStarted,
    CaptureStopped,
    ConnectFailed,
    ConnectRequested,
    ConversationCreated,
    DisconnectRequested,
    ErrorNoticed,
    Ping,
    PlaybackStarted,
    Pong,
    RateLimitsUpdated,
    ResumptionHandle,
    ServerError,
    SessionCreated,
    SessionUpdated,
    TransportClosed,
    UpdateSession,
    UsageUpdated,
)
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.items import AudioPart, Part, ToolPart
from realtime_rx.reducer.edits import Step, edit_message, kept, settle
from realtime_rx.reducer.playback import INPUT, cured
from realtime_rx.reducer.requests import GONE, collided, refused, release
from realtime_rx.state import Flow, Message, SessionState, Status

# What a provider says when two requests for a response crossed; older servers give no code.
ALREADY_ACTIVE = "conversation_already_has_active_response"
ALREADY_ACTIVE_TEXT = "already has an active response"
# The response was over before its cancellation arrived: what was wanted is the case.
BENIGN = frozenset({"response_cancel_not_active"})


def connect_requested(state: SessionState, event: ConnectRequested) -> Step:
    """Dial, and have the session's settings ready to go out first. Being connected already, or dialling, is enough."""
    if state.status not in GONE:
        return state, ()
    connection = state.connection + 1
    config = kept(state.config, state.config.merged(event.config))
    resume = state.resumption if state.capabilities.resumption != "none" else None
    anchor = state.messages[-1].id if state.messages else None
    state = replace(
        state,
        status="connecting",
        error=None,
        connection=connection,
        config=config,
        input_format=asked_format(config.input_format, state.capabilities.input_formats),
        output_format=asked_format(config.output_format, state.capabilities.output_formats),
        flow=Flow(anchor=anchor, has_output=state.flow.has_output),
    )
    return state, (OpenTransport(connection, resume), Send(UpdateSession(config, resume)))


def asked_format(asked: AudioFormat | UnsetType, spoken: tuple[AudioFormat, ...]) -> AudioFormat:
    """What the sound is written in until the provider says otherwise: as asked, or as the provider likes best."""
    return asked if isinstance(asked, AudioFormat) else spoken[0] if spoken else PCM16_24K


def connect_failed(state: SessionState, event: ConnectFailed) -> Step:
    return ended(state, "error", event.error) if event.connection == state.connection else (state, ())


def transport_closed(state: SessionState, event: TransportClosed) -> Step:
    return ended(state, "error", event.error) if event.connection == state.connection else (state, ())


def disconnect_requested(state: SessionState, _event: DisconnectRequested) -> Step:
    if state.status in GONE:
        return (state, ()) if state.status == "disconnected" else (replace(state, status="disconnected"), ())
    connection = state.connection
    state, effects = ended(state, "disconnected", None)
    return state, (CloseTransport(connection), *effects)


def ended(state: SessionState, status: Status, error: RealtimeErrorInfo | None) -> Step:
    """The session is over: nothing stays in flight, nothing that was said is lost."""
    if state.status in GONE:
        return state, ()
    flow = state.flow
    unanswered = (call.item_id for call in flow.calls if not call.answered)
    for unfinished in (flow.speaking_item, flow.user_item, *flow.optimistic, *unanswered):
        state = edit_message(state, unfinished, given_up)
    quiet: tuple[Effect, ...] = (FlushPlayback(),) if state.is_playing else ()
    told = (Notify(error),) if error is not None else ()
    state = replace(
        state, status=status, error=error, flow=Flow(anchor=flow.anchor, has_output=flow.has_output), is_playing=False
    )
    return state, (*quiet, *told)


def given_up(message: Message) -> Message:
    """The message when its session is over: what is missing will not come."""
    parts = tuple(given_up_part(part) for part in message.parts)
    if message.status == "completed":
        return message if parts == message.parts else replace(message, parts=parts)
    return settle(replace(message, parts=parts), "incomplete")


def given_up_part(part: Part) -> Part:
    match part:
        case AudioPart(state="streaming"):
            return replace(part, state="done")
        case ToolPart(state="input-streaming" | "input-available"):
            return replace(part, state="output-error", error="the session ended before there was an output")
        case _:
            return part


def session_described(state: SessionState, event: SessionCreated | SessionUpdated) -> Step:
    """The provider's own description is the truth about the settings."""
    return replace(
        state,
        status="connected",
        session_id=event.session_id or state.session_id,
        model=event.model or state.model,
        session=kept(state.session, event.session or state.session),
        input_format=event.input_format or state.input_format,
        output_format=event.output_format or state.output_format,
    ), ()


def conversation_created(state: SessionState, event: ConversationCreated) -> Step:
    """Where a conversation can be gone on with, its id is what that takes."""
    resumable = state.capabilities.resumption == "conversation" and event.conversation_id is not None
    resumption = event.conversation_id if resumable else state.resumption
    return replace(state, status="connected", conversation_id=event.conversation_id, resumption=resumption), ()


def resumption_handle(state: SessionState, event: ResumptionHandle) -> Step:
    """The latest handle holds; while there is none that can be resumed, the one before it still does."""
    return (replace(state, resumption=event.handle) if event.resumable and event.handle else state), ()


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
        return replace(state, flow=collided(flow)), ()
    if event.code in BENIGN:
        return state, ()
    error = RealtimeErrorInfo(
        message=event.message,
        code=event.code or event.error_type,
        param=event.param,
        client_event_id=event.client_event_id,
        at=event.at,
    )
    culprit = event.client_event_id
    if flow.requested and culprit in (None, flow.asked.event_id if flow.asked is not None else None):
        flow = refused(flow)
    if culprit in flow.optimistic:
        state = edit_message(state, culprit, lambda message: settle(message, "failed"))
        flow = replace(flow, optimistic=tuple(each for each in flow.optimistic if each != culprit))
    flow, effects = release(flow)
    return replace(state, error=kept(state.error, error), flow=flow), (Notify(error), *effects)


def error_noticed(state: SessionState, event: ErrorNoticed) -> Step:
    return (state if event.error == state.error else replace(state, error=event.error)), (Notify(event.error),)


def capture_started(state: SessionState, _event: CaptureStarted) -> Step:
    state = cured(state, INPUT)
    return (state if state.is_capturing else replace(state, is_capturing=True)), ()


def capture_stopped(state: SessionState, _event: CaptureStopped) -> Step:
    return (replace(state, is_capturing=False) if state.is_capturing else state), ()


def playback_started(state: SessionState, _event: PlaybackStarted) -> Step:
    return (state if state.is_playing else replace(state, is_playing=True)), ()
