"""``reduce(state, event) -> (state, effects)``: all that an event changes, and all that shall be done about it.

The rules: synchronous, total, deterministic. No clock, no ids, no I/O: time and ids arrive in the event. One small case
reducer for each kind of event, in one table; an event whose case changes nothing gives the same state back. A server
event is also remembered in the ring, without its sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.effects import Effect
from realtime_rx.events import AudioDelta, ServerEvent
from realtime_rx.reducer import (
    answers,
    approvals,
    connection,
    content,
    conversation,
    microphone,
    playback,
    reconnection,
    responses,
    resumption,
    settings,
    tools,
    user,
)
from realtime_rx.reducer.clocks import clocked, is_timed
from realtime_rx.reducer.edits import Step, unchanged
from realtime_rx.state import Flow, Mode, SessionState

__all__ = ["CASES", "reduce"]

CASES: dict[type[ev.Event], Callable[[SessionState, Any], Step]] = {
    # the session
    ev.SessionCreated: settings.session_described,
    ev.SessionUpdated: settings.session_described,
    ev.ConversationCreated: connection.conversation_created,
    ev.RateLimitsUpdated: connection.rate_limits_updated,
    ev.UsageUpdated: connection.usage_updated,
    ev.ServerError: connection.server_error,
    ev.GoAway: reconnection.go_away,
    ev.ResumptionHandle: resumption.resumption_handle,
    ev.Ping: connection.pinged,
    ev.FrameRejected: unchanged,
    ev.ProviderEvent: unchanged,
    # the user
    ev.SpeechStarted: user.speech_started,
    ev.SpeechStopped: user.speech_stopped,
    ev.AudioCommitted: user.audio_committed,
    ev.AudioCleared: user.audio_cleared,
    ev.InputTimeout: unchanged,
    ev.DtmfReceived: unchanged,
    ev.InputTranscriptionDelta: user.transcription_delta,
    ev.InputTranscriptionCompleted: user.transcription_completed,
    ev.InputTranscriptionFailed: user.transcription_failed,
    ev.InputTranscriptionSegment: unchanged,
    # the conversation
    ev.ItemAdded: conversation.item_added,
    ev.ItemDone: conversation.item_done,
    ev.ItemRetrieved: conversation.item_done,
    ev.ItemDeleted: conversation.item_deleted,
    ev.ItemTruncated: conversation.item_truncated,
    # responses
    ev.ResponseCreated: responses.response_created,
    ev.ResponseDone: responses.response_done,
    ev.Interrupted: responses.interrupted,
    ev.OutputItemAdded: conversation.output_item_added,
    ev.OutputItemDone: conversation.output_item_done,
    ev.ContentPartAdded: content.content_part_added,
    ev.ContentPartDone: content.content_part_done,
    ev.TextDelta: content.text_delta,
    ev.TextDone: content.text_done,
    ev.TranscriptDelta: content.transcript_delta,
    ev.TranscriptDone: content.transcript_done,
    ev.AudioDelta: content.audio_delta,
    ev.AudioDone: content.audio_done,
    ev.OutputAudioStarted: unchanged,
    ev.OutputAudioStopped: unchanged,
    ev.OutputAudioCleared: unchanged,
    # tools
    ev.ToolArgumentsDelta: tools.arguments_delta,
    ev.ToolArgumentsDone: tools.arguments_done,
    ev.ToolCallsCancelled: answers.calls_cancelled,
    ev.McpToolsProgress: unchanged,
    ev.McpCallProgress: tools.mcp_call_progress,
    # our side
    ev.ConnectRequested: connection.connect_requested,
    ev.TransportOpened: unchanged,
    ev.ConnectFailed: connection.connection_over,
    ev.TransportClosed: connection.connection_over,
    ev.RestartRequested: reconnection.restart_requested,
    ev.TimerFired: reconnection.timer_fired,
    ev.DisconnectRequested: connection.disconnect_requested,
    ev.ErrorNoticed: connection.error_noticed,
    ev.EventSubmitted: user.event_submitted,
    ev.ResponseRequested: responses.response_requested,
    ev.CancelRequested: responses.cancel_requested,
    ev.InterruptRequested: responses.interrupt_requested,
    ev.ToolsOffered: settings.tools_offered,
    ev.ToolStarted: answers.tool_started,
    ev.ToolProgressed: answers.tool_progressed,
    ev.ToolReturned: answers.tool_returned,
    ev.ToolFailed: answers.tool_failed,
    ev.ToolApprovalRequested: approvals.approval_requested,
    ev.ToolApproved: approvals.approved,
    ev.ToolRejected: approvals.rejected,
    ev.CaptureStarted: microphone.capture_started,
    ev.CapturePaused: microphone.capture_paused,
    ev.CaptureStopped: microphone.capture_stopped,
    ev.PlaybackStarted: connection.playback_started,
    ev.PlaybackStopRequested: playback.playback_stop_requested,
    ev.PlaybackDrained: playback.playback_drained,
    ev.AudioPlayed: playback.audio_played,
    ev.OutputAttached: playback.output_attached,
    ev.OutputDetached: playback.output_detached,
}


DIALLING = ("connecting", "reconnecting")
# What a server may say without letting us in.
NO_GREETING = (ev.ServerError, ev.FrameRejected, ev.ProviderEvent)


def reduce(state: SessionState, event: ev.Event) -> tuple[SessionState, tuple[Effect, ...]]:
    """The state after ``event``, and what shall be done about it.

    Returns the very same state where the event changes nothing. Never raises for any event, in any state.
    """
    after, effects = heard(state, event) if isinstance(event, ServerEvent) else CASES[type(event)](state, event)
    if after.flow.renewing and after.status == "connected" and reconnection.is_time(after):
        after, more = reconnection.renewed(after, event.at)
        effects += more
    if after is state:
        return after, effects
    if after.flow is not state.flow or is_timed(after.flow, event):
        after, more = clocked(state, after, event)
        effects += more
    mode = mode_of(after)
    return (after if mode == after.mode else replace(after, mode=mode)), effects


def heard(state: SessionState, event: ServerEvent) -> Step:
    """What comes of the model's word, which is put into the ring."""
    outside = state.flow.outside and responses.is_outside(state.flow, event)
    after, effects = (responses.outside_event if outside else CASES[type(event)])(state, event)
    events = state.events.push(replace(event, audio="") if type(event) is AudioDelta else event)
    if state.status == after.status == "connected" and not after.stalled:
        return replace(after, events=events), effects
    after = awake(replace(after, events=events), event)
    if state.status == "connected" or after.status != "connected":
        return after, effects
    after, more = reconnection.greeted(state.status, after, event.at)
    return after, (*effects, *more)


def awake(state: SessionState, event: ServerEvent) -> SessionState:
    """Whoever speaks is there, and goes on: some servers never describe the session."""
    if state.status in DIALLING and not isinstance(event, NO_GREETING):
        return replace(state, status="connected")
    return replace(state, stalled=False) if state.stalled else state


def mode_of(state: SessionState) -> Mode:
    """Who has the floor. A user who speaks is listened to, whatever else goes on."""
    if state.flow.user_speaking:
        return "listening"
    if state.is_playing or state.flow.speaking_item is not None:
        return "speaking"
    if thinking(state.flow):
        return "thinking"
    return "listening" if state.is_capturing else "idle"


def thinking(flow: Flow) -> bool:
    """Whether there will be an answer. Tools whose turn was interrupted are at work for nobody."""
    if flow.response_id is not None or flow.requested:
        return True
    return bool(flow.calls) and any(call.wanted for call in flow.calls)
