"""The plain variables of a page, for frameworks that keep such by name, and what each is of a session's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from realtime_rx.state import SessionState
from realtime_rx.ui.page_sound import NO_SOUND, PageState
from realtime_rx.ui.slices import is_answering, is_connected, is_thinking
from realtime_rx.ui.views import MessageView
from realtime_rx.ui.wording import complaint, summary

__all__ = ["blank", "FACTS", "growing", "LOST", "NOTHING_GROWS", "plain_vars", "Ticket"]

FACTS: Mapping[str, Callable[[SessionState], Any]] = MappingProxyType(
    {
        "status": lambda state: state.status,
        "mode": lambda state: state.mode,
        "connected": is_connected,
        "answering": is_answering,
        "thinking": is_thinking,
        "is_capturing": lambda state: state.is_capturing,
        "is_playing": lambda state: state.is_playing,
        "usage": lambda state: state.usage,
        "summary": summary,
        "error": lambda state: complaint(state.error)[0],
        "advice": lambda state: complaint(state.error)[1],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What lets one page have the session's sound.

    ``page``: which page, as it called itself; ``setup``: for ``mount()`` of ``sound.js``, and empty where there is no
    sound; ``asked``: how often the page was asked to sound; ``over``: the session before was given up, not lost.
    """

    page: str = ""
    setup: str = ""
    asked: int = 0
    over: bool = False


LOST = {
    "error": "This conversation was lost: its server has stopped, or this page was away for too long.",
    "advice": "Connect again to begin anew.",
}


NOTHING_GROWS: Mapping[str, Any] = MappingProxyType({"live": (), "pending": ("", "")})
"""What changes with every word, where nothing is said."""


def growing(state: SessionState, live: tuple[MessageView, ...]) -> dict[str, Any]:
    """What changes with every word: ``live``, and which of it is what the user and what the assistant is saying, by
    ``pending``, their ids, so that the words themselves are sent once."""
    user = state.flow.user_item if state.pending_user_transcript is not None else None
    assistant = state.flow.speaking_item if state.pending_assistant_transcript is not None else None
    return {"live": live, "pending": (user or "", assistant or "")}


def plain_vars(state: SessionState, sound: PageState, ticket: Ticket) -> dict[str, Any]:
    """All but the messages."""
    return {name: select(state) for name, select in FACTS.items()} | {"sound": sound, "ticket": ticket}


def blank() -> dict[str, Any]:
    """The variables of a page that has no session."""
    return {**plain_vars(SessionState(), NO_SOUND, Ticket()), "messages": ()}
