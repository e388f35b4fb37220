"""Responses: begun, cancelled, interrupted, over."""

import pytest

from realtime_rx.effects import FlushPlayback, Notify, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    AudioDelta,
    CancelRequested,
    CancelResponse,
    CreateResponse,
    ErrorNoticed,
    Interrupted,
    InterruptRequested,
    OutputItemAdded,
    OutputItemDone,
    PlaybackStarted,
    ResponseCreated,
    ResponseDone,
    ResponseRequested,
    TextDelta,
    TranscriptDelta,
    UsageUpdated,
)
from realtime_rx.items import AudioPart, Usage
from realtime_rx.reducer.responses import DISCARDED
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, calling, fold, ids, message, only, part, run, sent, spoken

SPEAKING = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="I am"))


def test_a_response_has_a_beginning_and_an_end() -> None:
    """The active response is the one that was created and is not over."""
    assert ANSWERING.flow.response_id == "r1"
    assert fold(ANSWERING, ResponseDone("r1")).flow.response_id is None


def test_the_end_brings_what_was_missed() -> None:
    """The items of a response's end are messages of that response, whether or not they were seen before."""
    state = fold(ANSWERING, ResponseDone("r1", items=(spoken("a1", "Hi"), calling("f1", "c1")), at=3.0))
    assert [(m.id, m.response_id, m.status) for m in state.messages] == [
        ("a1", "r1", "completed"),
        ("f1", "r1", "completed"),
    ]


def test_a_new_response_clears_the_last_error() -> None:
    """An error is shown until the next response begins."""
    failed = fold(CONNECTED, ErrorNoticed(RealtimeErrorInfo(message="m")))
    assert failed.error is not None
    assert fold(failed, ResponseCreated("r1")).error is None


@pytest.mark.parametrize(
    ("status", "expected", "interrupted"),
    [("cancelled", "incomplete", True), ("incomplete", "incomplete", False), ("failed", "failed", False)],
)
def test_a_response_that_did_not_complete_settles_its_messages(status: str, expected: str, interrupted: bool) -> None:
    """Whatever ends a response ends its open message with it, and says whether it was cut short."""
    state = fold(SPEAKING, ResponseDone("r1", status=status))  # type: ignore[arg-type]
    said = message(state, "a1")
    assert (said.status, said.interrupted, said.text, part(state, "a1").state) == (
        expected,
        interrupted,
        "I am",
        "done",
    )
    assert (state.mode, state.pending_assistant_transcript) == ("idle", None)


def test_an_item_that_was_complete_stays_so() -> None:
    """In a cancelled response an item that the provider calls completed is completed, and was not cut short."""
    state = fold(SPEAKING, ResponseDone("r1", status="cancelled", items=(spoken("a1", "I am"),)))
    assert (message(state, "a1").status, message(state, "a1").interrupted) == ("completed", False)


def test_a_failed_response_is_an_error() -> None:
    """A response that failed is an error even where no error event came, and whoever listens is told."""
    done = ResponseDone("r1", "failed", error_code="rate_limit_exceeded", error_message="slow down", at=5.0)
    state, effects = run(SPEAKING, done)
    error = RealtimeErrorInfo(message="slow down", code="rate_limit_exceeded", at=5.0)
    assert (state.error, effects, state.mode) == (error, [Notify(error)], "idle")


def test_a_failure_without_words_has_some() -> None:
    """A failed response without an error says its reason, or that there is none."""
    assert error_of(ResponseDone("r1", "failed", "content_filter")) == (
        "the response failed (content_filter)",
        "content_filter",
    )
    assert error_of(ResponseDone("r1", "failed")) == ("the response failed (no reason given)", "response_failed")


def error_of(done: ResponseDone) -> tuple[str, str | None]:
    error = fold(ANSWERING, done).error
    assert error is not None
    return error.message, error.code


def test_an_incomplete_response_is_no_error() -> None:
    """A response that ran out of tokens is not an error."""
    assert fold(SPEAKING, ResponseDone("r1", "incomplete", "max_output_tokens")).error is None


def test_usage_adds_up() -> None:
    """The usage of every response is added, by modality, and of an update that is an addition too."""
    one = Usage(total_tokens=3, input_tokens=2, output_tokens=1, input_audio_tokens=2, output_text_tokens=1)
    state = fold(ANSWERING, ResponseDone("r1", usage=one), ResponseCreated("r2"), ResponseDone("r2", usage=one))
    state = fold(state, UsageUpdated(Usage(total_tokens=1)), ResponseDone("r3"))
    assert state.usage == Usage(
        total_tokens=7, input_tokens=4, output_tokens=2, input_audio_tokens=4, output_text_tokens=2
    )


def test_cumulative_usage_is_not_added() -> None:
    """An update that is the total so far replaces the total."""
    totals = [UsageUpdated(Usage(total_tokens=n), cumulative=True) for n in (5, 9)]
    assert fold(CONNECTED, *totals).usage == Usage(total_tokens=9)


def test_the_end_of_another_response_ends_nothing() -> None:
    """A response outside the conversation may end while ours goes on."""
    state = fold(SPEAKING, ResponseDone("r9", items=(spoken("x1", "aside"),)))
    assert (state.flow.response_id, state.mode, message(state, "a1").status) == ("r1", "speaking", "in_progress")


# Cancelling and interrupting


def test_cancelling_names_the_response() -> None:
    """A cancellation names the active response, or the one it was asked for: without an id it could hit the next."""
    assert sent(run(SPEAKING, CancelRequested())[1]) == [CancelResponse("r1")]
    assert sent(run(SPEAKING, CancelRequested("r7"))[1]) == [CancelResponse("r7")]


def test_a_cancelled_response_speaks_until_it_ends() -> None:
    """Cancelling drops no words: the response ends when the provider says so."""
    state = fold(SPEAKING, CancelRequested(), TranscriptDelta("a1", "r1", delta=" here"))
    assert (message(state, "a1").text, state.mode) == ("I am here", "speaking")


def test_cancelling_drops_what_was_queued() -> None:
    """A request that waits for the cancelled response's end is not asked for."""
    state = fold(SPEAKING, ResponseRequested(), CancelRequested())
    assert sent(run(state, ResponseDone("r1", "cancelled"))[1]) == []


def test_interrupting_silences_and_cancels() -> None:
    """An interruption flushes what is played, cancels by id and marks what was being said."""
    state, effects = run(fold(SPEAKING, PlaybackStarted()), InterruptRequested())
    assert effects == [FlushPlayback(), Send(CancelResponse("r1"))]
    said = message(state, "a1")
    assert (said.interrupted, said.status, said.parts) == (True, "incomplete", (AudioPart(transcript="I am"),))


def test_interrupting_twice_cancels_once() -> None:
    """A second interruption of the same response sends nothing."""
    state = fold(SPEAKING, InterruptRequested())
    assert sent(run(state, InterruptRequested())[1]) == []


def test_interrupting_drops_what_was_queued() -> None:
    """A request that waits for an interrupted response, created or not, is not asked for."""
    for begun in (SPEAKING, fold(CONNECTED, ResponseRequested())):
        state = fold(begun, ResponseRequested(), InterruptRequested())
        assert sent(run(state, ResponseDone("r1", "cancelled"))[1]) == []


def test_interrupting_what_is_only_played() -> None:
    """When the response is over and still heard, an interruption flushes it and cancels nothing."""
    heard = fold(SPEAKING, PlaybackStarted(), ResponseDone("r1", items=(spoken("a1", "I am"),)))
    state, effects = run(heard, InterruptRequested())
    assert (effects, state.messages is heard.messages) == ([FlushPlayback()], True)


@pytest.mark.parametrize("stop", [InterruptRequested(), CancelRequested()], ids=["interrupt", "cancel"])
def test_a_response_can_be_stopped_before_it_has_an_id(stop: InterruptRequested | CancelRequested) -> None:
    """Stopped before it was created, a response is cancelled as soon as its id is known and its words are dropped."""
    asked = fold(CONNECTED, ResponseRequested())
    state, effects = run(asked, stop)
    assert sent(effects) == []
    state, effects = run(state, ResponseCreated("r1"))
    assert sent(effects) == [CancelResponse("r1")]
    state, effects = run(state, TranscriptDelta("a1", "r1", delta="x"), AudioDelta("a1", "r1", audio="AAAA"))
    assert (ids(state), effects) == ([], [])
    assert fold(state, ResponseDone("r1", "cancelled")).mode == "idle"


def test_only_one_response_is_stopped() -> None:
    """The response after an interrupted one is heard."""
    state = fold(CONNECTED, ResponseRequested(), InterruptRequested(), ResponseCreated("r1"))
    state = fold(state, ResponseDone("r1", "cancelled"), ResponseRequested(), ResponseCreated("r2"))
    assert message(fold(state, TextDelta("a2", "r2", delta="Hi")), "a2").text == "Hi"


def test_few_interrupted_responses_are_remembered() -> None:
    """However many responses are interrupted, only the last few are remembered."""
    state: SessionState = CONNECTED
    for n in range(50):
        state = fold(state, ResponseCreated(f"r{n}"), InterruptRequested(), ResponseDone(f"r{n}", "cancelled"))
    assert state.flow.discarded == tuple(f"r{n}" for n in range(50 - DISCARDED, 50))


def test_the_provider_may_interrupt_itself() -> None:
    """When the provider stops speaking because the user speaks, the message is marked and the sound is flushed."""
    state, effects = run(fold(SPEAKING, PlaybackStarted()), Interrupted("r1"))
    assert (message(state, "a1").interrupted, only(effects, FlushPlayback)) == (True, [FlushPlayback()])
    assert sent(effects) == []


def test_calls_of_a_cancelled_response_are_not_made() -> None:
    """A call that first appears in the end of a cancelled response is not run."""
    state, effects = run(ANSWERING, ResponseDone("r1", "cancelled", items=(calling("f1", "c1", status="incomplete"),)))
    assert (effects, state.mode, part(state, "f1").tool_name) == ([], "idle", "clock")


def test_a_cut_call_is_an_error() -> None:
    """A call whose item is incomplete is not run: its part says that it was cut short."""
    begun = OutputItemAdded("r1", calling("f1", "c1", arguments="", status="in_progress"))
    cut = OutputItemDone("r1", calling("f1", "c1", arguments='{"a', status="incomplete"))
    state, effects = run(ANSWERING, begun, cut, ResponseDone("r1", "cancelled"))
    assert (part(state, "f1").state, part(state, "f1").error, effects) == ("output-error", "the call was cut short", [])
    assert state.mode == "idle"


def test_asking_is_thinking() -> None:
    """From the request to the first word the session thinks."""
    state, effects = run(CONNECTED, ResponseRequested(CreateResponse(instructions="x")))
    assert (state.mode, sent(effects)) == ("thinking", [CreateResponse(event_id="rx_create_1", instructions="x")])
