"""The state: what it starts as, what it derives, and its JSON."""

import json

import msgspec
import pytest

from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig, ToolDefinition, TurnDetection
from realtime_rx.errors import ProtocolError, RealtimeErrorInfo
from realtime_rx.events import (
    AudioDelta,
    CreateItem,
    CreateResponse,
    EventSubmitted,
    InputTranscriptionCompleted,
    InputTranscriptionDelta,
    ResponseDone,
    ResponseRequested,
    SessionCreated,
    SpeechStarted,
    TextDelta,
    TextDone,
    TranscriptDelta,
    UpdateSession,
)
from realtime_rx.formats import PCM16_16K, PCMU
from realtime_rx.items import AudioPart, ImagePart, Item, RateLimit, TextPart, ToolPart, Usage
from realtime_rx.policies import ReconnectPolicy, Watchdogs
from realtime_rx.sequences import Ring, Thread
from realtime_rx.state import Flow, Latency, Message, PendingCall, Served, SessionState

from .folding import ANSWERING, CONNECTED, fold

EVERYTHING = SessionState(
    status="connected",
    mode="speaking",
    input_format=PCM16_16K,
    output_format=PCMU,
    capabilities=Capabilities(truncate=False, resumption="handle", ignored_config=frozenset({"speed"})),
    resumption="handle-1",
    messages=Thread(
        [
            Message(
                id="u1",
                role="user",
                parts=(TextPart(text="é\u2028"), ImagePart(data="AAAA", content_index=1)),
                created_at=1.5,
            ),
            Message(
                id="a1",
                role="assistant",
                parts=(
                    AudioPart(transcript="Hi", heard_ms=3, error="e"),
                    ImagePart(url="https://example.org/a.png", content_index=1),
                ),
                interrupted=True,
                status="incomplete",
                response_id="r1",
            ),
            Message(
                id="t1",
                role="assistant",
                parts=(
                    ToolPart(
                        tool_name="f",
                        tool_call_id="c",
                        state="output-available",
                        arguments='{"a":1}',
                        input={"a": 1, "b": [1.0, None, True]},
                        output="x",
                        provider_executed=True,
                    ),
                ),
            ),
        ]
    ),
    events=Ring(
        7,
        [
            SessionCreated(
                "s", "m", {"k": [1]}, at=1.0, event_id="e1", frame=msgspec.Raw(b'{"type":"session.created"}')
            ),
            AudioDelta("a1", "r1", 0, 0, "", 9600),
            ResponseDone("r1", items=(), usage=Usage(total_tokens=4)),
        ],
    ),
    error=RealtimeErrorInfo(message="m", code="c", param="p", client_event_id="x", fatal=True, at=2.0),
    is_capturing=True,
    is_playing=True,
    usage=Usage(total_tokens=5, transcription_seconds=0.5),
    rate_limits=(RateLimit(name="tokens", limit=10.0, remaining=9.0),),
    session_id="s",
    conversation_id="c",
    model="m",
    session={"voice": "marin", "nested": {"a": [None, 1, 1.5]}},
    config=SessionConfig(
        instructions="x",
        turn_detection=TurnDetection.semantic("low"),
        noise_reduction=None,
        tools=(ToolDefinition(name="f"),),
        provider_options={"a": {"b": 1}},
    ),
    connection=3,
    reconnects=2,
    restored="replayed",
    stalled=True,
    latency=Latency(first_token_ms=1.0, barge_in_ms=2.0),
    providers=(Served(id="a", model="b"), Served(id="c", capabilities=Capabilities(cancel=False))),
    provider=1,
    reconnect=ReconnectPolicy(attempts=3, replay_turns=2),
    watchdogs=Watchdogs(stalled_s=None),
    flow=Flow(
        attempt=2,
        restoring=True,
        held=(CreateItem(Item(id="u2", role="user")), CreateResponse(conversation="none")),
        restored=frozenset({"a1"}),
        response_id="r1",
        requested=True,
        asked=CreateResponse(event_id="q", instructions="x"),
        queued=CreateResponse(metadata={"a": "b"}),
        calls=(PendingCall(call_id="c", item_id="t1", answered=True),),
        discarded=("r0",),
        optimistic=("u1",),
        anchor="a",
    ),
)


def test_every_field_of_the_state_is_exercised_here() -> None:
    """The state that the JSON tests use differs from the initial one in every field."""
    initial = SessionState()
    same = [name for name in EVERYTHING.__struct_fields__ if getattr(EVERYTHING, name) == getattr(initial, name)]
    assert same == []


@pytest.mark.parametrize("state", [SessionState(), CONNECTED, ANSWERING, EVERYTHING], ids=range(4))
def test_a_state_survives_json(state: SessionState) -> None:
    """A state written as JSON and read back is equal, and written again it is the same JSON."""
    written = state.to_json()
    read = SessionState.from_json(written)
    assert read == state
    assert read.to_json() == written
    assert json.loads(written)["max_events"] == state.events.maxlen


def test_a_read_state_is_a_state() -> None:
    """A state from JSON has its own sequences with the same limits, and goes on like the one that was written."""
    read = SessionState.from_json(EVERYTHING.to_json())
    assert isinstance(read.messages, Thread)
    assert isinstance(read.events, Ring)
    assert read.events.maxlen == 7
    event = TextDelta("a9", "r1", delta="more")
    assert fold(read, event) == fold(EVERYTHING, event)


NO_STATES = b"", b"[]", b"{}", b'{"status":"gone"}', b"\xff", b'{"status":"\xff"}', '"\ud800"', "nonsense", "[" * 5_000


@pytest.mark.parametrize("data", NO_STATES, ids=lambda data: repr(data[:20]))
def test_json_that_is_no_state_is_refused(data: bytes | str) -> None:
    """JSON that is not a stored state is a ProtocolError, whatever it is."""
    with pytest.raises(ProtocolError, match="not a stored session state"):
        SessionState.from_json(data)


def test_the_initial_state_is_empty() -> None:
    """At first nothing is connected, said, played or in flight, and the ring holds 500."""
    state = SessionState.initial()
    assert state == SessionState()
    assert (state.status, state.mode, state.messages, state.error) == ("disconnected", "idle", (), None)
    assert state.events.maxlen == 500
    assert SessionState.initial(max_events=3).events.maxlen == 3


def test_a_state_cannot_be_changed() -> None:
    """Assigning to a field of a state or of a message raises."""
    with pytest.raises(AttributeError):
        SessionState().status = "connected"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        EVERYTHING.messages[0].role = "system"  # type: ignore[misc]


def test_the_text_of_a_message_is_all_its_words() -> None:
    """Written and spoken parts of a message are read together, pictures and tools are not."""
    parts = (TextPart(text="See: "), ImagePart(url="u", content_index=1), AudioPart(transcript="this", content_index=2))
    assert Message(id="m", role="assistant", parts=parts).text == "See: this"


def test_the_assistant_is_pending_while_its_words_stream() -> None:
    """The pending assistant transcript grows with the deltas and is gone when the part is done."""
    assert ANSWERING.pending_assistant_transcript is None
    state = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="Hel"), TranscriptDelta("a1", "r1", delta="lo"))
    assert state.pending_assistant_transcript == "Hello"
    assert (
        fold(ANSWERING, TextDelta("a1", "r1", delta="x"), TextDone("a1", "r1", text="x")).pending_assistant_transcript
        is None
    )


def test_the_user_is_pending_while_being_understood() -> None:
    """The pending user transcript is the part that was understood, from the first delta to the completed one."""
    state = fold(
        CONNECTED, SpeechStarted("u1"), InputTranscriptionDelta("u1", "Wh"), InputTranscriptionDelta("u1", "at")
    )
    assert state.pending_user_transcript == "What"
    assert fold(state, InputTranscriptionCompleted("u1", "What?")).pending_user_transcript is None


def test_settings_asked_for_are_part_of_the_state() -> None:
    """What was asked for is in the state before the provider confirms it."""
    state = fold(CONNECTED, EventSubmitted(UpdateSession(SessionConfig(voice="marin"))), ResponseRequested())
    assert state.config.voice == "marin"
    assert SessionState.from_json(state.to_json()) == state
