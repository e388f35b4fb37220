"""How long to wait before the next dial: longer each time, and never all sessions at the same moment."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, wait_random_exponential

from realtime_rx.policies import ReconnectPolicy

__all__ = ["Backoff", "backoff"]

Backoff = Callable[[int], float]
"""Seconds before dial number 1, 2, … since a connection was lost; none before number 0."""


def backoff(policy: ReconnectPolicy) -> Backoff:
    """Exponential with full jitter: a provider that comes back is not met by all its clients at once."""
    wait = wait_random_exponential(multiplier=policy.first_delay_s, max=policy.max_delay_s)

    def delay(attempt: int) -> float:
        if attempt < 1:
            return 0.0
        call = RetryCallState(Retrying(), None, (), {})
        call.attempt_number = attempt
        return wait(call)

    return delay
