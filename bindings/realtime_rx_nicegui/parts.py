"""The parts of a message, each as elements that are changed as little as possible."""

from __future__ import annotations

from typing import TypeAlias

import markdown2  # pyright: ignore[reportMissingTypeStubs]
from nicegui import ui

from realtime_rx.ui import PictureView, ToolView, WordsView, without_pictures
from realtime_rx_nicegui.view import Realtime

__all__ = ["Picture", "Shown", "ToolCall", "Words"]

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

    def __init__(self, look: WordsView) -> None:
        self._label: ui.label | None = None
        self.root = ui.element("div").classes("rt-words")
        if look.is_spoken:
            self.root.classes("rt-spoken")
        self.show(look)

    def show(self, look: WordsView) -> None:
        html = typeset(look.text) if look.is_markdown and not look.is_open else None
        if html is None:
            self._plain(look.text)
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
    def __init__(self, look: PictureView) -> None:
        self.root = ui.element("img").classes("rt-picture")
        self.show(look)

    def show(self, look: PictureView) -> None:
        self.root.props.update(src=look.url, alt=look.alt)
        self.root.update()


class ToolCall:
    """A row that says what was called and how it goes; opened, it shows the arguments and what came of them.

    One that waits for approval is open, and asks for it.
    """

    def __init__(self, look: ToolView, rt: Realtime) -> None:
        self._pictured: tuple[str, ...] = ()
        self.root = ui.element("details").classes("rt-tool")
        with self.root:
            with ui.element("summary"):
                self._icon = ui.icon("").classes("rt-tool-icon")
                self._name = ui.label().classes("rt-tool-name")
                self._brief = ui.label().classes("rt-tool-brief")
                ui.icon("expand_more").classes("rt-tool-more")
            ui.label("Arguments").classes("rt-tool-title")
            self._arguments = ui.label().classes("rt-code")
            self._question = question(rt, look.id)
            self._title = ui.label().classes("rt-tool-title")
            self._outcome = ui.label().classes("rt-code")
            self._pictures = ui.element("div")
        self.show(look)

    def show(self, look: ToolView) -> None:
        if look.asks:
            self.root.props["open"] = True
        elif self._question.visible:
            self.root.props.pop("open", None)
        self._question.set_visibility(look.asks)
        self.root.props["data-state"] = look.state
        self.root.props["data-busy"] = str(look.busy).lower()
        self.root.props["aria-label"] = f"Tool {look.title}"
        self.root.update()
        self._icon.name = "progress_activity" if look.busy else TOOL_ICONS[look.state]
        self._name.text = look.name
        self._brief.text = look.detail
        self._arguments.text = look.arguments
        self._title.text, self._outcome.text = look.verdict, look.outcome
        self._title.set_visibility(bool(look.verdict))
        self._outcome.set_visibility(bool(look.verdict))
        self._picture(look)

    def _picture(self, look: ToolView) -> None:
        if look.pictures == self._pictured:
            return
        self._pictured = look.pictures
        self._pictures.clear()
        with self._pictures:
            for url in look.pictures:
                Picture(PictureView(url=url, alt=f"Picture from {look.name}"))


def question(rt: Realtime, call_id: str) -> ui.element:
    """Two buttons that say whether the tool may run."""
    with ui.element("div").classes("rt-tool-ask").props('role=group aria-label="May this tool run?"') as element:
        ui.button("Allow", on_click=lambda: rt.approve(call_id), color=None).props("unelevated dense no-caps")
        ui.button("Reject", on_click=lambda: rt.reject(call_id), color=None).props("flat dense no-caps")
    element.set_visibility(False)
    return element


Shown: TypeAlias = Words | Picture | ToolCall


def typeset(text: str) -> str | None:
    """Markdown as HTML. HTML that the text holds is shown as it is written, and pictures become links.

    None for what is better left as it is: nothing, a very long text, or one on which the renderer fails.
    """
    if not text or len(text) > LONGEST_TYPESET:
        return None
    try:
        html: str = markdown2.markdown(text, extras=MARKDOWN, safe_mode="escape")
    except Exception:  # thousands of nested quotes exhaust its stack; the words themselves must still be shown
        return None
    return without_pictures(html)
