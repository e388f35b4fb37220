"""What providers have in common about where to dial and with which key."""

from __future__ import annotations

import os
from urllib.parse import urlencode, urlsplit

from realtime_rx.errors import ConfigurationError, MissingKeyError

__all__ = ["asking", "checked", "from_environment", "is_local", "missing_key"]

SCHEMES = ("http", "https", "ws", "wss")


def checked(base_url: str) -> str:
    """The address as it is. Raises :class:`ConfigurationError` where it is no HTTP or WebSocket address."""
    parts = urlsplit(base_url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ConfigurationError(f"base_url must be an http(s) or ws(s) address, got {base_url!r}")
    return base_url


def asking(address: str, **parameters: str) -> str:
    """The address with these in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}" if parameters else address


def is_local(address: str) -> bool:
    """Whether that is this machine: servers on it may do without a key."""
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def from_environment(*names: str) -> str | None:
    """The first of these variables that is set to something."""
    return next((value for name in names if (value := os.environ.get(name))), None)


def missing_key(vendor: str, variable: str) -> MissingKeyError:
    return MissingKeyError(
        f'{vendor} needs a key: set {variable}, or pass api_key=…; without one, the model "local" runs on this machine'
    )
