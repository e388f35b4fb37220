"""What there is to show of a message: frozen values in words, the same for every screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from realtime_rx.items import AudioPart, ImagePart, TextPart, ToolPart
from realtime_rx.state import Message
from realtime_rx.ui.parts import ToolView, tool_view
from realtime_rx.ui.wording import NAMES, is_empty, is_open, note, picture_url

__all__ = ["message_view", "MessageView", "MessageViews"]


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
        """Growing is the first message to which words are being added, with whatever stands behind it.

        Of the user's that is only the last: where a transcript never ends, the conversation does not grow from there.
        """
        shown = [message for message in messages if not is_empty(message)]
        heard = next((message for message in reversed(shown) if message.role == "user"), None)
        end = next((i for i, message in enumerate(shown) if grows(message, is_heard=message is heard)), len(shown))
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


def grows(message: Message, *, is_heard: bool) -> bool:
    """``is_heard``: it is what the user says, which is complete before its transcript begins."""
    return (is_heard or message.status == "in_progress") and any(
        isinstance(part, (TextPart, AudioPart)) and is_open(part) for part in message.parts
    )
