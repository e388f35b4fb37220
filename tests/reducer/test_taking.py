"""What was typed and what was interrupted, with providers that confirm nothing and cannot be cancelled."""

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.effects import Send
from realtime_rx.events import (
    CancelResponse,
    CreateItem,
    CreateResponse,
    EventSubmitted,
    InterruptRequested,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    TranscriptDelta,
)
from realtime_rx.items import Item, TextPart
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, fold, message, run, sent

TYPED = EventSubmitted(CreateItem(Item(id="u9", role="user", parts=(TextPart(text="Hello?"),))))


def able(state: SessionState, **can: bool) -> SessionState:
    return replace(state, capabilities=Capabilities(**can))


def test_an_answer_confirms_what_was_typed() -> None:
    """Who confirms nothing that is typed has taken it when an answer begins."""
    state = fold(able(CONNECTED, echoes_items=False), TYPED, ResponseRequested())
    assert message(state, "u9").status == "in_progress"
    state = fold(state, ResponseCreated("r9"))
    assert (message(state, "u9").status, state.flow.optimistic) == ("completed", ())


def test_an_answer_confirms_nothing_where_confirmations_come() -> None:
    """Who confirms what is typed is waited for, whatever begins meanwhile."""
    state = fold(CONNECTED, TYPED, ResponseRequested(), ResponseCreated("r9"))
    assert (message(state, "u9").status, state.flow.optimistic) == ("in_progress", ("u9",))


def test_nothing_waits_for_what_cannot_be_cancelled() -> None:
    """An interrupted response that cannot be cancelled is in nobody's way: the next one is asked for at once."""
    speaking = able(fold(ANSWERING, TranscriptDelta("a1", "r1", delta="I am")), cancel=False)
    state, effects = run(speaking, InterruptRequested(), TYPED, ResponseRequested())
    assert [type(event) for event in sent(effects)] == [CreateItem, CreateResponse]
    assert message(state, "a1").interrupted
    state = fold(state, TranscriptDelta("a1", "r1", delta=" late"), ResponseDone("r1", status="cancelled"))
    assert message(state, "a1").text == "I am"
    assert state.flow.requested


def test_what_can_be_cancelled_is_waited_for() -> None:
    """An interrupted response that can be cancelled is cancelled, and the next one waits for its end."""
    state, effects = run(ANSWERING, InterruptRequested(), ResponseRequested())
    assert sent(effects) == [CancelResponse("r1")]
    _, effects = run(state, ResponseDone("r1", status="cancelled"))
    assert [type(effect.event) for effect in effects if isinstance(effect, Send)] == [CreateResponse]
