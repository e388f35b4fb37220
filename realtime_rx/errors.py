"""What can go wrong, and whose fault it is.

What a session survives is an event in its state; what ends it, or what a caller did wrong, is one of these::

    RealtimeError
    ├── ConfigurationError        the caller's set-up is wrong (also a ValueError)
    │   ├── UnknownProviderError  no provider of that name
    │   └── MissingKeyError       the provider needs a key and none was found
    ├── NotConnectedError         a verb that needs a connection was called without one
    ├── ConnectError              the connection could not be opened
    │   ├── AuthenticationError   the provider refused the key (HTTP 401 or 403)
    │   └── ConnectTimeoutError   nothing answered in time
    ├── ConnectionLostError       an open connection went away (``code``, ``reason``)
    ├── ProtocolError             the other side sent what its protocol does not allow
    ├── ProviderError             the provider ended the session and said why (``code``)
    ├── ToolError                 a tool could not give an output
    │   └── UnknownToolError      the model called a tool that nobody offers
    ├── DivergenceError           a session said something else than its recording
    └── AudioDeviceError          a microphone or speaker is missing, refused or lost

No message here ever holds a key or a token.
"""

from __future__ import annotations

from msgspec import Struct

__all__ = [
    "AudioDeviceError",
    "AuthenticationError",
    "ConfigurationError",
    "ConnectError",
    "ConnectionLostError",
    "ConnectTimeoutError",
    "DivergenceError",
    "MissingKeyError",
    "NotConnectedError",
    "ProtocolError",
    "ProviderError",
    "RealtimeError",
    "RealtimeErrorInfo",
    "ToolError",
    "UnknownProviderError",
    "UnknownToolError",
]


class RealtimeError(Exception):
    """The root of every error this library raises on purpose."""

    @property
    def code(self) -> str | None:
        """A short machine-readable name, where there is one."""
        return None


class ConfigurationError(RealtimeError, ValueError):
    """What the caller asked for cannot be set up; the message says what to change."""

    @property
    def code(self) -> str:
        return "configuration"


class UnknownProviderError(ConfigurationError):
    """No provider of that name; the message lists the known ones."""

    @property
    def code(self) -> str:
        return "unknown_provider"


class MissingKeyError(ConfigurationError):
    """The provider needs a key; the message names the argument and the environment variable."""

    @property
    def code(self) -> str:
        return "missing_key"


class NotConnectedError(RealtimeError):
    """A verb that needs a connection was called without one; call ``connect()`` first."""

    @property
    def code(self) -> str:
        return "not_connected"


class ConnectError(RealtimeError):
    """The connection could not be opened: wrong address, refused, no such host, TLS, HTTP status."""

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        super().__init__(message)
        self.http_status = http_status

    @property
    def code(self) -> str | None:
        return f"http_{self.http_status}" if self.http_status is not None else "connect_failed"


class AuthenticationError(ConnectError):
    """The provider refused the key or token."""


class ConnectTimeoutError(ConnectError):
    """Nothing answered in time."""

    @property
    def code(self) -> str:
        return "connect_timeout"


class ConnectionLostError(RealtimeError):
    """An open connection went away without being asked to.

    ``close_code`` is the WebSocket close code (1006: no close frame was received).
    """

    def __init__(self, close_code: int, reason: str = "") -> None:
        super().__init__(f"the connection was closed ({close_code}{f': {reason}' if reason else ''})")
        self.close_code = close_code
        self.reason = reason

    @property
    def code(self) -> str:
        return f"close_{self.close_code}"


class ProtocolError(RealtimeError):
    """The other side sent what its protocol does not allow; the message names what is wrong and where."""

    @property
    def code(self) -> str:
        return "protocol_error"


class ProviderError(RealtimeError):
    """The provider ended the session and said why."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self._code = code

    @property
    def code(self) -> str | None:
        return self._code


class ToolError(RealtimeError):
    """A tool could not give an output; the message is what the model is told."""

    @property
    def code(self) -> str:
        return "tool_failed"


class UnknownToolError(ToolError):
    """The model called a tool that nobody offers."""

    @property
    def code(self) -> str:
        return "unknown_tool"


class DivergenceError(RealtimeError):
    """A session said something else than the recording that it is compared with; the message shows the difference."""

    @property
    def code(self) -> str:
        return "diverged"


class AudioDeviceError(RealtimeError):
    """A microphone or speaker is missing, refused or lost."""

    @property
    def code(self) -> str:
        return "audio_device"


class RealtimeErrorInfo(Struct, frozen=True, kw_only=True, gc=False):
    """An error as data: what a state, a callback and a page can show. ``fatal`` says that it ended the session."""

    message: str
    code: str | None = None
    param: str | None = None
    client_event_id: str | None = None
    fatal: bool = False
    at: float = 0.0

    @classmethod
    def of(cls, error: BaseException, *, fatal: bool = False, at: float = 0.0) -> RealtimeErrorInfo:
        """An exception as data. Half surrogate pairs (of a file name, say) become question marks: JSON has none."""
        code = error.code if isinstance(error, RealtimeError) else type(error).__name__
        message = str(error).encode(errors="replace").decode()
        return cls(message=message or type(error).__name__, code=code, fatal=fatal, at=at)
