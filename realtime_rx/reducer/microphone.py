"""The microphone: on, off, on without a sound. What was said into it has to come to an end that the provider hears.

Who listens for the end of speech waits for the silence behind it, and a microphone that is off gives none: the turn
would stay open and the question unanswered. So silence is sent in its place, as from a muted one, at once and in one
go: a server counts the time of the sound, not its own. A server that goes on hearing somebody speak (it listens for the
end of a thought, say, for up to 8 s) is told that the turn is over, and asked for the response that it would have
begun by itself; one that cannot be told that is sent more silence, for as long as a thought may take to end.
"""

from __future__ import annotations

from math import ceil

from msgspec.structs import replace

from realtime_rx.config import TurnDetection
from realtime_rx.effects import Effect, Send, StartTimer
from realtime_rx.events import AppendAudio, CapturePaused, CaptureStarted, CaptureStopped, CommitAudio
from realtime_rx.reducer.edits import Step, with_flow
from realtime_rx.reducer.playback import INPUT, cured
from realtime_rx.state import SessionState

SILENCE_MS = 500
"""What ends a turn where nothing else was asked for: OpenAI's default, and that of most."""
MARGIN_MS = 500
LONGEST_MS = 2000
"""More at once would push sound out of a queue that holds 5 s at 24 kHz, and more than half of that at 48 kHz."""
PIECE_MS = 100
PATIENCE_S = 1.0
"""A server says that a turn is over within a fraction of that."""
ROUND_MS = 1000
"""What is sent after the first silence, once in that patience: no faster than a microphone would send it."""
ROUNDS = 6
"""With the longest silence they make the 8 s for which the end of a thought is listened for."""
COMMIT_EMPTY = "input_audio_buffer_commit_empty"


def capture_started(state: SessionState, _event: CaptureStarted) -> Step:
    state = cured(state, INPUT)
    if state.is_capturing:
        return state, ()
    return replace(state, is_capturing=True, flow=replace(state.flow, silences=0)), ()


def capture_stopped(state: SessionState, event: CaptureStopped) -> Step:
    """The microphone is off: what was being said is over."""
    if not state.is_capturing:
        return state, ()
    state = replace(state, is_capturing=False)
    return (state, ()) if event.released and state.capabilities.manual_turns else ended(state)


def capture_paused(state: SessionState, _event: CapturePaused) -> Step:
    """The microphone is on and gives no sound: its page is away. Who was speaking has stopped, as far as we know."""
    if not (state.is_capturing and (state.flow.user_speaking or state.capabilities.microphone_off)):
        return state, ()
    return more_silence(state) if state.flow.silences else ended(state)


def is_heard(state: SessionState) -> bool:
    """Whether sound goes out: to who is there, or behind the settings to who is about to be there."""
    return state.status in ("connecting", "connected")


def ended(state: SessionState) -> Step:
    """What has the provider hear that nobody speaks any more, where it is the provider who listens for that."""
    if not is_heard(state) or (state.config.is_push_to_talk and state.capabilities.manual_turns):
        return state, ()
    if state.capabilities.microphone_off:
        return state, (Send(CommitAudio(pause=True)),)
    state = with_flow(state, replace(state.flow, silences=1))
    return state, (*silence(state, first_ms(state)), StartTimer("turn", state.connection, PATIENCE_S))


def first_ms(state: SessionState) -> int:
    """As much silence as ends a turn; the most where nothing else can end it."""
    detection = state.config.turn_detection
    asked = detection.silence_duration_ms if isinstance(detection, TurnDetection) else None
    enough = (asked if isinstance(asked, int) else SILENCE_MS) + MARGIN_MS
    return min(enough, LONGEST_MS) if state.capabilities.manual_turns else LONGEST_MS


def silence(state: SessionState, milliseconds: int) -> tuple[Effect, ...]:
    """So much silence, in pieces as from a microphone."""
    piece = Send(AppendAudio(state.input_format.silence(PIECE_MS)))
    return (piece,) * ceil(milliseconds / PIECE_MS)


def more_silence(state: SessionState) -> Step:
    """A turn that silence has not ended is given another round of it; after the last one nobody is said to speak."""
    flow = state.flow
    if not is_heard(state):
        return state, ()
    if flow.silences > ROUNDS:
        return with_flow(state, replace(flow, user_speaking=False)), ()
    state = with_flow(state, replace(flow, silences=flow.silences + 1))
    return state, silence(state, ROUND_MS)


def turn_due(state: SessionState) -> Step:
    """A moment ago the microphone went off. A turn that is open still is ended by other means; at last, by us."""
    flow = state.flow
    if state.is_capturing or not flow.user_speaking:
        return with_flow(state, replace(flow, committing=False)), ()
    again = StartTimer("turn", state.connection, PATIENCE_S)
    if not state.capabilities.manual_turns:
        state, effects = more_silence(state)
        return state, (*effects, again) if effects else ()
    if flow.committing:
        return replace(state, flow=replace(flow, user_speaking=False, committing=False)), ()
    return replace(state, flow=replace(flow, committing=True)), (Send(CommitAudio()), again)
