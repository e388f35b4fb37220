"""One message and its parts, each as panes that are changed as little as possible."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

import panel as pn

from realtime_rx.state import Message
from realtime_rx.ui import NAMES, PartViews, PictureView, ToolView, WordsView, note, without_pictures
from realtime_rx_panel.region import Region
from realtime_rx_panel.widgets import button, primary

if TYPE_CHECKING:
    from realtime_rx_panel.view import Realtime

__all__ = ["MessageRow"]

STEP = {
    "approval-requested": "pending",
    "output-available": "success",
    "output-error": "failed",
    "output-denied": "failed",
}
FLAT: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_width"}
INDENT = (0, 10)
"""As far as Panel indents the name above."""
STEP_LOOK = ".card-header { padding: 4px 6px !important; } .step-header, .step-title { width: 100%; font-size: 1em; }"
NO_ICON = "<svg></svg>"
"""A browser fetches icons that have a name from elsewhere, hidden ones too."""
TEXT: dict[str, Any] = {"margin": INDENT, "sizing_mode": "stretch_width"}


class Prose(pn.pane.Markdown):
    """Markdown that sends what is new of its text; Panel sends all of a pane's properties with it, among them style
    sheets that are new models each time."""

    def typeset(self, text: str, options: dict[str, bool]) -> None:
        """Param takes twice as long for two parameters as for one, also where one of them stays."""
        if options == self.renderer_options:
            self.object = text
        else:
            self.param.update(object=text, renderer_options=options)

    def _update(self, ref: str, model: Any) -> None:
        model.text = self._transform_object(self.object)["object"]


class Words:
    """What is written or said. The visitor's is shown as it is, the assistant's as Markdown with no HTML or picture."""

    def __init__(self, look: WordsView) -> None:
        if look.is_markdown:
            style = {"stylesheets": ["p { margin: 0 0 8px; }"], "styles": {"padding": "0"}, **TEXT}
            rules = {"renderer_options": typesetting(look), "plugins": [linking_pictures]}
            self.view = Prose(hard_line_break=True, dedent=False, **rules, **style)
        else:
            self.view = pn.pane.HTML(styles={"white-space": "pre-wrap"}, **TEXT)
        self.show(look)

    def show(self, look: WordsView) -> None:
        if isinstance(self.view, Prose):
            self.view.typeset(look.text, typesetting(look))
        else:
            self.view.object = escape(look.text)


def typesetting(look: WordsView) -> dict[str, bool]:
    """Addresses become links when the words are complete: to look for them takes as long as all else, each time."""
    return {"html": False, "linkify": not look.is_open}


def linking_pictures(parser: Any) -> None:
    """A plugin of markdown-it."""
    picture = parser.renderer.rules["image"]

    def link(_: object, tokens: Sequence[Any], index: int, *given: Any) -> str:
        before = [token.type for token in tokens[:index]]
        in_link = before.count("link_open") > before.count("link_close")
        return without_pictures(picture(tokens, index, *given), in_link=in_link)

    parser.add_render_rule("image", link)


class Picture:
    def __init__(self, look: PictureView) -> None:
        self.view = pn.pane.HTML(**FLAT)
        self.show(look)

    def show(self, look: PictureView) -> None:
        self.view.object = picture(look.url, look.alt)


class ToolCall:
    """A step that says what was called and how it goes; opened, it shows the arguments and what came of them.

    One that waits for approval is open, and asks for it.
    """

    def __init__(self, look: ToolView, rt: Realtime) -> None:
        self._details = pn.pane.HTML(**TEXT)
        allow = button("Allow", lambda _: rt.approve(look.id), **primary())
        reject = button("Reject", lambda _: rt.reject(look.id))
        self._question = pn.Row(allow, reject)
        self.step = pn.chat.ChatStep(
            *(self._details, self._question), collapsed=True, collapsed_on_success=True, stylesheets=[STEP_LOOK], **TEXT
        )
        self.view = Region(self.step, role="group", **FLAT)
        self.show(look)

    def show(self, look: ToolView) -> None:
        asked = self._question.visible
        title = escape(" · ".join(filter(None, (look.title, look.detail))))  # a step's titles are HTML
        status = "running" if look.busy else STEP[look.state]
        self._question.visible = look.asks
        self._details.object = details(look)
        self.view.call(look.title)
        self.step.param.update(default_title=title, **{f"{status}_title": title}, status=status)
        if look.asks or asked:
            self.step.collapsed = not look.asks


Shown: TypeAlias = Words | Picture | ToolCall


class MessageRow:
    """One message: its parts under each other, and a note where something happened to it."""

    def __init__(self, message: Message, rt: Realtime, **look: Any) -> None:
        self._views: PartViews[Shown] = PartViews(
            message.role, words=Words, picture=Picture, call=lambda look: ToolCall(look, rt)
        )
        self._note = pn.pane.HTML(styles={"opacity": "0.7", "font-size": "0.85em"}, margin=INDENT)
        self._column = Region(role="article", label=NAMES[message.role], **FLAT)
        self.view = pn.chat.ChatMessage(
            self._column, show_reaction_icons=False, reaction_icons={}, show_edit_icon=False, **look
        )
        self.view.edit_icon.param.update(icon=NO_ICON, active_icon=NO_ICON)
        self.update(message)

    def update(self, message: Message) -> None:
        self._views.show(message.parts)
        if (said := escape(note(message) or "")) != self._note.object:
            self._note.object = said
        panes = [view.view for view in self._views] + [self._note] * bool(said)
        if panes != list(self._column.objects):
            self._column.objects = panes


def details(shown: ToolView) -> str:
    """The arguments, and what came of them, as HTML."""
    code = '<pre style="white-space:pre-wrap;margin:2px 0 8px">{}</pre>'
    said = ("Arguments", shown.arguments), (shown.verdict, shown.outcome)
    texts = [f"<b>{title}</b>{code.format(escape(text))}" for title, text in said if title]
    return "".join([*texts, *(picture(url, "Picture from the tool") for url in shown.pictures)])


def picture(url: str, alt: str) -> str:
    return f'<img src="{escape(url)}" alt="{escape(alt)}" style="max-width:100%;border-radius:8px">'
