"""What holds after any history of events, in any order."""

import functools

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.events import Event
from realtime_rx.events.base import LocalEvent
from realtime_rx.reducer import reduce
from realtime_rx.selectors import pending_tool_calls, to_ui_messages, transcript
from realtime_rx.state import SessionState
from realtime_rx.store import Store

from ..strategies import histories

# What readers watch. ``flow`` is the reducer's own, and numbers and texts are compared by value.
SLICES = ("messages", "error", "usage", "rate_limits", "session", "config")


@given(histories())
def test_nothing_ever_raises(history: list[Event]) -> None:
    """No event raises in any state, and every selector can look at every state."""
    state = SessionState.initial(max_events=5)
    for event in history:
        state, _ = reduce(state, event)
        assert len(to_ui_messages(state)) <= len(state.messages)
        assert len(transcript(state)) <= len(state.messages)
        assert len(pending_tool_calls(state)) <= len(state.flow.calls)
        assert len(state.events) <= 5


@given(histories())
def test_reducing_is_deterministic(history: list[Event]) -> None:
    """The same event in an equal state, read back from JSON, gives an equal state and equal effects."""
    state = SessionState()
    for event in history:
        again = SessionState.from_json(state.to_json())
        assert again == state
        assert reduce(again, event) == reduce(state, event)
        state, _ = reduce(state, event)


@given(histories())
def test_unchanged_is_the_same_object(history: list[Event]) -> None:
    """A slice that is equal after an event is the same object, and so is each message, and the whole state."""
    state = SessionState()
    for event in history:
        after, _ = reduce(state, event)
        for name in SLICES:
            old, new = getattr(state, name), getattr(after, name)
            assert new is old or new != old, name
        before = {id(message) for message in state.messages}
        known = {message.id: message for message in state.messages}
        for message in after.messages:
            assert id(message) in before or known.get(message.id) != message
        if isinstance(event, LocalEvent):
            assert after is state or after != state
        state = after


@given(histories(), st.integers(0, 60))
def test_the_live_store_is_the_fold(history: list[Event], late: int) -> None:
    """A store that was given a history has the folded state, and so has its last subscriber."""
    store = Store(SessionState())
    seen: list[SessionState] = []
    for number, event in enumerate(history):
        if number == late:
            store.states.subscribe(seen.append)
        store.dispatch(event)
    folded = functools.reduce(lambda state, event: reduce(state, event)[0], history, SessionState())
    assert store.state == folded
    assert seen[-1:] in ([], [folded])


@given(histories())
def test_each_message_is_there_once(history: list[Event]) -> None:
    """No two messages have one id, each is found by its id, and the parts of each are in order."""
    state = SessionState()
    for event in history:
        state, _ = reduce(state, event)
    ids = [message.id for message in state.messages]
    assert len(ids) == len(set(ids))
    assert [state.messages.find(each) for each in ids] == list(range(len(ids)))
    for message in state.messages:
        indexes = [part.content_index for part in message.parts]
        assert indexes == sorted(set(indexes))
