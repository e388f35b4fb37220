"""Errors that providers are known for, and what each of them leaves as it was."""

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.effects import OpenTransport

from ..folding import CONNECTED, TALKED, drop, fold, only, run


def test_an_empty_buffer_ends_nothing() -> None:
    """A commit of nothing is an error that is shown, and the session and its active response go on."""
    answering = fold(CONNECTED, ev.ResponseCreated("r1"))
    state = fold(answering, ev.ServerError("buffer too small", "input_audio_buffer_commit_empty"))
    assert state.error is not None
    assert (state.error.code, state.error.fatal) == ("input_audio_buffer_commit_empty", False)
    assert (state.status, state.flow.response_id) == ("connected", "r1")


def test_an_expired_session_is_begun_anew() -> None:
    """A session that has reached its longest time, and is closed with 1001, goes on with a new connection."""
    expired = fold(TALKED, ev.ServerError("Your session hit the maximum duration of 60 minutes.", "session_expired"))
    assert expired.status == "connected"
    state, effects = run(expired, drop(expired, "close_1001"))
    assert (state.status, len(state.messages)) == ("reconnecting", 2)
    assert len(only(effects, OpenTransport)) == 1


def test_a_locked_voice_is_told() -> None:
    """A voice that cannot change any more is an error that names it, and the one that holds is kept."""
    before = fold(CONNECTED, update(SessionConfig(voice="marin"), "e1"), ev.SessionUpdated("sess_1"))
    asked = fold(before, update(SessionConfig(voice="cedar"), "e2"))
    refusal = ev.ServerError("Cannot update a conversation's voice", "cannot_update_voice", param="session.voice")
    state = fold(asked, replaced(refusal, "e2"))
    assert state.error is not None
    assert (state.error.code, state.error.param, state.config.voice) == (
        "cannot_update_voice",
        "session.voice",
        "marin",
    )


def test_a_refused_tool_refuses_all_of_the_change() -> None:
    """Where one tool is too long for the provider nothing of that change is kept, for no part of it holds."""
    tool = ToolDefinition(name="f", description="x" * 2_000)
    asked = fold(CONNECTED, update(SessionConfig(voice="cedar", tools=(tool,)), "e1"))
    refusal = ev.ServerError("too long", "string_above_max_length", param="session.tools[0].description")
    state = fold(asked, replaced(refusal, "e1"))
    assert (state.config.voice, state.config.tools) == (CONNECTED.config.voice, CONNECTED.config.tools)


def update(config: SessionConfig, event_id: str) -> ev.EventSubmitted:
    return ev.EventSubmitted(ev.UpdateSession(config, event_id=event_id), at=2.0)


def replaced(error: ev.ServerError, culprit: str) -> ev.ServerError:
    """The error, about that event."""
    return ev.ServerError(error.message, error.code, param=error.param, client_event_id=culprit)
