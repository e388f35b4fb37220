"""The plain vars of the state class, and what each is of a session's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from realtime_rx.state import SessionState
from realtime_rx.ui import complaint, is_answering, is_connected, is_thinking, summary

__all__ = ["FACTS"]

FACTS: Mapping[str, Callable[[SessionState], Any]] = MappingProxyType(
    {
        "status": lambda state: state.status,
        "mode": lambda state: state.mode,
        "connected": is_connected,
        "answering": is_answering,
        "thinking": is_thinking,
        "summary": summary,
        "error": lambda state: complaint(state.error)[0],
        "advice": lambda state: complaint(state.error)[1],
    }
)
