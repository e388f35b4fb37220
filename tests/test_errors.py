"""The error tree, and errors as data."""

import pytest

from realtime_rx import errors
from realtime_rx.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    MissingKeyError,
    ProtocolError,
    ProviderError,
    RealtimeError,
    RealtimeErrorInfo,
    ToolError,
    UnknownProviderError,
    UnknownToolError,
)

KINDS = [getattr(errors, name) for name in errors.__all__ if name != "RealtimeErrorInfo"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_except_clause_catches_them_all(kind: type[Exception]) -> None:
    """Every error of the library is a RealtimeError."""
    assert issubclass(kind, RealtimeError)


@pytest.mark.parametrize("kind", [ConfigurationError, UnknownProviderError, MissingKeyError])
def test_a_wrong_setup_is_a_value_error(kind: type[Exception]) -> None:
    """What the caller set up wrongly is also a ValueError."""
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RealtimeError("x"), None),
        (ConnectError("x"), "connect_failed"),
        (ConnectError("x", http_status=500), "http_500"),
        (AuthenticationError("x", http_status=401), "http_401"),
        (ConnectTimeoutError("x"), "connect_timeout"),
        (ConnectionLostError(1006), "close_1006"),
        (ProtocolError("x"), "protocol_error"),
        (ProviderError("x", code="session_expired"), "session_expired"),
        (ProviderError("x"), None),
        (ToolError("x"), "tool_failed"),
        (UnknownToolError("x"), "unknown_tool"),
        (errors.DivergenceError("x"), "diverged"),
        (errors.AudioDeviceError("x"), "audio_device"),
    ],
)
def test_errors_have_a_code(error: RealtimeError, code: str | None) -> None:
    """A program can tell errors apart by a short code."""
    assert error.code == code


def test_a_lost_connection_says_how() -> None:
    """The close code and the reason stand in the message of a lost connection."""
    assert str(ConnectionLostError(1001, "going away")) == "the connection was closed (1001: going away)"
    assert str(ConnectionLostError(1006)) == "the connection was closed (1006)"


def test_errors_become_data() -> None:
    """An error as data keeps the message and the code, and says whether it was fatal and when."""
    info = RealtimeErrorInfo.of(ConnectionLostError(1006), fatal=True, at=3.5)
    assert info == RealtimeErrorInfo(message="the connection was closed (1006)", code="close_1006", fatal=True, at=3.5)


def test_foreign_errors_become_data_too() -> None:
    """An exception from elsewhere has its class as its code, and as its message where it has none."""
    assert RealtimeErrorInfo.of(KeyError()) == RealtimeErrorInfo(message="KeyError", code="KeyError")


def test_an_error_as_data_can_always_be_written() -> None:
    """Half a surrogate pair in an exception's message (a file name, say) does not reach the data."""
    assert RealtimeErrorInfo.of(OSError("no \ud800 here")).message == "no ? here"
