"""The user: speaking, being understood, typing."""

import pytest
from msgspec.structs import replace

from realtime_rx.config import SessionConfig
from realtime_rx.effects import FlushPlayback, Send
from realtime_rx.events import (
    AudioCleared,
    AudioCommitted,
    CommitAudio,
    ConnectRequested,
    CreateItem,
    DisconnectRequested,
    Event,
    EventSubmitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    InputTranscriptionFailed,
    ItemAdded,
    ItemDone,
    PlaybackStarted,
    RawEvent,
    ResponseCreated,
    ServerError,
    SessionCreated,
    SpeechStarted,
    SpeechStopped,
    TranscriptDelta,
    UpdateSession,
)
from realtime_rx.items import AudioPart, Item, Role, TextPart, Usage
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, drop, fold, ids, message, only, part, run, sent, spoken, user

HEARD = Item(id="u1", role="user", status="completed", parts=(AudioPart(state="streaming"),))


def typed(item_id: str, text: str, previous: str | None = None) -> EventSubmitted:
    return EventSubmitted(CreateItem(user(item_id, text), previous, event_id=item_id), at=4.0)


def test_speech_takes_its_place_before_its_words() -> None:
    """A committed utterance is an empty user message at once, and the floor is free again."""
    state = fold(CONNECTED, SpeechStarted("u1"), AudioCommitted("u1", at=7.0))
    said = message(state, "u1")
    assert (said.role, said.parts, said.created_at) == ("user", (AudioPart(state="streaming"),), 7.0)
    assert (state.pending_user_transcript, state.mode) == ("", "idle")


def test_words_come_while_the_user_speaks() -> None:
    """Transcript deltas before the commit make the message that the commit then places."""
    state = fold(CONNECTED, SpeechStarted("u1"), InputTranscriptionDelta("u1", "Hel"), AudioCommitted("u1"))
    state = fold(state, InputTranscriptionDelta("u1", "lo"), ItemAdded(HEARD))
    assert (ids(state), message(state, "u1").text, state.pending_user_transcript) == (["u1"], "Hello", "Hello")


def test_the_transcript_settles_the_message() -> None:
    """A completed transcript is the text, whatever the deltas said, and its usage is counted."""
    used = Usage(transcription_tokens=3)
    state = fold(CONNECTED, InputTranscriptionDelta("u1", "Helo"), InputTranscriptionCompleted("u1", "Hello", 0, used))
    assert part(state, "u1") == AudioPart(transcript="Hello")
    assert (message(state, "u1").status, state.usage) == ("completed", used)


def test_the_latest_transcript_holds() -> None:
    """Of several completed transcripts of one item (xAI) the last is the text."""
    state = fold(CONNECTED, *(InputTranscriptionCompleted("u1", text) for text in ("What", "What is", "What is it?")))
    assert [each.text for each in state.messages] == ["What is it?"]


def test_a_delta_after_the_transcript_is_dropped() -> None:
    """A late transcript delta changes no word."""
    state = fold(CONNECTED, InputTranscriptionCompleted("u1", "Hello"), InputTranscriptionDelta("u1", "lo"))
    assert message(state, "u1").text == "Hello"


def test_a_failed_transcription_settles_the_message() -> None:
    """When there will be no transcript the part is done and says why, and what was understood stays."""
    state = fold(
        CONNECTED, AudioCommitted("u1"), InputTranscriptionFailed("u1", 0, "too quiet", "audio_unintelligible")
    )
    assert part(state, "u1") == AudioPart(error="too quiet")
    assert (message(state, "u1").status, state.pending_user_transcript) == ("completed", None)
    state = fold(CONNECTED, InputTranscriptionDelta("u1", "Hel"), InputTranscriptionFailed("u1"))
    assert part(state, "u1") == AudioPart(transcript="Hel", error="the transcription failed")


def test_a_failure_outlives_the_item() -> None:
    """Why there is no transcript stays known when the item is described again without one."""
    state = fold(CONNECTED, InputTranscriptionFailed("u1", 0, "too quiet"), ItemAdded(HEARD), ItemDone(HEARD))
    assert part(state, "u1") == AudioPart(error="too quiet")


def test_the_words_that_stream_are_pending() -> None:
    """Where transcripts of two utterances stream, the one that grew last is pending."""
    state = fold(CONNECTED, AudioCommitted("u1"), AudioCommitted("u2"), InputTranscriptionDelta("u1", "Hel"))
    assert state.pending_user_transcript == "Hel"


def test_an_item_without_its_words_loses_none() -> None:
    """An echo of the item with an empty transcript keeps the transcript that came before it."""
    state = fold(CONNECTED, InputTranscriptionCompleted("u1", "Hello"), ItemAdded(HEARD), ItemDone(HEARD))
    assert part(state, "u1") == AudioPart(transcript="Hello")


TRANSCRIPT = (InputTranscriptionDelta("u1", "Hel"), InputTranscriptionCompleted("u1", "Hello"))
ITEM = (AudioCommitted("u1"), ItemAdded(HEARD), ItemDone(HEARD))
REPLY = (
    ResponseCreated("r1"),
    ItemAdded(spoken("a1", status="in_progress"), "u1"),
    TranscriptDelta("a1", "r1", delta="Hi"),
    ItemDone(spoken("a1", "Hi")),
)


def interleavings(*sequences: tuple[Event, ...]) -> list[tuple[Event, ...]]:
    """Every order of all these events in which each sequence keeps its own."""
    if not any(sequences):
        return [()]
    orders: list[tuple[Event, ...]] = []
    for number, sequence in enumerate(sequences):
        if sequence:
            rest = [each[1:] if n == number else each for n, each in enumerate(sequences)]
            orders += [(sequence[0], *order) for order in interleavings(*rest)]
    return orders


def conversation(state: SessionState) -> list[tuple[str, str, str]]:
    return [(each.id, each.role, each.text) for each in state.messages]


def test_the_transcript_may_come_at_any_time() -> None:
    """In every legal order of transcript, item and reply the messages are the same, in the provider's order."""
    orders = interleavings(TRANSCRIPT, ITEM + REPLY)
    assert len(orders) == 36
    for order in orders:
        assert conversation(fold(CONNECTED, *order)) == [("u1", "user", "Hello"), ("a1", "assistant", "Hi")]


def test_a_typed_message_is_shown_at_once() -> None:
    """A message is in the conversation before the provider has it, and goes out under the same id."""
    state, effects = run(CONNECTED, typed("u1", "Hi"))
    assert (message(state, "u1").text, message(state, "u1").status, message(state, "u1").created_at) == (
        "Hi",
        "in_progress",
        4.0,
    )
    assert sent(effects) == [CreateItem(user("u1", "Hi"), event_id="u1")]
    assert state.flow.optimistic == ("u1",)


def test_the_echo_confirms_the_message() -> None:
    """The provider's echo under our id completes the message that is there."""
    state = fold(CONNECTED, typed("u1", "Hi"), ItemAdded(user("u1", "Hi")), ItemDone(user("u1", "Hi")))
    assert conversation(state) == [("u1", "user", "Hi")]
    assert (message(state, "u1").status, state.flow.optimistic) == ("completed", ())


@pytest.mark.parametrize("role", ["system", "assistant"])
def test_what_others_say_is_confirmed_as_well(role: Role) -> None:
    """What a program writes for the system or the assistant is confirmed by its echo, whatever its id."""
    mine = Item(id="s1", role=role, status="completed", parts=(TextPart(text="Be kind."),))
    sent = fold(CONNECTED, EventSubmitted(CreateItem(mine)))
    for known in (mine, replace(mine, id="item_1")):
        state = fold(sent, ItemAdded(known), ItemDone(known))
        assert (ids(state), state.flow.optimistic) == ([known.id], ())


def test_an_echo_under_another_id_is_the_same_message() -> None:
    """A provider that ignores our ids echoes the same words: the message takes the provider's id."""
    state = fold(CONNECTED, typed("u1", "Hi"), ItemAdded(user("x1", "Hi")), ItemDone(user("x1", "Hi")))
    assert conversation(state) == [("x1", "user", "Hi")]


@pytest.mark.parametrize("renamed", [False, True], ids=["our ids", "its own ids"])
def test_each_message_is_there_once_in_any_order(renamed: bool) -> None:
    """Two typed messages and their echoes, in any order of sending and echoing, are two messages in their order."""
    names = ("x1", "x2") if renamed else ("u1", "u2")
    first = (typed("u1", "Hi"), ItemAdded(user(names[0], "Hi"), "a0"), ItemDone(user(names[0], "Hi")))
    second = (typed("u2", "Hi"), ItemAdded(user(names[1], "Hi"), names[0]), ItemDone(user(names[1], "Hi")))
    start = fold(CONNECTED, ItemAdded(spoken("a0", "Hello")))
    for order in interleavings(first, second):
        echoes = [event.item.id for event in order if isinstance(event, ItemAdded)]
        if echoes == list(names):  # a provider echoes in the order in which it was told
            assert ids(fold(start, *order)) == ["a0", *names]


def test_an_echo_before_the_message_is_the_message() -> None:
    """A message that the provider echoed before it was shown is not shown again."""
    state = fold(CONNECTED, ItemAdded(user("u1", "Hi")), typed("u1", "Hi"))
    assert conversation(state) == [("u1", "user", "Hi")]


def test_a_refused_message_has_failed() -> None:
    """An error that names the message's event marks the message as failed and waits for no echo."""
    state = fold(CONNECTED, typed("u1", "Hi"), ServerError("too long", client_event_id="u1"))
    assert (message(state, "u1").status, state.flow.optimistic) == ("failed", ())
    assert state.error is not None


def test_messages_that_wait_are_bounded() -> None:
    """A provider that never echoes does not make what waits for an echo grow without end."""
    state = fold(CONNECTED, *(typed(f"u{n}", f"{n}") for n in range(100)))
    assert len(state.messages) == 100
    assert len(state.flow.optimistic) == 32


def test_a_message_can_be_put_anywhere() -> None:
    """A message is shown where it is sent to: at the end, at the beginning, or behind another."""
    state = fold(CONNECTED, typed("u1", "1"), typed("u2", "2"), typed("u0", "0", "root"), typed("u3", "3", "u1"))
    assert ids(state) == ["u0", "u1", "u3", "u2"]


def test_verbs_go_out_as_they_are() -> None:
    """Each submitted event is sent once, and only messages change the conversation."""
    events = [CommitAudio(), RawEvent({"type": "x"}), UpdateSession(SessionConfig(voice="marin"))]
    state, effects = run(CONNECTED, *(EventSubmitted(event) for event in events))  # type: ignore[arg-type]
    assert effects == [Send(event) for event in events]
    assert (ids(state), state.config.voice) == ([], "marin")


def test_nothing_is_sent_without_a_connection() -> None:
    """Without a connection settings are kept for the next one, and nothing goes out."""
    gone = fold(CONNECTED, DisconnectRequested())
    state, effects = run(gone, EventSubmitted(UpdateSession(SessionConfig(voice="marin"))))
    assert (state.config.voice, effects) == ("marin", [])


def test_speech_silences_the_speaker() -> None:
    """When the user begins to speak, what is being played is flushed; where nothing is played nothing is asked for."""
    _, effects = run(fold(ANSWERING, PlaybackStarted()), SpeechStarted("u1"))
    assert only(effects, FlushPlayback) == [FlushPlayback()]
    assert run(CONNECTED, SpeechStarted("u1"))[1] == []


def test_speech_without_an_item_is_speech() -> None:
    """A provider that names no item still says who has the floor."""
    state = fold(CONNECTED, SpeechStarted(), SpeechStopped())
    assert (fold(CONNECTED, SpeechStarted()).mode, state.mode, ids(state)) == ("listening", "idle", [])


def test_a_cleared_buffer_is_nobody_speaking() -> None:
    """What was being said when the buffer was cleared is over: nobody is listened to, and no transcript is awaited."""
    speaking = fold(CONNECTED, SpeechStarted("u1"), InputTranscriptionDelta("u1", "Hel"))
    state = fold(speaking, AudioCleared())
    assert (state.mode, state.flow.user_speaking, state.pending_user_transcript) == ("idle", False, None)
    assert (message(state, "u1").text, message(state, "u1").status) == ("Hel", "incomplete")
    said = fold(CONNECTED, SpeechStarted("u1"), SpeechStopped("u1"), AudioCommitted("u1"))
    assert fold(said, AudioCleared()).messages is said.messages


HELD = EventSubmitted(CommitAudio())


def test_a_commit_waits_for_its_sound() -> None:
    """While a connection is made its sound waits to be sent, and so does the commit; with a lost one both are lost."""
    dialled = fold(CONNECTED, typed("u1", "Hi"), DisconnectRequested(), ConnectRequested())
    assert sent(run(dialled, HELD, SessionCreated("s2"))[1])[-1] == CommitAudio()
    lost = fold(CONNECTED, drop(CONNECTED))
    assert CommitAudio() not in sent(run(lost, HELD, SessionCreated("s2"))[1])
