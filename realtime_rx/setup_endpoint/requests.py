"""A request and its answer, whatever framework carries them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

import msgspec

from realtime_rx.errors import RealtimeError

__all__ = ["read_body", "SetupAnswer", "SetupRefusedError", "SetupRequest"]

# An answer holds a token: nobody keeps it, nobody guesses what else it could be.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRequest:
    """Who asks, for the hooks to judge.

    ``headers`` by their names in small letters, ``client`` the address of the other end (a proxy's, behind one).
    ``native`` is the framework's own: aiohttp's request, or the ASGI scope.
    """

    method: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    client: str | None = None
    native: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """A status, headers, and JSON as bytes."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @classmethod
    def of(cls, status: int, value: Any = None, headers: Mapping[str, str] | None = None) -> SetupAnswer:
        """``value`` as JSON; an empty body without one."""
        typed = {} if value is None else {"Content-Type": "application/json"}
        body = b"" if value is None else msgspec.json.encode(value)
        return cls(status, body, {**HEADERS, **typed, **(headers or {})})


class SetupRefusedError(RealtimeError):
    """No token for this request. A hook may raise it to say why; the other side is told ``code`` and the message."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self._code = code or HTTPStatus(status).phrase.lower().replace(" ", "_")
        self._headers = headers or {}

    @property
    def code(self) -> str:
        return self._code

    def answer(self) -> SetupAnswer:
        return SetupAnswer.of(self.status, {"error": {"code": self.code, "message": str(self)}}, self._headers)


async def read_body(request: SetupRequest, chunks: AsyncIterator[bytes], limit: int) -> dict[str, Any]:
    """The JSON object in a body of at most ``limit`` bytes; nothing at all is an empty one."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise SetupRefusedError(415, "the body must be application/json")
    body = bytearray()
    if declared(request) <= limit:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                break
    if max(declared(request), len(body)) > limit:
        raise SetupRefusedError(413, f"the body must not be longer than {limit} bytes", code="body_too_large")
    try:
        value = msgspec.json.decode(bytes(body) or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SetupRefusedError(400, "the body is no JSON") from None
    if not isinstance(value, dict):
        raise SetupRefusedError(400, "the body must be a JSON object")
    return cast("dict[str, Any]", value)


def declared(request: SetupRequest) -> int:
    """How long the body is said to be."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0
