"""What was received, what was heard, and what an interruption makes of the difference.

The rule of truncation: the model is told, once, that a part was heard to ``min(heard, received)``, if and only if that
is more than nothing and less than all that was received. How much was heard is known when the output has fallen silent:
a device goes on with what it holds already. Parts are heard in the order in which they were given, so a report about a
later part says the same of all parts before it.
"""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.effects import Effect, FlushPlayback, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    AudioDelta,
    AudioPlayed,
    OutputAttached,
    OutputDetached,
    PlaybackDrained,
    PlaybackStopRequested,
    TruncateItem,
)
from realtime_rx.items import AudioPart
from realtime_rx.reducer.edits import Step, edit_message, kept, part_at, with_flow, with_part_at
from realtime_rx.sequences import with_item
from realtime_rx.state import Message, Playing, SessionState

INPUT, OUTPUT = "audio_input", "audio_output"
"""What an error of a device names as its ``param``."""


def output_attached(state: SessionState, _event: OutputAttached) -> Step:
    state = cured(state, OUTPUT)
    return (state if state.flow.has_output else with_flow(state, replace(state.flow, has_output=True))), ()


def cured(state: SessionState, device: str) -> SessionState:
    """The state without the error of this device, which works now."""
    return replace(state, error=None) if is_of(state.error, device) else state


def is_of(error: RealtimeErrorInfo | None, device: str) -> bool:
    return error is not None and error.code == "audio_device" and error.param == device


def output_detached(state: SessionState, event: OutputDetached) -> Step:
    """Nothing more will be heard; the conversation goes on in writing."""
    told = (Notify(event.error),) if event.error is not None else ()
    if event.error is not None:
        state = replace(state, error=kept(state.error, event.error))
    state = with_flow(state, replace(state.flow, has_output=False, playing=()))
    return (replace(state, is_playing=False) if state.is_playing else state), told


def received(state: SessionState, event: AudioDelta) -> SessionState:
    """The state with this sound on its way to the listener, where there is one who listens."""
    flow = state.flow
    if not flow.has_output:
        return state
    duration = state.output_format.milliseconds(event.byte_count)
    here = position(flow.playing, event)
    if here < 0:
        part = Playing(
            item_id=event.item_id,
            content_index=event.content_index,
            response_id=event.response_id,
            received_ms=duration,
        )
        playing = (*flow.playing, part)
    else:
        part = flow.playing[here]
        playing = with_item(flow.playing, here, replace(part, received_ms=part.received_ms + duration))
    return replace(state, flow=replace(flow, playing=playing), is_playing=True)


def position(playing: tuple[Playing, ...], event: AudioDelta | AudioPlayed) -> int:
    """The position of the part that an event is about, or -1. It is one of the last."""
    for here in range(len(playing) - 1, -1, -1):
        part = playing[here]
        if part.item_id == event.item_id and part.content_index == event.content_index:
            return here
    return -1


def audio_played(state: SessionState, event: AudioPlayed) -> Step:
    """What was heard of a part, and so: that every part before it has been heard or cut for good."""
    playing = state.flow.playing
    here = position(playing, event)
    if here < 0:
        return state, ()
    part = playing[here]
    heard = replace(part, heard_ms=max(part.heard_ms, min(event.heard_ms, part.received_ms)))
    state, effects = settle_cuts(state, playing[:here])
    rest = (heard, *playing[here + 1 :])
    return with_flow(state, replace(state.flow, playing=rest)), effects


def playback_drained(state: SessionState, _event: PlaybackDrained) -> Step:
    """Silence. What comes of a response that goes on is counted from where it stopped."""
    state, effects = settle_cuts(state, state.flow.playing)
    going_on = state.flow.response_id
    playing = tuple(each for each in state.flow.playing if not each.cut and each.response_id == going_on)
    state = with_flow(state, replace(state.flow, playing=playing if going_on is not None else ()))
    return (replace(state, is_playing=False) if state.is_playing else state), effects


def playback_stop_requested(state: SessionState, _event: PlaybackStopRequested) -> Step:
    """Silence for the rest of the response, which is written to its end."""
    playing = state.flow.playing
    muted = state.flow.response_id or (playing[-1].response_id if playing else None)
    state, effects = cut_off(state)
    return with_flow(state, replace(state.flow, muted=muted)), effects


def cut_off(state: SessionState) -> Step:
    """Be silent now: nothing of what is queued will be heard. What was heard of it is settled in a moment."""
    if not state.is_playing and state.flow.speaking_item is None:
        return state, ()
    playing = tuple(replace(each, cut=True) for each in state.flow.playing)
    state = replace(state, flow=replace(state.flow, playing=playing), is_playing=False)
    return state, (FlushPlayback(),)


def settle_cuts(state: SessionState, parts: tuple[Playing, ...]) -> Step:
    """Say of interrupted parts how much was heard, to the reader and to the model."""
    effects: tuple[Effect, ...] = ()
    for part in parts:
        if not part.cut or not part.is_unheard:
            continue
        heard_ms = int(part.heard_ms)
        state = edit_message(state, part.item_id, lambda message, part=part: heard_to(message, part))
        if heard_ms > 0 and state.capabilities.truncate and part.item_id not in state.flow.restored:
            effects += (Send(TruncateItem(part.item_id, heard_ms, part.content_index)),)
    return state, effects


def heard_to(message: Message, part: Playing) -> Message:
    """The message cut short; its words stay: they are what was said, ``heard_ms`` is what was heard."""
    position = part_at(message.parts, part.content_index)
    old = message.parts[position] if position >= 0 else None
    if isinstance(old, AudioPart):
        message = with_part_at(message, position, replace(old, heard_ms=int(part.heard_ms)))
    return message if message.interrupted else replace(message, interrupted=True)
