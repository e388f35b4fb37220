"""The microphone: on, off, on without a sound. What was said into it has to come to an end that the provider hears.

Who listens for the end of speech waits for the silence behind it, and a microphone that is off gives none: the turn
would stay open and the question unanswered. So silence is sent in its place, as from a muted one, at once and in one
go: a server counts the time of the sound, not its own. A server that goes on hearing somebody speak (it listens for the
end of a thought, say, for up to 8 s) is told that the turn is over, and asked for the response that it would have
begun by itself; one that cannot be told that is sent more silence.
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
COMMIT_EMPTY = "input_audio_buffer_commit_empty"


def capture_started(state: SessionState, _event: CaptureStarted) -> Step:
    state = cured(state, INPUT)
    return (state if state.is_capturing else replace(state, is_capturing=True)), ()


def capture_stopped(state: SessionState, event: CaptureStopped) -> Step:
    """The microphone is off: what was being said is over."""
    if not state.is_capturing:
        return state, ()
    return replace(state, is_capturing=False), () if event.released else ended(state)


def capture_paused(state: SessionState, _event: CapturePaused) -> Step:
    """The microphone is on and gives no sound: its page is away. Who was speaking has stopped, as far as we know."""
    if not (state.is_capturing and (state.flow.user_speaking or state.capabilities.microphone_off)):
        return state, ()
    return state, ended(state)


def is_heard(state: SessionState) -> bool:
    """Whether sound goes out: to who is there, or behind the settings to who is about to be there."""
    return state.status in ("connecting", "connected")


def ended(state: SessionState) -> tuple[Effect, ...]:
    """What has the provider hear that nobody speaks any more, where it is the provider who listens for that."""
    if not is_heard(state) or state.config.is_push_to_talk:
        return ()
    if state.capabilities.microphone_off:
        return (Send(CommitAudio()),)
    return (*silence(state), StartTimer("turn", state.connection, PATIENCE_S))


def silence(state: SessionState) -> tuple[Effect, ...]:
    """As much of it as ends a turn, in pieces as from a microphone; the most where nothing else can end it."""
    detection = state.config.turn_detection
    asked = detection.silence_duration_ms if isinstance(detection, TurnDetection) else None
    enough = (asked if isinstance(asked, int) else SILENCE_MS) + MARGIN_MS
    milliseconds = min(enough, LONGEST_MS) if state.capabilities.manual_turns else LONGEST_MS
    piece = Send(AppendAudio(state.input_format.silence(PIECE_MS)))
    return (piece,) * ceil(milliseconds / PIECE_MS)


def turn_due(state: SessionState) -> Step:
    """A moment ago the microphone went off. A turn that is open still is ended by other means; at last, by us."""
    flow = state.flow
    if state.is_capturing or not flow.user_speaking:
        return with_flow(state, replace(flow, committing=False)), ()
    again = StartTimer("turn", state.connection, PATIENCE_S)
    if not state.capabilities.manual_turns:
        return state, (*silence(state), again)
    if flow.committing:
        return replace(state, flow=replace(flow, user_speaking=False, committing=False)), ()
    return replace(state, flow=replace(flow, committing=True)), (Send(CommitAudio()), again)
