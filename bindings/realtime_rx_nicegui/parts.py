"""The parts of a message, each as elements that are changed as little as possible."""

from __future__ import annotations

from typing import TypeAlias

import markdown2  # pyright: ignore[reportMissingTypeStubs]
from nicegui import ui

from realtime_rx.items import AudioPart, ImagePart, Part, TextPart, ToolPart
from realtime_rx.state import Message
from realtime_rx.ui import is_open, picture_url, tool_view, without_pictures, words_of
from realtime_rx_nicegui.view import Realtime

__all__ = ["Shown", "view_of"]

MARKDOWN = ["cuddled-lists", "fenced-code-blocks", "strike", "tables"]

TOOL_ICONS = {
    "approval-requested": "front_hand",
    "output-available": "check",
    "output-error": "error_outline",
    "output-denied": "block",
}
# The renderer needs quadratic time for some texts, in the event loop: half a second for the worst of this length.
LONGEST_TYPESET = 8_000


class Words:
    """What is written or said: a plain label while it grows, typeset once when an assistant's words are complete."""

    def __init__(self, part: TextPart | AudioPart, message: Message) -> None:
        self.part: Part = part
        self._typesets = message.role == "assistant"
        self._label: ui.label | None = None
        self.root = ui.element("div").classes("rt-words")
        if isinstance(part, AudioPart):
            self.root.classes("rt-spoken")
        self.update(part)

    def update(self, part: Part) -> None:
        assert isinstance(part, (TextPart, AudioPart))
        self.part = part
        text = words_of(part)
        html = typeset(text) if self._typesets and not is_open(part) else None
        if html is None:
            self._plain(text or "…")
        else:
            self._set(html)

    def _plain(self, text: str) -> None:
        if self._label is None:
            self.root.clear()
            with self.root:
                self._label = ui.label(text).classes("rt-text")
        self._label.text = text

    def _set(self, html: str) -> None:
        self.root.clear()
        self._label = None
        with self.root:
            ui.html(html, sanitize=True).classes("rt-markdown")


class Picture:
    def __init__(self, part: ImagePart, who: str) -> None:
        self.part: Part = part
        self.root = ui.element("img").classes("rt-picture")
        self.root.props["alt"] = f"Picture from {who}"
        self.update(part)

    def update(self, part: Part) -> None:
        assert isinstance(part, ImagePart)
        self.part = part
        self.root.props["src"] = picture_url(part)
        self.root.update()


class ToolCall:
    """A row that says what was called and how it goes; opened, it shows the arguments and what came of them.

    One that waits for approval is open, and asks for it.
    """

    def __init__(self, part: ToolPart, rt: Realtime) -> None:
        self.part: Part = part
        self._call_id = part.tool_call_id
        self._pictured: tuple[ImagePart, ...] = ()
        self.root = ui.element("details").classes("rt-tool")
        with self.root:
            with ui.element("summary"):
                self._icon = ui.icon("").classes("rt-tool-icon")
                self._name = ui.label().classes("rt-tool-name")
                self._brief = ui.label().classes("rt-tool-brief")
                ui.icon("expand_more").classes("rt-tool-more")
            ui.label("Arguments").classes("rt-tool-title")
            self._arguments = ui.label().classes("rt-code")
            self._question = self._asking(rt)
            self._title = ui.label().classes("rt-tool-title")
            self._outcome = ui.label().classes("rt-code")
            self._pictures = ui.element("div")
        self.update(part)

    def update(self, part: Part) -> None:
        assert isinstance(part, ToolPart)
        self.part, self._call_id = part, part.tool_call_id
        shown = tool_view(part)
        if shown.asks:
            self.root.props["open"] = True
        elif self._question.visible:
            self.root.props.pop("open", None)
        self._question.set_visibility(shown.asks)
        self.root.props["data-state"] = shown.state
        self.root.props["data-busy"] = str(shown.busy).lower()
        self.root.props["aria-label"] = f"Tool {shown.title}"
        self.root.update()
        self._icon.name = "progress_activity" if shown.busy else TOOL_ICONS.get(shown.state, "progress_activity")
        self._name.text = shown.name
        self._brief.text = shown.detail
        self._arguments.text = shown.arguments
        self._title.text, self._outcome.text = shown.verdict, shown.outcome
        self._title.set_visibility(bool(shown.verdict))
        self._outcome.set_visibility(bool(shown.verdict))
        self._show(part.images)

    def _asking(self, rt: Realtime) -> ui.element:
        """Two buttons that say whether the tool may run."""
        with ui.element("div").classes("rt-tool-ask") as question:
            question.props["role"] = "group"
            question.props["aria-label"] = "May this tool run?"
            ui.button("Allow", on_click=lambda: rt.approve(self._call_id), color=None).props("unelevated dense no-caps")
            ui.button("Reject", on_click=lambda: rt.reject(self._call_id), color=None).props("flat dense no-caps")
        question.set_visibility(False)
        return question

    def _show(self, images: tuple[ImagePart, ...]) -> None:
        if images == self._pictured:
            return
        self._pictured = images
        self._pictures.clear()
        with self._pictures:
            for image in images:
                Picture(image, self._name.text)


Shown: TypeAlias = Words | Picture | ToolCall


def view_of(part: Part, message: Message, rt: Realtime) -> Shown:
    """The elements for a part, in the current slot."""
    match part:
        case TextPart() | AudioPart():
            return Words(part, message)
        case ImagePart():
            return Picture(part, message.role)
        case ToolPart():
            return ToolCall(part, rt)


def typeset(text: str) -> str | None:
    """Markdown as HTML. HTML that the text holds is shown as it is written, and pictures become links.

    None for what is better left as it is: nothing, a very long text, or one on which the renderer fails.
    """
    if not text or len(text) > LONGEST_TYPESET:
        return None
    try:
        return markdown2.markdown(without_pictures(text), extras=MARKDOWN, safe_mode="escape")
    except Exception:  # thousands of nested quotes exhaust its stack; the words themselves must still be shown
        return None
