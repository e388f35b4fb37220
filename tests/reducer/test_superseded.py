"""Conversations that are said again, and responses that end without a word."""

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.events import (
    AudioDelta,
    ConversationCreated,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    ItemAdded,
    OutputAttached,
    OutputItemAdded,
    ResponseCreated,
    ResponseDone,
    TranscriptDelta,
    TransportOpened,
)

from ..folding import ANSWERING, CONNECTED, TALKED, drop, fold, ids, message, spoken, user

ABLE = Capabilities(resumption="conversation", resume_parameter="conversation_id")


def test_a_replayed_conversation_stays_as_it_is() -> None:
    """Where a conversation is gone on with and its items are said again, each message is there once, in its place."""
    before = fold(replace(TALKED, capabilities=ABLE), ConversationCreated("conv_1"))
    state = fold(before, drop(before))
    state = fold(state, TransportOpened(state.connection), ConversationCreated("conv_1"))
    assert (state.restored, state.resumption) == ("resumed", "conv_1")
    again = [ItemAdded(user("u1", "What is it?"), None, True), ItemAdded(spoken("a1", "It is a clock."), None, True)]
    state = fold(state, *again, ItemAdded(user("u2", "Thanks."), None, True))
    assert ids(state) == ["u1", "a1", "u2"]
    assert [each.text for each in state.messages] == ["What is it?", "It is a clock.", "Thanks."]


def test_a_reply_that_was_dropped_is_over() -> None:
    """Where a response begins while another was under way, what that one said is marked as cut short."""
    state = fold(
        ANSWERING,
        OutputItemAdded("r1", spoken("a1", status="in_progress")),
        TranscriptDelta("a1", "r1", delta="Well"),
        ResponseCreated("r2"),
    )
    cut = message(state, "a1")
    assert (cut.status, cut.interrupted, cut.text) == ("incomplete", True, "Well")
    assert (state.flow.response_id, state.flow.speaking_item) == ("r2", None)
    assert fold(state, ResponseDone("r2")).mode == "idle"


def test_a_reply_that_was_dropped_before_its_first_word_is_not_shown() -> None:
    """Where the dropped response had said nothing yet, its empty message goes; one whose sound was heard stays."""
    begun = fold(ANSWERING, OutputItemAdded("r1", spoken("a1", status="in_progress")))
    assert ids(fold(begun, ResponseCreated("r2"))) == []
    heard = fold(begun, OutputAttached(), AudioDelta("a1", "r1", audio="AAAA", byte_count=3), ResponseCreated("r2"))
    assert (ids(heard), message(heard, "a1").interrupted) == (["a1"], True)


def test_the_same_response_may_be_announced_twice() -> None:
    """A response that is announced again drops nothing."""
    state = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="Well"), ResponseCreated("r1"))
    assert message(state, "a1").status == "in_progress"


def test_a_cumulative_transcript_takes_the_place_of_the_one_before() -> None:
    """Growing snapshots of what was said replace each other, and the latest completed one holds."""
    steps = [
        InputTranscriptionDelta("u1", words, cumulative=True) for words in ("Hello?", "Hello, my", "Hello, my name")
    ]
    state = fold(CONNECTED, *steps)
    assert state.pending_user_transcript == "Hello, my name"
    state = fold(state, InputTranscriptionCompleted("u1", "Hello, my name"))
    state = fold(state, InputTranscriptionDelta("u1", "Hello", cumulative=True))
    assert message(state, "u1").text == "Hello, my name"
    assert (
        message(fold(state, InputTranscriptionCompleted("u1", "Hello, my name is")), "u1").text == "Hello, my name is"
    )
