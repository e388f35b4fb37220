"""Responses: asked for, begun, cancelled, over."""

from __future__ import annotations

from msgspec.structs import replace

from realtime_rx.config import TurnDetection
from realtime_rx.effects import Effect, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CancelRequested,
    CancelResponse,
    Interrupted,
    InterruptRequested,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    ServerEvent,
)
from realtime_rx.items import AudioPart, Item, ItemStatus, TextPart
from realtime_rx.reducer.answers import response_over, unwanted
from realtime_rx.reducer.clocks import DISCARDED
from realtime_rx.reducer.conversation import upsert
from realtime_rx.reducer.edits import Step, edit_message, kept, settle, with_flow
from realtime_rx.reducer.playback import OUTPUT, cut_off, is_of
from realtime_rx.reducer.requests import GONE, answers_speech, release, request_response, with_nothing_queued
from realtime_rx.reducer.tools import call_when_ready
from realtime_rx.state import Flow, Message, SessionState

# A response has few items, and they are the latest.
RECENT = 8
STATUS: dict[str, ItemStatus] = {"completed": "completed", "failed": "failed"}


def response_requested(state: SessionState, event: ResponseRequested) -> Step:
    if state.status in GONE or state.capabilities.responses != "requested":
        return state, ()
    flow, effects = request_response(state.flow, event.request)
    return replace(state, flow=flow), effects


def response_created(state: SessionState, event: ResponseCreated) -> Step:
    if state.flow.asked_outside and not event.in_conversation:
        outside = (*state.flow.outside, event.response_id)
        return with_flow(state, replace(state.flow, outside=outside, asked_outside=state.flow.asked_outside - 1)), ()
    state, left = superseded(state, event)
    wanted = is_wanted(state)
    state = taken(state)
    flow = replace(begun(state.flow), response_id=event.response_id)
    # Where the speaker is missing no response brings it back: that stays said.
    error = state.error if is_of(state.error, OUTPUT) else None
    state = replace(state, flow=flow, error=error)
    if wanted:
        return state, left
    state, effects = discard(state, event.response_id)
    flow, asked_for = release(state.flow)
    return replace(state, flow=flow), (*left, *effects, *asked_for)


def begun(flow: Flow) -> Flow:
    """The flow when a response begins: the one that we asked for, or one that our request may yet collide with.

    It is none of ours where the provider has not confirmed what was typed before we asked.
    """
    asked = flow.asked if flow.requested or flow.behind is not None else None
    return replace(
        flow,
        requested=False,
        asked=None if flow.abandoned else asked,
        behind=flow.behind if flow.behind in flow.optimistic else None,
        abandoned=False,
        unanswered=None,
    )


def is_wanted(state: SessionState) -> bool:
    """Whether somebody wants the response that begins now: nobody interrupted it before it had an id.

    Where it answers speech by itself, it begins with what was said since, before it sees what we asked for.
    """
    return not state.flow.abandoned or (state.flow.unanswered is not None and answers_speech(state.config))


def taken(state: SessionState) -> SessionState:
    """Who confirms nothing of what is typed has taken all of it when an answer begins."""
    typed = state.flow.optimistic
    if state.capabilities.echoes_items or not typed:
        return state
    for message_id in typed:
        state = edit_message(state, message_id, lambda message: settle(message, "completed"))
    return with_flow(state, replace(state.flow, optimistic=()))


def superseded(state: SessionState, event: ResponseCreated) -> Step:
    """A conversation has one response at a time: where another begins, the one before it was dropped without a word.

    xAI drops a reply like that when the user goes on speaking. Where nothing was said yet, nothing of it is shown.
    """
    before = state.flow.response_id
    if before is None or before == event.response_id:
        return state, ()
    for message in state.messages[-RECENT:]:
        if message.response_id == before and message.status == "in_progress":
            state = given_up(state, message)
    flow = replace(state.flow, response_id=None, speaking_item=None)
    return response_over(with_flow(state, flow), before, wanted=False)


def given_up(state: SessionState, message: Message) -> SessionState:
    """What was said, and what was heard of it, stays."""
    sounded = any(part.item_id == message.id for part in state.flow.playing)
    if message.text or sounded or any(not isinstance(part, AudioPart | TextPart) for part in message.parts):
        return edit_message(state, message.id, lambda each: settle(each, "incomplete", interrupted=True))
    return replace(state, messages=state.messages.remove(state.messages.find(message.id)))


def response_done(state: SessionState, event: ResponseDone) -> Step:
    ours, late = state.flow.response_id, event.response_id in state.flow.discarded
    active = ours == event.response_id or (ours is None and not late)
    state, effects = take_output(state, event)
    if active:
        state = silence(state, event)
    if event.usage is not None:
        state = replace(state, usage=kept(state.usage, state.usage + event.usage))
    state, told = failure(state, event)
    state, more = response_over(state, event.response_id, wanted=event.status == "completed")
    flow, released = release(state.flow)
    state = state if flow is state.flow else replace(state, flow=flow)
    return state, (*told, *effects, *more, *released)


def is_outside(flow: Flow, event: ServerEvent) -> bool:
    """Whether an event belongs to a response outside of the conversation."""
    return getattr(event, "response_id", None) in flow.outside


def outside_event(state: SessionState, event: ServerEvent) -> Step:
    """Such a response costs tokens and may fail; what it says is for whoever asked, not for the conversation."""
    if not isinstance(event, ResponseDone):
        return state, ()
    outside = tuple(each for each in state.flow.outside if each != event.response_id)
    state = with_flow(state, replace(state.flow, outside=outside))
    if event.usage is not None:
        state = replace(state, usage=kept(state.usage, state.usage + event.usage))
    return failure(state, event)


def take_output(state: SessionState, event: ResponseDone) -> tuple[SessionState, tuple[Effect, ...]]:
    """What the response says it made, whether or not we saw it being made."""
    effects: tuple[Effect, ...] = ()
    for item in event.items:
        if item.type not in ("message", "function_call"):
            continue
        state = upsert(state, item, at=event.at, response_id=event.response_id)
        status = ended(item, event)
        state = edit_message(
            state, item.id, lambda message, status=status: settle(message, status, interrupted=cut_short(event, status))
        )
        if event.status == "completed":
            state, calls = call_when_ready(state, item, event.response_id)
            effects += calls
    return state, effects


def ended(item: Item, event: ResponseDone) -> ItemStatus:
    """What became of an item, by its own word or by its response's."""
    if item.status in ("completed", "incomplete", "failed"):
        return item.status
    return STATUS.get(event.status, "incomplete")


def cut_short(event: ResponseDone, status: ItemStatus) -> bool:
    """Whether an item of that status was cut short by the end of its response."""
    return event.status == "cancelled" and status != "completed"


def silence(state: SessionState, event: ResponseDone) -> SessionState:
    """Nothing is being said any more. What we asked for is over, too, unless the provider has not come to it."""
    state = edit_message(state, state.flow.speaking_item, lambda message: over(message, event))
    flow = state.flow
    asked = flow.asked if flow.behind is not None else None
    flow = replace(flow, response_id=None, requested=False, asked=asked, abandoned=False, speaking_item=None)
    return with_flow(state, flow)


def over(message: Message, event: ResponseDone) -> Message:
    """The message that was being said when its response ended; one that was complete before is still."""
    status = "completed" if message.status == "completed" else STATUS.get(event.status, "incomplete")
    return settle(message, status, interrupted=cut_short(event, status))


def failure(state: SessionState, event: ResponseDone) -> tuple[SessionState, tuple[Effect, ...]]:
    """A failed response is an error even where no error event comes with it (a rate limit, say)."""
    if event.status != "failed":
        return state, ()
    message = event.error_message or f"the response failed ({event.reason or 'no reason given'})"
    error = RealtimeErrorInfo(message=message, code=event.error_code or event.reason or "response_failed", at=event.at)
    return replace(state, error=kept(state.error, error)), (Notify(error),)


def cancel_requested(state: SessionState, event: CancelRequested) -> Step:
    """The response is spoken until the provider ends it. No tool is run for it, and nothing is asked for after it."""
    active = state.flow.response_id
    if event.response_id is not None and event.response_id != active:
        return state, cancellation(state, event.response_id)
    flow = with_nothing_queued(state.flow)
    if active is None:
        return with_flow(state, replace(flow, abandoned=flow.abandoned or flow.requested)), ()
    flow = replace(flow, cancelled=active, calls=unwanted(flow.calls, of=active))
    return with_flow(state, flow), cancellation(state, active)


def interrupt_requested(state: SessionState, event: InterruptRequested) -> Step:
    """Be silent now. The response is cancelled by its id: a cancel without one could hit the next response.

    Tools that are at work go on, and the model is told what comes of them, but it is not asked to speak of it.
    """
    state, quiet = cut_off(state)
    flow = with_nothing_queued(state.flow)
    speaks = flow.user_speaking and not flow.committing  # what is being committed was said, and is not asked about
    state = with_flow(state, replace(flow, user_speaking=speaks, calls=unwanted(flow.calls), unanswered=None))
    if flow.response_id is not None:
        state, effects = discard(state, flow.response_id)
        return state, (*quiet, *effects)
    if flow.requested:
        return with_flow(state, replace(state.flow, abandoned=True)), quiet
    discarded = (*flow.discarded, *still_sounding(flow))[-DISCARDED:]
    return with_flow(state, replace(state.flow, discarded=discarded)), quiet


def still_sounding(flow: Flow) -> tuple[str, ...]:
    """Responses that are over, and whose sound may still be coming: some providers say all of their words first."""
    ids = (part.response_id for part in flow.playing if part.response_id is not None)
    return tuple(each for each in dict.fromkeys(ids) if each not in flow.discarded)


def barge_in(state: SessionState) -> Step:
    """The user speaks while sound is unheard. On an ordinary turn there is none, and nothing happens.

    The provider usually cancels the response by itself; our cancel names it, so it can hit no other. Where the provider
    says what is interrupted, it is left to that.
    """
    if not state.is_playing or keeps_talking(state) or state.capabilities.interruption != "speech":
        return state, ()
    state, quiet = cut_off(state)
    active = state.flow.response_id
    if active is None:
        return state, quiet
    state, effects = discard(with_flow(state, with_nothing_queued(state.flow)), active)
    return state, (*quiet, *effects)


def keeps_talking(state: SessionState) -> bool:
    """Whether this session was told not to be interrupted by speech."""
    detection = state.config.turn_detection
    return isinstance(detection, TurnDetection) and detection.interrupt_response is False


def interrupted(state: SessionState, event: Interrupted) -> Step:
    """The provider interrupted itself: what was being said stays as it is, and is not heard to its end."""
    cut = event.item_id or state.flow.speaking_item
    state = edit_message(state, cut, lambda message: settle(message, "incomplete", interrupted=True))
    return cut_off(state)


def discard(state: SessionState, response_id: str) -> Step:
    """Cancel a response and drop what still comes of it."""
    flow = state.flow
    if response_id in flow.discarded:
        return state, ()
    state = edit_message(state, flow.speaking_item, lambda message: settle(message, "incomplete", interrupted=True))
    discarded = (*flow.discarded, response_id)[-DISCARDED:]
    # What cannot be cancelled ends when something new is said, so nothing new may wait for its end.
    active = flow.response_id if state.capabilities.cancel or flow.response_id != response_id else None
    flow = replace(flow, response_id=active, discarded=discarded, speaking_item=None)
    return replace(state, flow=flow), cancellation(state, response_id)


def cancellation(state: SessionState, response_id: str) -> tuple[Effect, ...]:
    """Ask for the end of a response, by its id; some providers cannot be asked."""
    return (Send(CancelResponse(response_id)),) if state.capabilities.cancel else ()
