"""What went wrong, in words a visitor can do something with."""

from __future__ import annotations

from nicegui import ui

from realtime_rx import RealtimeErrorInfo
from realtime_rx.ui import advice
from realtime_rx_nicegui.view import Realtime

__all__ = ["Banner"]


class Banner(ui.element):
    """Shows the last error until it is dismissed, or until a connection is there again."""

    def __init__(self, rt: Realtime) -> None:
        super().__init__("div")
        self.classes("rt-banner").props["role"] = "alert"
        with self:
            ui.icon("error_outline").classes("rt-banner-icon")
            with ui.element("div").classes("rt-banner-words"):
                self._message = ui.label().classes("rt-banner-message")
                self._advice = ui.label().classes("rt-banner-advice")
            close = ui.button(icon="close", on_click=self.dismiss, color=None).props("flat round dense")
            close.props["aria-label"] = "Dismiss"
            self.dismiss()
            rt.on_error(self.show)
            rt.watch(lambda state: state.error, self._settle)
            ui.on_exception(self._raised)

    def show(self, error: RealtimeErrorInfo) -> None:
        if error.code == "tool_failed" or error.param == "audio_input":  # the call, or the microphone's button, says so
            return
        self._message.text = sentence(error.message)
        self._advice.text = advice(error)
        self.set_visibility(True)

    def dismiss(self) -> None:
        self.set_visibility(False)

    def _settle(self, error: RealtimeErrorInfo | None) -> None:
        """An error of before a reload is still there; one that is over goes away by itself."""
        if error is None:
            self.dismiss()
        else:
            self.show(error)

    def _raised(self, error: Exception) -> None:
        self.show(RealtimeErrorInfo.of(error))


def sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
