"""The user: speaking, being understood, typing."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from realtime_rx.effects import Effect, Send
from realtime_rx.events import (
    AudioCleared,
    AudioCommitted,
    ClearAudio,
    ClearOutputAudio,
    CommitAudio,
    CreateItem,
    CreateResponse,
    EventSubmitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    SpeechStarted,
    SpeechStopped,
    Submission,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.items import AudioPart, Part
from realtime_rx.reducer import settings
from realtime_rx.reducer.edits import (
    Step,
    edit_message,
    grow_part,
    kept,
    move,
    part_at,
    place,
    with_part,
    write_message,
)
from realtime_rx.reducer.microphone import is_heard
from realtime_rx.reducer.requests import GONE, answers_speech, request_response
from realtime_rx.reducer.responses import barge_in
from realtime_rx.state import Flow, Message, SessionState

# How many sent messages wait for their echo at most: a server that never echoes must not make the state grow.
UNCONFIRMED = 32


def speech_started(state: SessionState, event: SpeechStarted) -> Step:
    before = state.flow
    said, committing = event.item_id or before.user_item, before.committing and before.user_speaking
    flow = replace(before, user_speaking=True, silences=0, user_item=said, committing=committing)
    return barge_in(replace(state, flow=flow))


def speech_stopped(state: SessionState, event: SpeechStopped) -> Step:
    return replace(state, flow=replace(state.flow, user_speaking=False)), ()


def audio_committed(state: SessionState, event: AudioCommitted) -> Step:
    """What was said takes its place at once; its words come when they are understood, maybe after the reply."""

    def opened(message: Message) -> Message:
        return with_voice(message, AudioPart(state="streaming"), 0)

    state = write_message(state, event.item_id, opened, role="user", at=event.at)
    state = place(state, event.item_id, event.previous_item_id)
    said, before = event.item_id, state.flow
    flow = replace(before, user_item=said, user_speaking=False, unanswered=said)
    if before.committing and before.user_speaking:
        flow, effects = committed(state, flow)
        return replace(state, flow=flow), effects
    return replace(state, flow=flow), ()


def committed(state: SessionState, flow: Flow) -> tuple[Flow, tuple[Effect, ...]]:
    """The turn was ended for a provider that would have answered what it had heard to its end itself."""
    flow = replace(flow, committing=False)
    if state.capabilities.responses != "requested" or not answers_speech(state.config):
        return flow, ()
    return request_response(flow, CreateResponse())


def audio_cleared(state: SessionState, _event: AudioCleared) -> Step:
    """What was being said is forgotten; words that were understood of it stay."""
    flow = state.flow
    if not flow.user_speaking:
        return state, ()
    state = edit_message(state, flow.user_item, unsaid)
    return replace(state, flow=replace(flow, user_speaking=False)), ()


def unsaid(message: Message) -> Message:
    """The message that will not be committed: no more comes for it, not even a transcript."""
    parts = tuple(
        replace(part, state="done") if isinstance(part, AudioPart) and part.state == "streaming" else part
        for part in message.parts
    )
    return message if parts == message.parts else replace(message, parts=parts, status="incomplete")


def transcription_delta(state: SessionState, event: InputTranscriptionDelta) -> Step:
    return listened(grow_part(state, event, grown_voice, "user"), event.item_id), ()


def grown_voice(old: Part | None, event: InputTranscriptionDelta) -> AudioPart | None:
    """The part with the delta added; None where it is over, or says the same as before."""
    if not isinstance(old, AudioPart):
        return AudioPart(transcript=event.delta, state="streaming", content_index=event.content_index)
    words = event.delta if event.cumulative else old.transcript + event.delta
    return None if old.state == "done" or words == old.transcript else replace(old, transcript=words)


def transcription_completed(state: SessionState, event: InputTranscriptionCompleted) -> Step:
    """The latest transcript of an item holds: some providers send several."""
    done = AudioPart(transcript=event.transcript, content_index=event.content_index)
    state = heard(state, event.item_id, lambda message: understood(message, done), event.at)
    return (state if event.usage is None else replace(state, usage=kept(state.usage, state.usage + event.usage))), ()


def transcription_failed(state: SessionState, event: InputTranscriptionFailed) -> Step:

    def failed(message: Message) -> Message:
        reason = event.message or event.code or "the transcription failed"
        return understood(message, replace(voice(message, event.content_index), state="done", error=reason))

    return heard(state, event.item_id, failed, event.at), ()


def heard(state: SessionState, item_id: str, change: Callable[[Message], Message], at: float) -> SessionState:
    """The state with a message for what was said, changed like that: a transcript can come before its item."""
    return listened(write_message(state, item_id, change, role="user", at=at), item_id)


def listened(state: SessionState, item_id: str) -> SessionState:
    """The state that knows which item the user's voice is in."""
    return state if state.flow.user_item == item_id else replace(state, flow=replace(state.flow, user_item=item_id))


def voice(message: Message, content_index: int) -> AudioPart:
    position = part_at(message.parts, content_index)
    part = message.parts[position] if position >= 0 else None
    return part if isinstance(part, AudioPart) else AudioPart(state="streaming", content_index=content_index)


def with_voice(message: Message, part: AudioPart, content_index: int) -> Message:
    """The message with that part, unless it has one there already."""
    return message if part_at(message.parts, content_index) >= 0 else with_part(message, part)


def understood(message: Message, part: AudioPart) -> Message:
    settled = with_part(message, part)
    return settled if settled.status == "completed" else replace(settled, status="completed")


def event_submitted(state: SessionState, event: EventSubmitted) -> Step:
    """A verb's event goes out as it is; what the user wrote is shown before the provider has it."""
    submitted = event.event
    watch: tuple[Effect, ...] = ()
    if isinstance(submitted, UpdateSession):
        state, watch = settings.asked(state, submitted, event.at)
    elif isinstance(submitted, CreateItem) and submitted.item.type == "message":
        state = shown(state, submitted, event.at)
    if state.flow.restoring and state.status not in GONE:
        return held_back(state, submitted), ()
    return state, () if state.status in GONE else (Send(submitted), *watch)


def held_back(state: SessionState, submitted: Submission) -> SessionState:
    """What is said while nobody listens waits, but what is about sound that was lost with its connection."""
    if isinstance(submitted, ClearOutputAudio | TruncateItem):
        return state
    if isinstance(submitted, CommitAudio | ClearAudio) and not is_heard(state):
        return state
    return replace(state, flow=replace(state.flow, held=(*state.flow.held, submitted)))


def shown(state: SessionState, submitted: CreateItem, at: float) -> SessionState:
    item = submitted.item
    if state.messages.find(item.id) >= 0:
        return state
    message = Message(id=item.id, role=item.role or "user", parts=item.parts, created_at=at)
    flow = replace(state.flow, optimistic=(*state.flow.optimistic, item.id)[-UNCONFIRMED:])
    state = replace(state, messages=state.messages.append(message), flow=flow)
    if submitted.previous_item_id == "root":
        return move(state, item.id, state.messages.find(flow.anchor or ""))
    return state if submitted.previous_item_id is None else place(state, item.id, submitted.previous_item_id)
