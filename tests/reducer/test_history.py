"""What was said, as items for a provider that has not heard it."""

from typing import Any

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.events import (
    CreateItem,
    Event,
    EventSubmitted,
    ItemAdded,
    ResponseCreated,
    ResponseRequested,
    SessionCreated,
)
from realtime_rx.items import AudioPart, ImagePart, TextPart, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.reducer.history import items_of
from realtime_rx.state import Message, SessionState

from ..folding import CONNECTED, TALKED, drop, fold, run, sent, user

ALL = Capabilities(image_input=True)


def told(state: SessionState, *events: Event) -> list[Any]:
    return sent(run(state, *events)[1])


def test_a_budget_bounds_the_history() -> None:
    """The latest messages are told, as many as the budget of tokens and turns holds."""
    state = fold(CONNECTED, *(ItemAdded(user(f"u{i}", "x" * 400)) for i in range(10)))
    for policy, count in ((ReconnectPolicy(replay_tokens=350), 3), (ReconnectPolicy(replay_turns=2), 2)):
        cut = replace(state, reconnect=policy)
        items = [e for e in told(cut, drop(cut), SessionCreated("s")) if isinstance(e, CreateItem)]
        assert [e.item.id for e in items] == [f"u{i}" for i in range(10 - count, 10)]


def test_no_budget_costs_what_is_on_its_way() -> None:
    """What was said last and has not arrived is told at any price, and so is what a response is wanted for."""
    long = [EventSubmitted(CreateItem(user(f"u{i}", "x" * 400))) for i in range(2)]
    for events in (long, [*map(confirmed, long), ResponseRequested(), ResponseCreated("r1")]):
        state = replace(fold(CONNECTED, *events), reconnect=ReconnectPolicy(replay_tokens=0))
        state, effects = run(state, drop(state), SessionCreated("s"))
        assert [e.item.id for e in sent(effects) if isinstance(e, CreateItem)] == ["u0", "u1"]
        assert [message.status for message in state.messages] == ["completed", "completed"]


def confirmed(submitted: EventSubmitted) -> ItemAdded:
    assert isinstance(submitted.event, CreateItem)
    return ItemAdded(submitted.event.item)


def test_a_provider_that_takes_no_history_is_told_none() -> None:
    """Where a provider cannot be told what was said, the state says that it knows nothing."""
    state = replace(TALKED, capabilities=Capabilities(history=False))
    state, effects = run(state, drop(state), SessionCreated("s"))
    assert ([e for e in sent(effects) if isinstance(e, CreateItem)], state.restored) == ([], "nothing")


def test_pictures_are_told_to_those_who_see() -> None:
    """A picture is told to a provider that takes pictures, and left out for one that does not."""
    shown = Message(id="u1", role="user", parts=(ImagePart(data="AAAA"), TextPart(text="What?", content_index=1)))
    assert [type(part) for item in items_of(shown, ALL) for part in item.parts] == [ImagePart, TextPart]
    assert [item.parts for item in items_of(shown, Capabilities())] == [(TextPart(text="What?"),)]


def test_what_has_no_words_is_no_history() -> None:
    """A message of which there are no words, and one that failed, are not told."""
    unheard = Message(id="u1", role="user", parts=(AudioPart(error="no transcript"),))
    failed = Message(id="u2", role="user", parts=(TextPart(text="Hi"),), status="failed")
    assert [*items_of(unheard, ALL), *items_of(failed, ALL)] == []


def test_a_failed_call_is_told_as_failed() -> None:
    """The output of a call that failed is its error, as the model was told it before."""
    call = ToolPart(tool_name="f", tool_call_id="c", state="output-error", arguments="{}", error="no luck")
    _, output = items_of(Message(id="f1", role="assistant", parts=(call,)), ALL)
    assert [part.output for part in output.parts if isinstance(part, ToolPart)] == ['{"error":"no luck"}']


def test_calls_of_the_providers_own_are_not_told() -> None:
    """What the provider ran itself is not told as a call of ours."""
    call = ToolPart(tool_name="f", tool_call_id="c", state="output-available", output="x", provider_executed=True)
    assert list(items_of(Message(id="f1", role="assistant", parts=(call,)), ALL)) == []
