"""The connection and the session on it."""

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.effects import CancelTool, CloseTransport, FlushPlayback, Notify, OpenTransport, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    AudioCleared,
    AudioCommitted,
    CaptureStarted,
    ConnectFailed,
    ConnectRequested,
    ConversationCreated,
    CreateItem,
    DisconnectRequested,
    ErrorNoticed,
    EventSubmitted,
    FrameRejected,
    InputTranscriptionDelta,
    OutputItemDone,
    PlaybackStarted,
    ProviderEvent,
    RateLimitsUpdated,
    ResponseDone,
    ResponseRequested,
    ServerError,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechStarted,
    ToolsOffered,
    TranscriptDelta,
    TransportClosed,
    TransportOpened,
    UpdateSession,
)
from realtime_rx.items import AudioPart, RateLimit
from realtime_rx.state import SessionState

from ..folding import ANSWERING, CONNECTED, calling, fold, ids, message, only, part, run, user

LOST = RealtimeErrorInfo(message="the connection was closed (1006)", code="close_1006", fatal=True)
CONNECTING = fold(SessionState(), ConnectRequested())


def test_connecting_dials_and_says_what_is_wanted() -> None:
    """Connecting opens a numbered connection and has the settings ready to go out first."""
    config = SessionConfig(voice="marin")
    state, effects = run(SessionState(), ConnectRequested(config))
    assert (state.status, state.connection, state.config) == ("connecting", 1, config)
    assert effects == [OpenTransport(1), Send(UpdateSession(config))]


def test_connecting_twice_dials_once() -> None:
    """Connecting while connected or dialling changes nothing and asks for nothing."""
    for state in (CONNECTING, CONNECTED):
        assert run(state, ConnectRequested()) == (state, [])


def test_offered_tools_are_the_ones_that_are_asked_for() -> None:
    """Tools that whoever gave the address offers take the place of ours; the same ones again change nothing."""
    mine, theirs = ToolDefinition(name="mine"), ToolDefinition(name="theirs")
    before = fold(SessionState(), ConnectRequested(SessionConfig(voice="marin", tools=(mine,))))
    state, effects = run(before, ToolsOffered((theirs,)))
    assert state.config == SessionConfig(voice="marin", tools=(theirs,))
    assert effects == []
    assert fold(state, ToolsOffered((theirs,))).config is state.config


def test_settings_are_kept_for_the_next_dial() -> None:
    """A new connection begins with all settings of the old one and those that are new."""
    gone = fold(SessionState(), ConnectRequested(SessionConfig(voice="marin")), DisconnectRequested())
    _, effects = run(gone, ConnectRequested(SessionConfig(instructions="Be brief.")))
    assert effects == [OpenTransport(2), Send(UpdateSession(SessionConfig(voice="marin", instructions="Be brief.")))]


def test_an_open_socket_is_not_a_session() -> None:
    """The session is connected when the provider has spoken, not when the socket is open."""
    assert fold(CONNECTING, TransportOpened(1)).status == "connecting"
    assert fold(CONNECTING, TransportOpened(1), SessionCreated("s")).status == "connected"


@pytest.mark.parametrize("event", [ConversationCreated("c"), SessionUpdated("s"), AudioCleared()])
def test_whatever_comes_first_is_a_greeting(event: ServerEvent) -> None:
    """A server that does not begin with `session.created` is there as well."""
    assert fold(CONNECTING, event).status == "connected"


@pytest.mark.parametrize("event", [ServerError("no"), FrameRejected("no JSON"), ProviderEvent("ping")])
def test_an_error_is_no_greeting(event: ServerEvent) -> None:
    """An error, a frame that could not be read or an unknown event does not make a session."""
    assert fold(CONNECTING, event).status == "connecting"


def test_the_provider_describes_the_session() -> None:
    """What the provider says is in force is in the state, and what it does not say stays."""
    state = fold(
        CONNECTING, SessionCreated("s1", "m1", {"voice": "marin"}), SessionUpdated(None, None, {"voice": "ash"})
    )
    assert (state.session_id, state.model, state.session) == ("s1", "m1", {"voice": "ash"})
    assert fold(state, ConversationCreated("c1"), SessionUpdated()).session == {"voice": "ash"}
    assert fold(state, ConversationCreated("c1")).conversation_id == "c1"


def test_rate_limits_are_the_latest() -> None:
    """The rate limits are those that were stated last."""
    limits = [(RateLimit(name="tokens", limit=10.0, remaining=left),) for left in (9.0, 8.0)]
    assert fold(CONNECTED, *map(RateLimitsUpdated, limits)).rate_limits == limits[1]


def test_a_refused_connection_is_an_error() -> None:
    """A dial that failed ends in the error status with its error, and can be tried again."""
    state, effects = run(CONNECTING, ConnectFailed(1, LOST))
    assert (state.status, state.error, effects) == ("error", LOST, [Notify(LOST)])
    again, effects = run(state, ConnectRequested())
    assert (again.status, again.error, only(effects, OpenTransport)) == ("connecting", None, [OpenTransport(2)])


BUSY = fold(
    ANSWERING,
    EventSubmitted(CreateItem(user("u1", "Hi"))),
    TranscriptDelta("a1", "r1", delta="I am"),
    OutputItemDone("r1", calling("f1", "c1")),
    SpeechStarted("u2"),
    InputTranscriptionDelta("u2", "Wh"),
    PlaybackStarted(),
)


@pytest.mark.parametrize(
    ("event", "status", "error", "expected"),
    [
        (TransportClosed(1, LOST, final=True), "error", LOST, [FlushPlayback(), CancelTool("c1"), Notify(LOST)]),
        (DisconnectRequested(), "disconnected", None, [CloseTransport(1), FlushPlayback(), CancelTool("c1")]),
    ],
    ids=["lost", "hung up"],
)
def test_nothing_stays_in_flight(event: object, status: str, error: object, expected: object) -> None:
    """However a session ends, nothing is pending after it, the sound stops, and no word is lost."""
    state, effects = run(BUSY, event)  # type: ignore[arg-type]
    assert (state.status, state.error, state.mode, state.is_playing) == (status, error, "idle", False)
    assert effects == expected
    assert (state.flow.response_id, state.flow.calls, state.flow.optimistic) == (None, (), ())
    assert (message(state, "a1").text, message(state, "a1").status) == ("I am", "incomplete")
    assert message(state, "u1").status == "incomplete"
    assert part(state, "f1").error == "the session ended before there was an output"
    assert part(state, "u2") == AudioPart(transcript="Wh")
    assert (state.pending_assistant_transcript, state.pending_user_transcript) == (None, None)


def test_a_microphone_outlives_a_connection() -> None:
    """What the device does is not what the connection does: capturing goes on until it is stopped."""
    state = fold(CONNECTED, CaptureStarted(), TransportClosed(1, LOST))
    assert (state.is_capturing, state.mode) == (True, "listening")


def test_hanging_up_twice_hangs_up_once() -> None:
    """Disconnecting again changes nothing, and after a failure it forgets nothing but the status."""
    gone = fold(CONNECTED, DisconnectRequested())
    assert run(gone, DisconnectRequested()) == (gone, [])
    failed = fold(CONNECTED, TransportClosed(1, LOST, final=True))
    state, effects = run(failed, DisconnectRequested())
    assert (state.status, effects) == ("disconnected", [])


def test_hanging_up_while_dialling() -> None:
    """A dial that is under way is hung up."""
    state, effects = run(CONNECTING, DisconnectRequested())
    assert (state.status, effects) == ("disconnected", [CloseTransport(1)])


@pytest.mark.parametrize("event", [ConnectFailed(1, LOST), TransportClosed(1, LOST), TransportOpened(1)])
def test_an_old_connection_has_no_say(event: ConnectFailed) -> None:
    """What is reported of an earlier connection changes nothing on the current one, or when hung up."""
    second = fold(CONNECTED, DisconnectRequested(), ConnectRequested(), SessionCreated("s2"))
    assert run(second, event) == (second, [])
    gone = fold(CONNECTED, DisconnectRequested())
    assert run(gone, event) == (gone, [])


def test_the_conversation_survives_a_new_connection() -> None:
    """Messages of an earlier connection stay where they were when a new one is made."""
    state = fold(BUSY, DisconnectRequested(), ConnectRequested(), SessionCreated("s2"), AudioCommitted("u3"))
    assert ids(state) == ["u1", "a1", "f1", "u2", "u3"]


def test_a_server_error_is_shown_and_told() -> None:
    """An error that a session survives is in the state as the provider gave it, and whoever listens is told."""
    state, effects = run(CONNECTED, ServerError("no", "c", "t", "p", "e", at=3.0))
    error = RealtimeErrorInfo(message="no", code="c", param="p", client_event_id="e", at=3.0)
    assert (state.error, effects, state.status) == (error, [Notify(error)], "connected")
    assert fold(CONNECTED, ServerError("no", None, "t")).error == RealtimeErrorInfo(message="no", code="t")


def test_some_errors_are_none() -> None:
    """A cancellation that came after the end is what was wanted: it is remembered and told to nobody."""
    for code in ("response_cancel_not_active", None):
        late = ServerError("Cancellation failed: no active response found", code)
        state, effects = run(CONNECTED, late)
        assert (state.error, effects, state.events[-1]) == (None, [], late)
        assert fold(CONNECTED, ResponseRequested(), late).flow.requested


def test_an_error_leaves_the_active_response() -> None:
    """An error about something else ends no response."""
    state = fold(ANSWERING, ServerError("no", "invalid_value"))
    assert (state.flow.response_id, state.mode) == ("r1", "thinking")
    assert fold(state, ResponseDone("r1")).mode == "idle"


def test_an_error_of_ours_is_shown_and_told() -> None:
    """An error on our side that the session survives is treated like one of the provider's."""
    error = RealtimeErrorInfo(message="no microphone", code="audio_device")
    state, effects = run(CONNECTED, ErrorNoticed(error))
    assert (state.error, effects, state.status) == (error, [Notify(error)], "connected")
