"""What there is to show of a message and of a tool call: frozen values in words, the same for every screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from realtime_rx.items import AudioPart, ImagePart, Part, TextPart, ToolPart
from realtime_rx.state import Message
from realtime_rx.ui.wording import (
    NAMES,
    TOOL_WORDS,
    brief,
    compact,
    is_empty,
    is_open,
    note,
    outcome,
    picture_url,
)

__all__ = ["fit", "message_view", "MessageView", "MessageViews", "PartView", "tool_view", "ToolView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolView:
    """One tool call. ``asks``: it waits for somebody to say whether it may run; ``busy``: something is on its way.

    ``title`` says what becomes of it, ``detail`` of what, on one line; ``verdict`` is the title of ``outcome``, both
    are empty while there is none.
    """

    id: str
    name: str
    state: str
    title: str
    detail: str
    arguments: str
    verdict: str
    outcome: str
    pictures: tuple[str, ...]
    asks: bool
    busy: bool


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


def tool_view(part: ToolPart) -> ToolView:
    name = part.tool_name or "tool"
    verdict, text = outcome(part)
    asks = part.state == "approval-requested"
    return ToolView(
        id=part.tool_call_id,
        name=name,
        state=part.state,
        title=f"{name} {'is running' if part.preliminary else TOOL_WORDS[part.state]}",
        detail=brief(part),
        arguments=compact(part.input) if part.input is not None else part.arguments,
        verdict=verdict,
        outcome=text,
        pictures=tuple(map(picture_url, part.images)),
        asks=asks,
        busy=not (asks or part.is_settled),
    )


def message_view(message: Message) -> MessageView:
    return MessageView(
        id=message.id,
        role=message.role,
        name=NAMES[message.role],
        text=message.text,
        note=note(message) or "",
        pictures=tuple(picture_url(part) for part in message.parts if isinstance(part, ImagePart)),
        tools=tuple(tool_view(part) for part in message.parts if isinstance(part, ToolPart)),
    )


class MessageViews:
    """The messages as views, those that grow apart from the others: what is settled need not be sent with every word.

    A message that did not change is the same view as before, and so is a tuple of them.
    """

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
        return known if known is not None and known[0] is message else (message, message_view(message))


def _kept(before: tuple[MessageView, ...], after: tuple[MessageView, ...]) -> tuple[MessageView, ...]:
    same = len(before) == len(after) and all(old is new for old, new in zip(before, after, strict=True))
    return before if same else after


def grows(message: Message) -> bool:
    return message.status == "in_progress" and any(
        isinstance(part, (TextPart, AudioPart)) and is_open(part) for part in message.parts
    )


class PartView(Protocol):
    """What shows one part of a message, and goes on to show later versions of it."""

    part: Any

    def update(self, part: Any) -> None: ...


V = TypeVar("V", bound=PartView)


def fit(views: list[V], parts: Sequence[Part], make: Callable[[Part], V]) -> list[V]:
    """Have the views, in place, show these parts; gives back those that show nothing any more.

    A part that is the same object is left alone. One of another kind gets a view of its own, and so do those behind it.
    """
    kept = 0
    for view, part in zip(views, parts, strict=False):
        if type(view.part) is not type(part):
            break
        if view.part is not part:
            view.update(part)
        kept += 1
    gone = views[kept:]
    views[kept:] = [make(part) for part in parts[kept:]]
    return gone
