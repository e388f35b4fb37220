"""Which sessions are gone on with: those that have all that was said."""

import pytest
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.effects import OpenTransport
from realtime_rx.events import (
    ConnectRequested,
    ConversationCreated,
    CreateItem,
    CreateResponse,
    DisconnectRequested,
    Event,
    EventSubmitted,
    GoAway,
    ItemAdded,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    ResumptionHandle,
    SessionCreated,
    ToolReturned,
    TranscriptDelta,
)
from realtime_rx.state import SessionState

from ..folding import TALKED, calling, drop, fold, message, only, run, sent, spoken, user

HANDLE = fold(replace(TALKED, capabilities=Capabilities(resumption="handle")), ResumptionHandle("h1"))
CONVERSATION = fold(replace(TALKED, capabilities=Capabilities(resumption="conversation")), ConversationCreated("c1"))
TYPED = EventSubmitted(CreateItem(user("u2", "And now?")))
ECHO = ItemAdded(user("u2", "And now?"))
SAYING = (OutputItemAdded("r2", spoken("a2", status="in_progress")), TranscriptDelta("a2", "r2", delta="It"))
CALLED = OutputItemDone("r2", calling("f1", "k1"))


def resumed(state: SessionState, *events: Event) -> str | None:
    """What the next dial goes on with when the connection is lost after these events."""
    state = fold(state, *events)
    (opened,) = only(run(state, drop(state))[1], OpenTransport)
    return opened.resume


@pytest.mark.parametrize(
    "events",
    [
        (TYPED,),
        (TYPED, ResponseRequested()),
        (ECHO, ResponseCreated("r2"), *SAYING),
        (ECHO, ResponseCreated("r2"), CALLED),
        (ECHO, ResponseCreated("r2"), OutputItemDone("r2", spoken("a2", "Noon.")), ResponseDone("r2")),
    ],
    ids=["on its way", "asked", "being said", "tool at work", "said"],
)
def test_a_handle_knows_of_nothing_that_came_after_it(events: tuple[Event, ...]) -> None:
    """With anything said since the handle came, the session is begun anew and told everything."""
    assert (resumed(HANDLE), resumed(HANDLE, *events)) == ("h1", None)
    lost = fold(HANDLE, *events)
    state = fold(lost, drop(lost), SessionCreated("s2"))
    assert (state.restored, state.resumption) == ("replayed", None)


@pytest.mark.parametrize(
    "events",
    [(TYPED,), (ResponseRequested(),), (ECHO,), (ResponseCreated("r2"), CALLED)],
    ids=["on its way", "asked", "unanswered", "tool at work"],
)
def test_a_handle_that_comes_in_the_middle_stands_for_nothing(events: tuple[Event, ...]) -> None:
    """Nobody can tell what of a turn that is under way is in a handle, so such a one is not gone on with."""
    assert resumed(HANDLE, *events, ResumptionHandle("h2")) is None


def test_the_next_handle_knows_of_the_turn() -> None:
    """When the turn is over and a handle comes, the session can be gone on with again."""
    over = (ECHO, ResponseCreated("r2"), OutputItemDone("r2", spoken("a2", "Noon.")), ResponseDone("r2"))
    assert resumed(HANDLE, *over, ResumptionHandle("h2")) == "h2"


@pytest.mark.parametrize(
    ("events", "resume"),
    [
        ((TYPED,), None),
        ((TYPED, ECHO), "c1"),
        ((TYPED, ECHO, ResponseRequested()), None),
        ((TYPED, ECHO, ResponseCreated("r2"), *SAYING), "c1"),
        ((ResponseCreated("r2"), CALLED), "c1"),
        ((ResponseCreated("r2"), CALLED, ToolReturned("k1", "x")), None),
    ],
    ids=["on its way", "arrived", "asked", "being said", "tool at work", "output on its way"],
)
def test_a_conversation_has_what_arrived_there(events: tuple[Event, ...], resume: str | None) -> None:
    """A conversation is gone on with where nothing was on its way to it; else it is begun anew and told everything."""
    assert resumed(CONVERSATION, *events) == resume


def test_what_was_on_its_way_is_told_and_asked() -> None:
    """A message that may never have arrived is in the history of the new conversation, confirmed, and answered."""
    state = fold(CONVERSATION, TYPED, ResponseRequested())
    state, effects = run(state, drop(state), SessionCreated("s2"))
    assert [e.item.id for e in sent(effects) if isinstance(e, CreateItem)] == ["u1", "a1", "u2"]
    assert isinstance(sent(effects)[-1], CreateResponse)
    assert (message(state, "u2").status, state.flow.optimistic) == ("completed", ())


def test_what_was_hung_up_is_gone_on_with_on_the_same_terms() -> None:
    """Who hangs up and connects again goes on with the session, unless something was under way."""
    idle, effects = run(HANDLE, DisconnectRequested(), ConnectRequested())
    assert [each.resume for each in only(effects, OpenTransport)] == ["h1"]
    _, effects = run(HANDLE, ECHO, DisconnectRequested(), ConnectRequested())
    assert [each.resume for each in only(effects, OpenTransport)] == [None]
    assert idle.status == "connecting"


def test_who_has_to_go_waits_for_a_handle_that_knows_it_all() -> None:
    """After a goAway the moment to leave is the first silence with a handle of it, where the provider gives handles."""
    waiting, effects = run(HANDLE, ECHO, ResponseCreated("r2"), GoAway(60_000), ResponseDone("r2"))
    said = fold(waiting, ItemAdded(spoken("a2", "Noon.")))
    assert (waiting.status, only(effects, OpenTransport), said.status) == ("connected", [], "connected")
    _, effects = run(said, ResumptionHandle("h2"))
    assert [each.resume for each in only(effects, OpenTransport)] == ["h2"]
