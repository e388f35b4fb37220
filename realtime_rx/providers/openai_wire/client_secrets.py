"""Ephemeral tokens of OpenAI's kind: ``POST {base}/realtime/client_secrets`` with the session they are for.

Sources: OpenAI's published API reference, "Create client secret"; the AI SDK's ``doCreateClientSecret``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from realtime_rx.abc import ClientSecret, TokenRequest
from realtime_rx.errors import ProtocolError

__all__ = ["read_client_secret", "secret_request"]

PATH = "/realtime/client_secrets"


def secret_request(
    base_url: str,
    session: Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    expires_s: int | None = None,
    path: str = PATH,
) -> TokenRequest:
    """Ask for a token of such a session that can be used for ``expires_s`` seconds, or as long as the server likes."""
    expiry = {"expires_after": {"anchor": "created_at", "seconds": expires_s}} if expires_s is not None else {}
    body = {"session": dict(session), **expiry}
    return TokenRequest(url=http_url(base_url, path), headers=headers, body=body)


def read_client_secret(answer: Mapping[str, Any], url: str) -> ClientSecret:
    """The token in the answer, to be shown at ``url``. Raises :class:`ProtocolError` where there is none."""
    value, expires_at = answer.get("value"), answer.get("expires_at")
    if not isinstance(value, str) or not value:
        raise ProtocolError("the answer has no token: 'value' is missing")
    known = isinstance(expires_at, int | float) and not isinstance(expires_at, bool) and expires_at > 0
    return ClientSecret(token=value, url=url, expires_at=expires_at if known else None)


def http_url(base_url: str, path: str) -> str:
    """The address of ``path`` for an API's base address, which may also be that of its WebSocket."""
    address, question, query = base_url.partition("?")
    scheme, separator, rest = address.partition("://")
    rest = rest.rstrip("/").removesuffix("/realtime")
    scheme = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    return f"{scheme}{separator}{rest}{path}{question}{query}"
