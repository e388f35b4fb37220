"""The conversation as a ``ChatFeed`` of its own, keyed by message, and a box to write in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel as pn
import param

from realtime_rx.sequences import Thread
from realtime_rx.state import Message
from realtime_rx.ui import CONNECT_TO_WRITE, NAMES, WRITE, Changed, Rows, is_answering, is_gone, say
from realtime_rx_panel.log import Log
from realtime_rx_panel.parts import MessageRow
from realtime_rx_panel.widgets import button, called, primary

if TYPE_CHECKING:
    from realtime_rx_panel.view import Realtime

__all__ = ["Chat"]

WINDOW = 20
"""How many messages are on the page; each is some twenty models, and Bokeh looks at all models for every change."""
AVATARS = {"user": "Y", "assistant": "✳", "system": "S"}
FEED = {"sizing_mode": "stretch_width", "margin": 0, "load_buffer": 1_000_000, "view_latest": False}
"""Panel's own way to load only some messages sends many of them again while the last one grows."""
SIZE = {"sizing_mode": "stretch_both", "min_height": 200}
SIZES = {*SIZE, "height", "max_height", "max_width", "min_width", "width"}
UNSEEN_LABEL = "label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }"
"""The name of the box is for those who do not see what its placeholder says."""


class Chat(pn.viewable.Viewer):
    """Messages, tool calls and pictures in the conversation's order; Enter sends, Shift and Enter begins a new line.

    The last messages are on the page, and those before them when they are asked for.
    ``connect_on_send``: the first message dials. ``tools`` are what else stands beside the box. ``feed`` is the
    ``ChatFeed``, which ``params`` go to, sizes to the box around it; nothing but the session writes into it.
    """

    def __init__(
        self,
        rt: Realtime,
        *,
        connect_on_send: bool = True,
        tools: tuple[Any, ...] = (),
        placeholder: str = WRITE,
        **params: Any,
    ) -> None:
        super().__init__()
        self._rt = rt
        self._connects = connect_on_send
        self._placeholder = placeholder
        self._rows = Rows(self._row_of)
        self._window = WINDOW
        self._earlier = button("Show earlier messages", self._widen, align="center")
        self._size = {**SIZE, **{name: params.pop(name) for name in SIZES & params.keys()}}
        self.feed = pn.chat.ChatFeed(**{**FEED, **params})
        look = {"stylesheets": [UNSEEN_LABEL], "sizing_mode": "stretch_width", "rows": 1, "max_rows": 8}
        self._box = pn.chat.ChatAreaInput(placeholder=placeholder, **called(placeholder), **look)
        self._stop = button("Interrupt", lambda _: rt.interrupt(), align="center")
        self._send = button("Send", self._clicked, **primary(), align="center")
        self._row = pn.Row(self._box, self._stop, *tools, self._send, sizing_mode="stretch_width")
        self._box.param.watch(self._entered, "value")
        rt.watch(is_answering, lambda answering: self._stop.param.update(visible=answering))
        rt.watch(is_gone, self._enable)
        rt.watch(lambda state: state.messages, self._show)

    def send(self, text: str) -> None:
        """Send it as if it had been written here."""
        if not self._box.disabled:
            say(self._rt.session, text)

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self._earlier, Log(content=self.feed, **self._size), self._row, sizing_mode="stretch_both")

    def _clicked(self, _: object) -> None:
        self.send(self._box.value_input)
        self._box.param.update(value="", value_input="")

    def _entered(self, event: param.parameterized.Event) -> None:
        if event.new:
            self.send(event.new)
            self._box.value = ""

    def _enable(self, gone: bool) -> None:
        usable = self._connects or not gone
        self._box.param.update(disabled=not usable, placeholder=self._placeholder if usable else CONNECT_TO_WRITE)
        self._send.disabled = not usable

    def _widen(self, _: object) -> None:
        self._window += WINDOW
        self._show(self._rt.messages)

    def _show(self, thread: Thread[Message]) -> None:
        messages = thread[-self._window :]
        self._earlier.visible = len(messages) < len(thread)
        changes = self._rows.show(messages)
        if any(not isinstance(edit, Changed) for edit in changes):
            self.feed.objects = [row.view for row in self._rows.in_order]

    def _row_of(self, message: Message) -> MessageRow:
        return MessageRow(message, self._rt, user=NAMES[message.role], avatar=AVATARS[message.role])
