"""Words and sound as they stream into the parts of a message."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.effects import PlayAudio
from realtime_rx.events import (
    AudioDelta,
    ContentPartAdded,
    ContentPartDone,
    TextDelta,
    TextDone,
    TranscriptDelta,
    TranscriptDone,
)
from realtime_rx.items import AudioPart, Part, TextPart
from realtime_rx.reducer.edits import Step, edit_message, ensure_message, merge_part, part_at, with_part
from realtime_rx.state import Message, SessionState


def text_delta(state: SessionState, event: TextDelta) -> Step:
    state, message, old = open_part(state, event)
    if message is None:
        return state, ()
    if not isinstance(old, TextPart):
        new = TextPart(text=event.delta, state="streaming", content_index=event.content_index)
    elif old.state == "streaming":
        new = replace(old, text=old.text + event.delta)
    else:
        return state, ()
    return store_part(state, message, new), ()


def transcript_delta(state: SessionState, event: TranscriptDelta) -> Step:
    state, message, old = open_part(state, event)
    if message is None:
        return state, ()
    if not isinstance(old, AudioPart):
        new = AudioPart(transcript=event.delta, state="streaming", content_index=event.content_index)
    elif old.state == "streaming":
        new = replace(old, transcript=old.transcript + event.delta)
    else:
        return state, ()
    return store_part(state, message, new), ()


def text_done(state: SessionState, event: TextDone) -> Step:
    return final(state, event, TextPart(text=event.text, content_index=event.content_index)), ()


def transcript_done(state: SessionState, event: TranscriptDone) -> Step:
    return final(state, event, AudioPart(transcript=event.transcript, content_index=event.content_index)), ()


def content_part_added(state: SessionState, event: ContentPartAdded) -> Step:
    if event.part is None:
        return state, ()
    state = ensure_message(state, event.item_id, "assistant", at=event.at, response_id=event.response_id)
    part = replace(event.part, content_index=event.content_index)
    return edit_message(state, event.item_id, lambda message: described(message, opened(part))), ()


def content_part_done(state: SessionState, event: ContentPartDone) -> Step:
    return (final(state, event, replace(event.part, content_index=event.content_index)) if event.part else state), ()


def audio_delta(state: SessionState, event: AudioDelta) -> Step:
    if event.response_id is not None and event.response_id in state.flow.discarded:
        return state, ()
    sound = PlayAudio(event.item_id, event.content_index, event.response_id, event.audio, event.byte_count)
    if state.flow.speaking_item != event.item_id:
        state = replace(state, flow=replace(state.flow, speaking_item=event.item_id))
    return state, (sound,)


def open_part(
    state: SessionState, event: TextDelta | TranscriptDelta
) -> tuple[SessionState, Message | None, Part | None]:
    """The message that a delta goes to, created if need be, and the part; no message where the delta is dropped."""
    flow = state.flow
    if flow.discarded and event.response_id in flow.discarded:
        return state, None, None
    message = state.messages.get(event.item_id)
    if message is None:
        state = ensure_message(state, event.item_id, "assistant", at=event.at, response_id=event.response_id)
        message = state.messages[-1]
    if flow.speaking_item != event.item_id:
        state = replace(state, flow=replace(flow, speaking_item=event.item_id))
    position = part_at(message.parts, event.content_index)
    return state, message, message.parts[position] if position >= 0 else None


def store_part(state: SessionState, message: Message, part: Part) -> SessionState:
    messages = state.messages
    return replace(state, messages=messages.set(messages.find(message.id), with_part(message, part)))


def final(state: SessionState, event: TextDone | TranscriptDone | ContentPartDone, part: Part) -> SessionState:
    """The state with a part as its provider states it in the end."""
    state = ensure_message(state, event.item_id, "assistant", at=event.at, response_id=event.response_id)
    return edit_message(state, event.item_id, lambda message: described(message, part))


def described(message: Message, part: Part) -> Message:
    position = part_at(message.parts, part.content_index)
    old = message.parts[position] if position >= 0 else None
    return with_part(message, merge_part(old, part))


def opened(part: Part) -> Part:
    """A part that was announced is still to be filled."""
    return replace(part, state="streaming") if isinstance(part, (TextPart, AudioPart)) else part
