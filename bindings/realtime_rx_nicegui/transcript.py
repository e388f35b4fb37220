"""The conversation, message by message. A delta touches one label."""

from __future__ import annotations

from nicegui import ui

from realtime_rx.sequences import Thread
from realtime_rx.state import Message
from realtime_rx.ui import NAMES, Added, PartViews, Rows, is_empty, is_thinking, note
from realtime_rx_nicegui.assets import STATIC, style_page
from realtime_rx_nicegui.parts import Picture, Shown, ToolCall, Words
from realtime_rx_nicegui.view import Realtime

__all__ = ["transcript", "Transcript"]


class Transcript(ui.element, component=STATIC / "follow_tail.js"):
    """Bubbles, tool calls and pictures, in the conversation's order; it stays at its end unless one scrolls up.

    It shares nothing with the page but the session: give it a height, or a parent that does.
    """

    def __init__(self, rt: Realtime) -> None:
        super().__init__()
        style_page()
        self._rt = rt
        self._rows = Rows(self._put, move=MessageRow.move, remove=MessageRow.delete)
        with self:
            self._list = ui.element("div").classes("rt-transcript")
            self._list.props["role"] = "log"
            self._thinking = dots().classes("rt-thinking")
            rt.watch(lambda state: state.messages, self._show)
            rt.watch(is_thinking, self._thinking.set_visibility)

    def _show(self, messages: Thread[Message]) -> None:
        changes = self._rows.show(messages)
        if any(isinstance(edit, Added) and edit.item.role == "user" for edit in changes):
            self.run_method("follow")  # whoever says something wants to see it, wherever they were reading

    def _put(self, message: Message) -> MessageRow:
        with self._list:
            return MessageRow(message, self._rt)


class Apart(ui.element, component=STATIC / "message.js"):
    """Is rendered without the rest of the page, and the rest without it."""


class MessageRow:
    """One message: its parts under each other, and a note where something happened to it."""

    def __init__(self, message: Message, rt: Realtime) -> None:
        self._views: PartViews[Shown] = PartViews(
            message.role, words=Words, picture=Picture, call=lambda look: ToolCall(look, rt)
        )
        self.root = Apart().classes(f"rt-message rt-{message.role}")
        self.root.props["role"] = "article"
        self.root.props["aria-label"] = NAMES[message.role]
        with self.root:
            self._parts = ui.element("div").classes("rt-parts")
            self._dots = dots()
            self._note = ui.label().classes("rt-note")
        self.update(message)

    def update(self, message: Message) -> None:
        with self._parts:
            gone = self._views.show(message.parts)
        for view in gone:
            view.root.delete()
        self._dots.set_visibility(is_empty(message) and not message.parts and message.status == "in_progress")
        self._note.text = note(message) or ""
        self._note.set_visibility(bool(self._note.text))

    def move(self, index: int) -> None:
        self.root.move(target_index=index)

    def delete(self) -> None:
        self.root.delete()


def dots() -> ui.element:
    """Three dots that say: wait."""
    with ui.element("div").classes("rt-dots") as element:
        element.props["aria-hidden"] = "true"
        for _ in range(3):
            ui.element("span")
    return element


transcript = Transcript
