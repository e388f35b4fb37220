"""The slices of a session's state that a page binds to, and what follows from it for a page's elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from realtime_rx.state import SessionState
from realtime_rx.store import same

__all__ = ["changed", "is_answering", "is_connected", "is_gone", "SLICES"]


def is_connected(state: SessionState) -> bool:
    return state.status == "connected"


def is_gone(state: SessionState) -> bool:
    """Whether there is no connection, and none on its way."""
    return state.status in ("disconnected", "error")


def is_answering(state: SessionState) -> bool:
    """Whether there is something to interrupt."""
    return state.status == "connected" and state.mode in ("thinking", "speaking")


SLICES: Mapping[str, Callable[[SessionState], Any]] = MappingProxyType(
    {
        **{name: attrgetter(name) for name in ("status", "mode", "messages", "events", "error", "usage")},
        **{name: attrgetter(name) for name in ("is_capturing", "is_playing")},
        **{name: attrgetter(name) for name in ("pending_user_transcript", "pending_assistant_transcript")},
        "is_connected": is_connected,
        "state": lambda state: state,
    }
)
"""What each slice is of a state; ``state``, the whole, comes last."""


def changed(before: SessionState, after: SessionState) -> Iterator[tuple[str, Any]]:
    """The slices that are other objects than before, and what they are now."""
    for name, select in SLICES.items():
        value = select(after)
        if not same(value, select(before)):
            yield name, value
