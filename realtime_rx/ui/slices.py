"""The slices of a session's state that a page binds to, and what follows from it for a page's elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from realtime_rx.items import ToolPart
from realtime_rx.state import Message, SessionState
from realtime_rx.store import same
from realtime_rx.ui.wording import is_empty

__all__ = ["changed", "is_answering", "is_connected", "is_gone", "is_thinking", "SLICES"]


def is_connected(state: SessionState) -> bool:
    return state.status == "connected"


def is_gone(state: SessionState) -> bool:
    """Whether there is no connection, and none on its way."""
    return state.status in ("disconnected", "error")


def is_answering(state: SessionState) -> bool:
    """Whether there is something to interrupt."""
    return state.status == "connected" and state.mode in ("thinking", "speaking")


def is_thinking(state: SessionState) -> bool:
    """Whether an answer is being made and nothing of it is to be seen yet."""
    last = state.messages[-1] if state.messages else None
    return state.mode == "thinking" and not (last is not None and last.role == "assistant" and _is_busy(last))


def _is_busy(message: Message) -> bool:
    """Whether the message shows by itself that something is on its way."""
    running = any(isinstance(part, ToolPart) and not part.is_settled for part in message.parts)
    return running or is_empty(message)


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
