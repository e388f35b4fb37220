"""What a page shows of a session: frozen values that Reflex sends as they are.

A message that grows is apart from those that do not: the settled ones are sent once, not with every word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from realtime_rx.items import AudioPart, ImagePart, TextPart, ToolPart
from realtime_rx.state import Message, SessionState
from realtime_rx.ui import (
    NAMES,
    STATUS_WORDS,
    TOOL_WORDS,
    activity,
    advice,
    brief,
    is_answering,
    is_connected,
    is_empty,
    is_open,
    note,
    outcome,
    picture_url,
)

__all__ = ["FACTS", "Messages", "MessageView", "ToolView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolView:
    """One tool call; ``asks``: it waits for somebody to say whether it may run."""

    id: str
    title: str
    detail: str
    outcome: str
    asks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message in words; ``note`` says what happened to it, where that is out of the ordinary."""

    id: str
    role: str
    name: str
    text: str
    note: str
    pictures: tuple[str, ...] = ()
    tools: tuple[ToolView, ...] = ()


FACTS: Mapping[str, Callable[[SessionState], Any]] = MappingProxyType(
    {
        "status": lambda state: state.status,
        "mode": lambda state: state.mode,
        "connected": is_connected,
        "answering": is_answering,
        "summary": lambda state: " · ".join(filter(None, (STATUS_WORDS[state.status], activity(state)))),
        "error": lambda state: "" if state.error is None else state.error.message,
        "advice": lambda state: "" if state.error is None else advice(state.error),
    }
)
"""What each plain var of the state is of a session's."""


class Messages:
    """The messages as views. One that did not change is the same view as before, and so is a tuple of them."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Message, MessageView]] = {}
        self.settled: tuple[MessageView, ...] = ()
        self.growing: tuple[MessageView, ...] = ()

    def show(self, messages: Sequence[Message]) -> None:
        """Growing is the first message to which words are being added, with whatever stands behind it."""
        shown = [message for message in messages if not is_empty(message)]
        end = next((index for index, message in enumerate(shown) if grows(message)), len(shown))
        known = {message.id: self._view(message) for message in shown}
        views = [view for _, view in known.values()]
        self._known = known
        self.settled = _kept(self.settled, tuple(views[:end]))
        self.growing = _kept(self.growing, tuple(views[end:]))

    def _view(self, message: Message) -> tuple[Message, MessageView]:
        known = self._known.get(message.id)
        return known if known is not None and known[0] is message else (message, view_of(message))


def _kept(before: tuple[MessageView, ...], after: tuple[MessageView, ...]) -> tuple[MessageView, ...]:
    same = len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True))
    return before if same else after


def grows(message: Message) -> bool:
    return message.status == "in_progress" and any(
        isinstance(part, (TextPart, AudioPart)) and is_open(part) for part in message.parts
    )


def view_of(message: Message) -> MessageView:
    return MessageView(
        id=message.id,
        role=message.role,
        name=NAMES[message.role],
        text=message.text,
        note=note(message) or "",
        pictures=tuple(picture_url(part) for part in message.parts if isinstance(part, ImagePart)),
        tools=tuple(tool_view(part) for part in message.parts if isinstance(part, ToolPart)),
    )


def tool_view(part: ToolPart) -> ToolView:
    title, text = outcome(part)
    return ToolView(
        id=part.tool_call_id,
        title=f"{part.tool_name} {'is running' if part.preliminary else TOOL_WORDS[part.state]}",
        detail=brief(part),
        outcome=f"{title}: {text}" if title else "",
        asks=part.state == "approval-requested",
    )
