"""Whose pages may ask: those of this endpoint's own origin, and those on the list.

A browser says where a page comes from, by ``Sec-Fetch-Site`` or by ``Origin``, and a page cannot change it; programs
say neither, and are not who is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from realtime_rx.errors import ConfigurationError
from realtime_rx.setup_endpoint.requests import SetupAnswer, SetupRefusedError, SetupRequest

__all__ = ["Origins"]

PORTS = {"http": 80, "https": 443}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}


class Origins:
    """The list of origins (``https://app.example``) whose pages may ask from elsewhere."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(normal(origin) for origin in allowed)

    def check(self, request: SetupRequest) -> None:
        """Raises :class:`SetupRefusedError` for the page of a stranger."""
        if not (self._is_listed(request) or is_own(request)):
            raise SetupRefusedError(403, "this page may not ask here", code="origin_not_allowed")

    def headers(self, request: SetupRequest) -> Mapping[str, str]:
        """What lets a page of another origin read the answer."""
        listed = {"Access-Control-Allow-Origin": request.headers["origin"]} if self._is_listed(request) else {}
        return {"Vary": "Origin", **listed}

    def preflight(self, request: SetupRequest) -> SetupAnswer:
        """The answer to a browser that asks whether a page of another origin may ask; None may but those listed."""
        if not self._is_listed(request):
            raise SetupRefusedError(403, "this page may not ask here", code="origin_not_allowed")
        return SetupAnswer.of(204, headers=PREFLIGHT)

    def _is_listed(self, request: SetupRequest) -> bool:
        return request.headers.get("origin") in self._allowed


def is_own(request: SetupRequest) -> bool:
    """Whether a page of this very origin asks, or no page at all."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    if origin is None:
        return True
    scheme, here = origin.partition(":")[0], request.headers.get("host", "")
    return place(origin) is not None and place(origin) == place(f"{scheme}://{here}")


def place(origin: str) -> tuple[str, int | None] | None:
    """Host and port. The scheme is left out: behind a proxy nobody here knows it."""
    try:
        parts = urlsplit(origin)
        return (parts.hostname, parts.port or PORTS.get(parts.scheme)) if parts.hostname else None
    except ValueError:
        return None


def normal(origin: str) -> str:
    """An origin as browsers write it. Raises :class:`ConfigurationError` for what is none."""
    parts = urlsplit(origin)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigurationError(f"an origin is a scheme and a host, like 'https://app.example', not {origin!r}")
    return origin.rstrip("/").lower()
