"""Interruptions by a provider whose responses are over before their sound is."""

from msgspec.structs import replace

from realtime_rx.effects import FlushPlayback, PlayAudio
from realtime_rx.events import (
    AudioDelta,
    ContentPartDone,
    Event,
    Interrupted,
    InterruptRequested,
    ItemTruncated,
    OutputAttached,
    OutputItemDone,
    PlaybackStopRequested,
    ResponseCreated,
    ResponseDone,
    TransportClosed,
)
from realtime_rx.items import AudioPart
from realtime_rx.providers import ElevenLabs
from realtime_rx.state import SessionState
from tests.folding import CONNECTED, drop, fold, message, only, part, run, spoken

AUTOMATIC = fold(replace(CONNECTED, capabilities=ElevenLabs().capabilities), OutputAttached())
SOUND = AudioDelta("a1", "r1", byte_count=4800, audio="AAAA")
SAID: tuple[Event, ...] = (
    ResponseCreated("r1"),
    OutputItemDone("r1", spoken("a1", "Once upon a time")),
    ResponseDone("r1"),
    SOUND,
)
HEARD = ItemTruncated("a1", 0, None, "Once")


def said() -> SessionState:
    return fold(AUTOMATIC, *SAID)


def test_the_provider_names_what_it_interrupts() -> None:
    """A message that was complete is marked as interrupted, and there is silence."""
    state, effects = run(said(), Interrupted("r1", "a1"))
    assert (message(state, "a1").interrupted, message(state, "a1").text) == (True, "Once upon a time")
    assert (state.is_playing, only(effects, FlushPlayback)) == (False, [FlushPlayback()])


def test_the_words_that_were_heard_are_kept_beside_all_words() -> None:
    """What was heard is known besides what was said, and a later description of the part takes nothing away."""
    again = ContentPartDone("a1", "r1", part=AudioPart(transcript="Once upon a time"))
    state = fold(said(), HEARD, again)
    assert part(state, "a1") == AudioPart(transcript="Once upon a time", heard="Once")
    assert message(state, "a1").interrupted
    assert SessionState.from_json(state.to_json()) == state


def test_words_and_milliseconds_are_told_apart() -> None:
    """A provider that tells the words takes nothing away from the time, nor the other way round."""
    state = fold(said(), ItemTruncated("a1", 0, 250), HEARD, ItemTruncated("a1", 0, 300))
    assert (part(state, "a1").heard, part(state, "a1").heard_ms) == ("Once", 300)


def test_an_interrupted_response_stays_silent_though_it_is_over() -> None:
    """Sound that still comes of a response that the user interrupted is not played; that of the next one is."""
    state = fold(said(), InterruptRequested())
    state, late = run(state, SOUND)
    _, new = run(state, ResponseCreated("r2"), AudioDelta("a2", "r2", byte_count=4800, audio="AAAA"))
    assert (only(late, PlayAudio), len(only(new, PlayAudio))) == ([], 1)


def test_a_stopped_response_stays_silent_though_it_is_over() -> None:
    """``stop_playback()`` silences the rest of a response whose words are all known."""
    _, effects = run(fold(said(), PlaybackStopRequested()), SOUND)
    assert only(effects, PlayAudio) == []


def test_a_provider_may_end_the_conversation() -> None:
    """A close that means the end, by the provider's own data, ends the session without an error."""
    state = fold(said(), drop(AUTOMATIC, "close_1000"))
    assert (state.status, state.error) == ("disconnected", None)
    assert fold(said(), drop(AUTOMATIC, "close_1011")).status == "reconnecting"


def test_an_end_before_the_greeting_is_none() -> None:
    """A provider that hangs up before it has greeted did not end a conversation."""
    closed = drop(AUTOMATIC, "close_1000")
    assert isinstance(closed, TransportClosed)
    assert fold(replace(AUTOMATIC, status="connecting"), closed).status == "error"
