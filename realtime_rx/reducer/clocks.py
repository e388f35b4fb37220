"""How long a turn keeps one waiting, and what is done where it does not end.

Times are those at which events arrived here: they hold the network and our own queues, as the listener's do.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from realtime_rx.effects import CloseTransport, Effect, Notify, StartTimer
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    AudioDelta,
    Event,
    PlaybackDrained,
    SpeechStarted,
    SpeechStopped,
    TextDelta,
    TranscriptDelta,
)
from realtime_rx.reducer.edits import Step, edit_message, settle
from realtime_rx.reducer.endings import ended
from realtime_rx.reducer.requests import release
from realtime_rx.state import Flow, Latency, SessionState, Timing

# A timer may fire a moment early; what it finds then is not worth another one.
TOLERANCE_S = 0.05
# How many responses that nobody wants any more are remembered: late deltas come within a moment.
DISCARDED = 8


def is_waiting(flow: Flow) -> bool:
    """Whether it is the provider's turn to say something."""
    if not flow.requested and flow.response_id is None:
        return False
    return not flow.calls or all(call.answered for call in flow.calls)


def has_begun(before: Flow, flow: Flow) -> bool:
    """Whether the provider's turn has just come. Most changes are of something else."""
    if flow.response_id is before.response_id and flow.requested is before.requested and flow.calls is before.calls:
        return False
    return is_waiting(flow) and not is_waiting(before)


def is_timed(flow: Flow, event: Event) -> bool:
    """Whether this event can be the one that a turn's clock waits for, where nothing else of the flow changes."""
    timing = flow.timing
    return timing is not None and type(event) in (AFTER_TOKEN if timing.has_token else BEFORE_TOKEN)


def clocked(before: SessionState, state: SessionState, event: Event) -> Step:
    """The state with what this event says of the turn's times, and the timer for a turn that begins."""
    effects: tuple[Effect, ...] = ()
    if has_begun(before.flow, state.flow):
        state = begun(state, event.at)
        if state.watchdogs.stalled_s is not None:
            effects = (StartTimer("stalled", state.connection, state.watchdogs.stalled_s),)
    if type(event) is SpeechStarted and before.is_playing and not state.is_playing:
        state = with_timing(state, replace(timing(state), barged_at=event.at))
    measure = MEASURES.get(type(event))
    return (state if measure is None else measure(state, event.at)), effects


def timing(state: SessionState) -> Timing:
    return state.flow.timing or Timing()


def with_timing(state: SessionState, timing: Timing | None) -> SessionState:
    return replace(state, flow=replace(state.flow, timing=timing))


def begun(state: SessionState, at: float) -> SessionState:
    """A turn begins: what is measured of it is measured anew."""
    now = timing(state)
    return replace(with_timing(state, replace(now, asked_at=at, has_token=False)), latency=Latency())


def first_token(state: SessionState, at: float) -> SessionState:
    now = state.flow.timing
    if now is None or now.has_token or now.asked_at is None:
        return state
    latency = replace(state.latency, first_token_ms=since(now.asked_at, at))
    return replace(with_timing(state, replace(now, has_token=True)), latency=latency)


def first_audio(state: SessionState, at: float) -> SessionState:
    """The turn's last measure: from here on nobody waits."""
    now = state.flow.timing
    if now is None or now.asked_at is None:
        return state
    spoke = now.spoke_until
    latency = replace(
        state.latency,
        first_token_ms=state.latency.first_token_ms if now.has_token else since(now.asked_at, at),
        first_audio_ms=since(now.asked_at, at),
        speech_to_audio_ms=since(spoke, at) if spoke is not None else None,
    )
    left = Timing(barged_at=now.barged_at) if now.barged_at is not None else None
    return replace(with_timing(state, left), latency=latency)


def stopped_speaking(state: SessionState, at: float) -> SessionState:
    return with_timing(state, replace(timing(state), spoke_until=at))


def silent(state: SessionState, at: float) -> SessionState:
    now = state.flow.timing
    if now is None or now.barged_at is None:
        return state
    state = replace(state, latency=replace(state.latency, barge_in_ms=since(now.barged_at, at)))
    return with_timing(state, replace(now, barged_at=None))


MEASURES: dict[type[Event], Callable[[SessionState, float], SessionState]] = {
    SpeechStopped: stopped_speaking,
    TextDelta: first_token,
    TranscriptDelta: first_token,
    AudioDelta: first_audio,
    PlaybackDrained: silent,
}
AFTER_TOKEN = frozenset({AudioDelta, PlaybackDrained})
BEFORE_TOKEN = AFTER_TOKEN | {TextDelta, TranscriptDelta}


def since(start: float, at: float) -> float:
    """Milliseconds."""
    return max(0.0, 1000.0 * (at - start))


# Watchdogs


def stalled(state: SessionState, at: float) -> Step:
    """Nothing came for a while, or it was not so long: then look again when it would have been."""
    longest, given_up_s = state.watchdogs.stalled_s, state.watchdogs.given_up_s
    if longest is None or not is_waiting(state.flow):
        return state, ()
    quiet_s = at - last_heard(state)
    if given_up_s is not None and quiet_s >= given_up_s - TOLERANCE_S:
        return give_up(state, quiet_s, at)
    if quiet_s < longest - TOLERANCE_S:
        return state, (StartTimer("stalled", state.connection, longest - quiet_s),)
    again = () if given_up_s is None else (StartTimer("stalled", state.connection, given_up_s - quiet_s),)
    return (state if state.stalled else replace(state, stalled=True)), again


def last_heard(state: SessionState) -> float:
    """When the provider last said anything, or was asked for something."""
    asked_at = state.flow.timing.asked_at if state.flow.timing is not None else None
    return max(state.events[-1].at if state.events else 0.0, asked_at or 0.0)


def give_up(state: SessionState, quiet_s: float, at: float) -> Step:
    """The response will not come: nobody waits for it any more, and what waited for its end goes on."""
    message = f"nothing came of the response for {quiet_s:.0f} s: it was given up"
    error = RealtimeErrorInfo(message=message, code="response_timeout", at=at)
    state = edit_message(state, state.flow.speaking_item, lambda message: settle(message, "incomplete"))
    flow, effects = release(without_response(state.flow))
    return replace(state, flow=flow, stalled=False, error=error), (Notify(error), *effects)


def without_response(flow: Flow) -> Flow:
    """The flow when the active response is nobody's concern any more; what still comes of it is dropped."""
    given_up = (flow.response_id,) if flow.response_id is not None else ()
    return replace(
        flow,
        response_id=None,
        requested=False,
        asked=None,
        abandoned=False,
        speaking_item=None,
        timing=None,
        discarded=(*flow.discarded, *given_up)[-DISCARDED:],
    )


def idle(state: SessionState, at: float) -> Step:
    """Nobody said anything: hang up, or look again when it would have been long enough."""
    longest = state.watchdogs.idle_s
    if longest is None:
        return state, ()
    quiet_s = at - max(last_heard(state), state.flow.greeted_at)
    if quiet_s < longest - TOLERANCE_S or is_waiting(state.flow) or state.flow.calls:
        return state, (StartTimer("idle", state.connection, max(longest - quiet_s, TOLERANCE_S)),)
    error = RealtimeErrorInfo(message=f"nobody said anything for {quiet_s:.0f} s", code="idle", fatal=True, at=at)
    connection = state.connection
    state, effects = ended(state, "disconnected", error)
    return state, (CloseTransport(connection), *effects)
