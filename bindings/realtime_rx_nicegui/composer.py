"""Where the visitor writes: Enter sends, Shift and Enter begins a new line."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments

from realtime_rx.ui import CONNECT_TO_WRITE, WRITE, is_answering, is_gone, say
from realtime_rx_nicegui.assets import style_page
from realtime_rx_nicegui.view import Realtime

__all__ = ["composer", "Composer"]

# The text comes with the key, so that none of it is missing; an Enter that ends the composing of a character is none.
ON_ENTER = """(event) => {
  if (event.shiftKey || event.isComposing) return;
  event.preventDefault();
  emit(event.target.value);
}"""


class Composer(ui.element):
    """A text box with a button to send, and one to interrupt while an answer is being made.

    ``connect_on_send``: the first message dials. Without it the box says that one has to connect first. ``tools`` is
    where further buttons go: ``with composer(rt).tools: microphone(rt)``.
    """

    def __init__(
        self, rt: Realtime, *, connect_on_send: bool = False, placeholder: str = WRITE, hint: str = CONNECT_TO_WRITE
    ) -> None:
        super().__init__("div")
        style_page()
        self._rt = rt
        self._connect_on_send = connect_on_send
        self._placeholder = placeholder
        self._hint = hint
        self.classes("rt-composer")
        with self:
            self._box = ui.textarea().props("autogrow borderless dense rows=1 input-class=rt-composer-input")
            self._box.classes("rt-composer-box").on("keydown.enter", self._entered, js_handler=ON_ENTER)
            self._box.props["aria-label"] = placeholder
            self._stop = (
                ui.button(icon="stop", on_click=rt.interrupt, color=None).props("round unelevated").classes("rt-stop")
            )
            self._stop.props["aria-label"] = "Interrupt the answer"
            self.tools = ui.element("div").classes("rt-composer-tools")
            self._send = ui.button(icon="arrow_upward", on_click=lambda: self.send(self._box.value or ""), color=None)
            self._send.props("round unelevated").classes("rt-send").props["aria-label"] = "Send the message"
            rt.watch(is_answering, self._stop.set_visibility)
            rt.watch(is_gone, self._enable)

    def send(self, text: str) -> None:
        """Send it as if it had been written here."""
        if text.strip() and self._box.enabled:
            say(self._rt.session, text)
            self._box.value = ""

    def _entered(self, event: GenericEventArguments) -> None:
        self.send(str(event.args))

    def _enable(self, gone: bool) -> None:
        usable = self._connect_on_send or not gone
        self._box.set_enabled(usable)
        self._send.set_enabled(usable)
        self._box.props["placeholder"] = self._placeholder if usable else self._hint
        self._box.update()


composer = Composer
