"""How often one client may ask: a token bucket for each, in bounded memory."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

from realtime_rx.errors import ConfigurationError
from realtime_rx.setup_endpoint.requests import SetupRequest

__all__ = ["by_address", "RateLimit"]

IPV6_NETWORK = 64
"""Bits. Whoever has one IPv6 address has the 2**64 around it."""


def by_address(request: SetupRequest) -> str:
    """The client's address, or its network where that is what one client has."""
    try:
        address = ipaddress.ip_address((request.client or "").partition("%")[0])
    except ValueError:
        return request.client or ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, IPV6_NETWORK), strict=False))


class RateLimit:
    """``requests`` at once, and as many again in ``per_s`` seconds, for each client.

    ``key`` says who a client is: by default the address at the other end, which behind a proxy is the proxy. Of more
    than ``clients`` clients, those that asked longest ago are forgotten. Runs on one event loop.
    """

    def __init__(
        self,
        requests: int = 10,
        per_s: float = 60.0,
        *,
        key: Callable[[SetupRequest], str] = by_address,
        clients: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if requests < 1 or per_s <= 0 or clients < 1:
            raise ConfigurationError("a rate limit is at least one request in more than no time, for one client")
        self._capacity = float(requests)
        self._rate = requests / per_s
        self._key = key
        self._clients = clients
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __call__(self, request: SetupRequest) -> float:
        """0 where this client may go on; else the seconds until it may."""
        name, now = self._key(request), self._clock()
        tokens, since = self._buckets.pop(name, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._rate)
        allowed = tokens >= 1.0
        self._buckets[name] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > self._clients:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - tokens) / self._rate
