"""One HTTP request for JSON, whose errors are mapped here and nowhere else.

Redirects are not followed: they could carry a key to another host. What the other side says of its refusal is told
without what we showed it, and no error here has a cause: those of the HTTP library hold the request, headers included.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec

from realtime_rx.abc import TokenRequest
from realtime_rx.credentials import address as shown_address
from realtime_rx.credentials import credentials, redacted
from realtime_rx.errors import AuthenticationError, ConnectError, ConnectTimeoutError
from realtime_rx.transports.websocket import is_loopback

__all__ = ["fetch_json"]

MAX_BODY = 2**20
EXCERPT = 200


async def fetch_json(request: TokenRequest, *, timeout_s: float = 10.0) -> dict[str, Any]:
    """The JSON object that answers this request.

    Raises :class:`AuthenticationError` for HTTP 401 and 403, :class:`ConnectTimeoutError` after ``timeout_s`` seconds,
    and :class:`ConnectError` for everything else, with ``http_status`` where there was an answer.
    """
    address = shown_address(request.url)
    try:
        status, body = await exchange(request, timeout_s)
    except TimeoutError:
        failure = ConnectTimeoutError(f"{address} did not answer within {timeout_s:g} s")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        failure = ConnectError(f"cannot reach {address}: {reason(error)}")
    else:
        return read_answer(request, address, status, body)
    raise failure


async def exchange(request: TokenRequest, timeout_s: float) -> tuple[int, bytes]:
    """The status and the body, the latter up to a limit."""
    data = None if request.body is None else msgspec.json.encode(request.body)
    headers = {**({} if data is None else {"Content-Type": "application/json"}), **request.headers}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    options: dict[str, Any] = {"data": data, "headers": headers, "proxy": proxy(request.url), "allow_redirects": False}
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.request(request.method, request.url, **options) as response,
    ):
        body = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > MAX_BODY:
                break
        return response.status, bytes(body)


def proxy(url: str) -> str | None:
    """The environment's proxy for this address. (The library's own ``trust_env`` would also show ~/.netrc there.)"""
    parts = urlsplit(url)
    if is_loopback(url) or not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def reason(error: Exception) -> str:
    """What went wrong, in words that hold nothing of the request: only the system's own are repeated."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def read_answer(request: TokenRequest, address: str, status: int, body: bytes) -> dict[str, Any]:
    if status in (401, 403):
        message = f"{address} refused us (HTTP {status}){said(request, body)}"
        raise AuthenticationError(message, http_status=status)
    if not 200 <= status < 300:
        raise ConnectError(f"{address} answered HTTP {status}{said(request, body)}", http_status=status)
    try:
        answer = msgspec.json.decode(body) if len(body) <= MAX_BODY else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ConnectError(f"{address} answered with something that is no JSON object", http_status=status)
    return cast("dict[str, Any]", answer)


def said(request: TokenRequest, body: bytes) -> str:
    """The beginning of what the other side says of its refusal, without what we showed it."""
    text = body.decode(errors="replace").strip()
    text = redacted(text, credentials(request.url, request.headers))
    return f": {text[:EXCERPT]}" if text else ""
