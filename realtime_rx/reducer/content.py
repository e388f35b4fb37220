"""Words and sound as they stream into the parts of a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec.structs import replace

from realtime_rx.effects import EndAudio, PlayAudio
from realtime_rx.events import (
    AudioDelta,
    AudioDone,
    ContentPartAdded,
    ContentPartDone,
    TextDelta,
    TextDone,
    TranscriptDelta,
    TranscriptDone,
)
from realtime_rx.items import AudioPart, Part, TextPart
from realtime_rx.reducer.edits import Step, grow_part, merge_part, part_at, with_part_at, write_message
from realtime_rx.reducer.playback import received
from realtime_rx.state import Flow, Message, SessionState

D = TypeVar("D", TextDelta, TranscriptDelta)


def grown_text(old: Part | None, event: TextDelta) -> Part | None:
    """The part with the delta added; None where the part is over."""
    if not isinstance(old, TextPart):
        return TextPart(text=event.delta, state="streaming", content_index=event.content_index)
    return replace(old, text=old.text + event.delta) if old.state == "streaming" else None


def grown_speech(old: Part | None, event: TranscriptDelta) -> Part | None:
    if not isinstance(old, AudioPart):
        return AudioPart(transcript=event.delta, state="streaming", content_index=event.content_index)
    return replace(old, transcript=old.transcript + event.delta) if old.state == "streaming" else None


def streaming(grow: Callable[[Part | None, D], Part | None]) -> Callable[[SessionState, D], Step]:
    """The case of a delta that ``grow`` adds to its part."""

    def stream(state: SessionState, event: D) -> Step:
        flow = state.flow
        if flow.discarded and event.response_id in flow.discarded:
            return state, ()
        after = grow_part(state, event, grow, "assistant", event.response_id)
        if after is state or flow.speaking_item == event.item_id:
            return after, ()
        return replace(after, flow=replace(flow, speaking_item=event.item_id)), ()

    return stream


text_delta = streaming(grown_text)
transcript_delta = streaming(grown_speech)


def text_done(state: SessionState, event: TextDone) -> Step:
    return written(state, event, TextPart(text=event.text, content_index=event.content_index)), ()


def transcript_done(state: SessionState, event: TranscriptDone) -> Step:
    return written(state, event, AudioPart(transcript=event.transcript, content_index=event.content_index)), ()


def content_part_added(state: SessionState, event: ContentPartAdded) -> Step:
    if event.part is None:
        return state, ()
    return written(state, event, opened(replace(event.part, content_index=event.content_index))), ()


def content_part_done(state: SessionState, event: ContentPartDone) -> Step:
    if event.part is None:
        return state, ()
    return written(state, event, replace(event.part, content_index=event.content_index)), ()


def audio_delta(state: SessionState, event: AudioDelta) -> Step:
    if is_unwanted(state.flow, event.response_id):
        return state, ()
    sound = PlayAudio(event.item_id, event.content_index, event.response_id, event.audio, event.byte_count)
    if state.flow.speaking_item != event.item_id and not is_over(state, event.item_id):
        state = replace(state, flow=replace(state.flow, speaking_item=event.item_id))
    return received(state, event), (sound,)


def audio_done(state: SessionState, event: AudioDone) -> Step:
    return state, () if is_unwanted(state.flow, event.response_id) else (EndAudio(event.item_id, event.content_index),)


def is_unwanted(flow: Flow, response_id: str | None) -> bool:
    """Whether nobody wants to hear more of a response."""
    return response_id is not None and (response_id == flow.muted or response_id in flow.discarded)


def is_over(state: SessionState, item_id: str) -> bool:
    """Whether an item is finished: sound that comes late for it must not open a turn that nothing would end."""
    message = state.messages.get(item_id)
    return message is not None and message.status != "in_progress"


def written(
    state: SessionState, event: TextDone | TranscriptDone | ContentPartAdded | ContentPartDone, part: Part
) -> SessionState:
    """The state with a part as its provider states it."""

    def change(message: Message) -> Message:
        return described(message, part)

    return write_message(state, event.item_id, change, role="assistant", at=event.at, response_id=event.response_id)


def described(message: Message, part: Part) -> Message:
    position = part_at(message.parts, part.content_index)
    old = message.parts[position] if position >= 0 else None
    merged = merge_part(old, part)
    return message if merged == old else with_part_at(message, position, merged)


def opened(part: Part) -> Part:
    """A part that was announced is still to be filled."""
    return replace(part, state="streaming") if isinstance(part, (TextPart, AudioPart)) else part
