"""Connections that take the place of one that was lost, and how they learn what was said before."""

from __future__ import annotations

from typing import assert_never

from msgspec import UnsetType
from msgspec.structs import replace

from realtime_rx.effects import Effect, FlushPlayback, Notify, OpenTransport, Send, StartTimer
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    GoAway,
    RestartRequested,
    TimerFired,
    UpdateSession,
)
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.reducer.clocks import idle, stalled
from realtime_rx.reducer.edits import Step, edit_message
from realtime_rx.reducer.endings import given_up, unfinished, with_calls_made
from realtime_rx.reducer.microphone import turn_due
from realtime_rx.reducer.playback import heard_to
from realtime_rx.reducer.reminding import remind
from realtime_rx.reducer.requests import GONE, release
from realtime_rx.reducer.resumption import awaits_handle, goes_on
from realtime_rx.reducer.settings import unconfirmed
from realtime_rx.reducer.wanted import in_doubt, wanted_again
from realtime_rx.state import Flow, SessionState, Status

# What no second dial mends: a wrong key, a wrong address, a wrong set-up, a protocol that the other side refuses.
FINAL = frozenset(
    {"configuration", "missing_key", "unknown_provider", "protocol_error"}
    | {f"http_{status}" for status in (400, 401, 403, 404, 405, 410, 426)}
    | {f"close_{code}" for code in (1002, 1003, 1007, 1008, 4000)}
)


def lost(state: SessionState, error: RealtimeErrorInfo, at: float) -> tuple[SessionState, tuple[Effect, ...]] | None:
    """A connection that was lost, or could not be made: the next dial, or None where there is none."""
    flow = state.flow
    refused = flow.resuming is not None and state.status != "connected"
    if refused:  # maybe that is what was wrong
        state = replace(state, resumption=None)
    failed = failed_dials(state, at)
    mendable = state.status != "connecting" and error.code not in FINAL and may_try_again(state, failed)
    if (refused and state.reconnect.attempts) or mendable:
        return redial(state, failed + 1, at, because=error)
    if state.provider + 1 < len(state.providers):
        return redial(state, 0, at, because=error, over=True)
    return None


def failed_dials(state: SessionState, at: float) -> int:
    """How many dials have failed in a row; one whose connection lived long enough has not."""
    return 0 if is_steady(state, at) else state.flow.attempt


def is_steady(state: SessionState, at: float) -> bool:
    greeted_at = state.flow.greeted_at
    return bool(greeted_at) and at - greeted_at >= state.reconnect.steady_s


def may_try_again(state: SessionState, failed: int) -> bool:
    return failed < state.reconnect.attempts and state.reconnects < state.reconnect.lifetime


def handed_over(state: SessionState) -> SessionState:
    """The state with its next provider, which knows nothing of the one before it."""
    number = state.provider + 1
    capabilities = state.providers[number].capabilities
    return replace(state, provider=number, capabilities=capabilities, resumption=None, session={}, session_id=None)


def redial(
    state: SessionState, attempt: int, at: float, *, because: RealtimeErrorInfo | None = None, over: bool = False
) -> Step:
    """A new connection in the place of the one that there is, or was; ``over``: to the next provider."""
    status: Status = "connecting" if state.status == "connecting" else "reconnecting"
    told: tuple[Effect, ...] = ()
    if because is not None:
        because = replace(because, fatal=False)
        told = (Notify(because),)
    state, quiet = let_go(state, at)
    state = handed_over(state) if over else state
    state, dialled = dial(replace(state, error=because), status, attempt)
    return state, (*quiet, *told, *dialled)


def dial(state: SessionState, status: Status, attempt: int = 0) -> Step:
    """Open a connection and have the settings ready to go out first. What is said meanwhile waits for its greeting."""
    can, config = state.capabilities, state.config
    connection = state.connection + 1
    resume = state.resumption if can.resumption != "none" else None
    flow = state.flow
    anchor = state.messages[-1].id if state.messages else None
    restoring = status == "reconnecting" or bool(state.messages) or flow.restoring
    state = replace(
        state,
        status=status,
        connection=connection,
        stalled=False,
        input_format=asked_format(config.input_format, can.input_formats),
        output_format=asked_format(config.output_format, can.output_formats),
        flow=replace(flow, anchor=anchor, attempt=attempt, restoring=restoring, resuming=resume),
    )
    opened = OpenTransport(connection, resume, attempt, state.provider)
    return state, (opened, Send(UpdateSession(config, resume)))


def asked_format(asked: AudioFormat | UnsetType, spoken: tuple[AudioFormat, ...]) -> AudioFormat:
    """What the sound is written in until the provider says otherwise: as asked, or as the provider likes best."""
    if isinstance(asked, AudioFormat) and (asked in spoken or not spoken):
        return asked
    return spoken[0] if spoken else PCM16_24K


def let_go(state: SessionState, at: float) -> Step:
    """What was under way on a connection that is gone is over; what was wanted is wanted of the next one.

    A turn that was cut is asked for again. Tools go on, and their outputs are told when somebody listens again.
    """
    state = replace(state, flow=replace(state.flow, told_at=in_doubt(state.flow, at)))
    flow, kept = state.flow, goes_on(state)
    for message_id in unfinished(state):
        state = edit_message(state, message_id, given_up)
    state = with_calls_made(state)
    unanswered = {call.response_id for call in flow.calls if not call.answered}
    calls = tuple(replace(call, response_done=True) for call in flow.calls if call.response_id in unanswered)
    carried = Flow(
        has_output=flow.has_output,
        creates=flow.creates,
        calls=calls,
        optimistic=flow.optimistic,
        held=flow.held,
        restoring=flow.restoring,
        queued=wanted_again(state),
        told_at=flow.told_at,
        covered=flow.covered if kept else None,
        playing=flow.playing if flow.response_id is None else (),
        restored=frozenset(part.item_id for part in flow.playing),
    )
    quiet: tuple[Effect, ...] = ()
    if flow.response_id is not None and state.is_playing:
        for part in flow.playing:
            if part.is_unheard:
                state = edit_message(state, part.item_id, lambda message, part=part: heard_to(message, part))
        state, quiet = replace(state, is_playing=False), (FlushPlayback(),)
    return replace(state, flow=carried, resumption=state.resumption if kept else None), quiet


def greeted(before: Status, state: SessionState, at: float) -> Step:
    """The provider speaks. One that takes a lost one's place is told what it does not know, and then what waited."""
    timers = (*renewal(state), *idling(state))
    if not state.flow.restoring:
        return replace(state, flow=replace(state.flow, greeted_at=at)), timers
    state, said = remind(state)
    held = tuple(Send(event) for event in state.flow.held)
    flow = replace(state.flow, restoring=False, held=(), greeted_at=at, told_at=None)
    flow, asked = release(flow)
    if before == "reconnecting":
        state = replace(state, reconnects=state.reconnects + 1, error=None)
    return replace(state, flow=flow), (*timers, *said, *held, *asked)


# Before the provider hangs up


def renewal(state: SessionState) -> tuple[Effect, ...]:
    """The timer for a connection that its provider does not let live for ever."""
    longest, policy = state.capabilities.max_session_s, state.reconnect
    if longest is None or not policy.attempts:
        return ()
    return (StartTimer("renew", state.connection, max(longest - policy.renew_before_s, longest / 2)),)


def idling(state: SessionState) -> tuple[Effect, ...]:
    """The timer for a session that is to be hung up when nobody says anything."""
    longest = state.watchdogs.idle_s
    return () if longest is None else (StartTimer("idle", state.connection, longest),)


def go_away(state: SessionState, event: GoAway) -> Step:
    """The provider is about to hang up: be gone before, at the first moment of silence."""
    if not state.reconnect.attempts:
        return state, ()
    state = replace(state, flow=replace(state.flow, renewing=True))
    if event.time_left_ms is None:
        return state, ()
    left_s = event.time_left_ms / 1000 - state.reconnect.deadline_s
    return state, (StartTimer("deadline", state.connection, max(0.0, left_s)),)


def timer_fired(state: SessionState, event: TimerFired) -> Step:
    if event.connection != state.connection or state.status != "connected":
        return state, ()
    match event.name:
        case "stalled":
            return stalled(state, event.at)
        case "idle":
            return idle(state, event.at)
        case "settings":
            return unconfirmed(state, event.at)
        case "turn":
            return turn_due(state)
        case "deadline":
            return renewed(state, event.at)
        case "renew":
            return renew(state)
        case _:
            assert_never(event.name)


def renew(state: SessionState) -> Step:
    """The provider will hang up: a new connection at the first moment of silence, or at the deadline."""
    left_s = state.reconnect.renew_before_s - state.reconnect.deadline_s
    state = replace(state, flow=replace(state.flow, renewing=True))
    return state, (StartTimer("deadline", state.connection, max(0.0, left_s)),)


def renewed(state: SessionState, at: float) -> Step:
    """A new connection in the place of one whose provider will hang up.

    One that has just begun counts as a failed dial: a provider that sends everybody away would else be dialled without
    end. Where no more may fail, what there is is used for as long as it lasts.
    """
    if is_steady(state, at):
        return redial(state, 0, at)
    if may_try_again(state, state.flow.attempt):
        return redial(state, state.flow.attempt + 1, at)
    return replace(state, flow=replace(state.flow, renewing=False)), ()


def restart_requested(state: SessionState, event: RestartRequested) -> Step:
    """A new connection now, with the conversation as it is; where there is none, the first one."""
    if state.status in GONE:
        return dial(replace(state, error=None), "connecting")
    return redial(state, 0, event.at)


def is_time(state: SessionState) -> bool:
    """Whether a new connection may take the place of one whose provider will hang up.

    It goes on with the session where that can be done, so a handle that knows of all that was said is waited for.
    """
    return is_quiet(state) and not awaits_handle(state)


def is_quiet(state: SessionState) -> bool:
    """Whether nobody is in the middle of anything."""
    flow = state.flow
    busy = flow.response_id is not None or flow.requested or flow.queued is not None or flow.user_speaking
    holds = state.is_capturing and state.config.is_push_to_talk  # the key is down: nobody says that they speak
    return not (busy or holds or flow.calls or state.is_playing or state.pending_user_transcript is not None)
