"""What went wrong, in words a visitor can do something with."""

from __future__ import annotations

from nicegui import ui

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.ui import NO_SOUND, complaint
from realtime_rx_nicegui.assets import style_page
from realtime_rx_nicegui.view import Realtime

__all__ = ["error_banner", "ErrorBanner"]


class ErrorBanner(ui.element):
    """Shows the last error until it is dismissed or over, and what is raised on the page.

    A tool that fails and a microphone that cannot be had are left out: the tool's call and the microphone's button say
    so themselves.
    """

    def __init__(self, rt: Realtime) -> None:
        super().__init__("div")
        style_page()
        self._rt = rt
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
            ui.on_exception(lambda error: self.show(RealtimeErrorInfo.of(error)))

    def show(self, error: RealtimeErrorInfo) -> None:
        message, advice = complaint(error)
        if message and not (error.param == "audio_input" and self._rt.sound != NO_SOUND):
            self._message.text, self._advice.text = message, advice
            self.set_visibility(True)

    def dismiss(self) -> None:
        self.set_visibility(False)

    def _settle(self, error: RealtimeErrorInfo | None) -> None:
        """An error of before a reload is still there; one that is over goes away by itself."""
        if error is None:
            self.dismiss()
        else:
            self.show(error)


error_banner = ErrorBanner
