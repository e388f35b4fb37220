"""The button to talk by, and the small things around it. They are drawn by the page; see realtime_rx/ui/static."""

from __future__ import annotations

from nicegui import ui

from realtime_rx.ui import TalkButton, tags
from realtime_rx_nicegui.assets import style_page
from realtime_rx_nicegui.view import Realtime

__all__ = [
    "level_meter",
    "microphone",
    "Microphone",
    "mute_button",
    "realtime_audio",
    "sound_menu",
    "SoundElement",
    "waveform",
]

ON = "({ detail }) => emit(detail.on)"


class SoundElement(ui.element):
    """An element that shows the page's sound of ``rt``."""

    def __init__(self, rt: Realtime, tag: tags.Tag) -> None:
        super().__init__(tag.name)
        style_page()
        self.props.update({**tag.look, **tag.attributes, "sound": rt.sound_name})

    def flag(self, name: str, on: bool) -> None:
        """Give it this attribute, or take it away."""
        if on:
            self.props[name] = ""
        else:
            self.props.pop(name, None)
        self.update()

    def is_flagged(self, name: str) -> bool:
        return name in self.props


class Microphone(SoundElement, TalkButton):
    """The button that :func:`microphone` puts on a page."""

    def __init__(self, rt: Realtime, tag: tags.TalkTag) -> None:
        super().__init__(rt, tag)
        self.on("press", lambda event: self.pressed(bool(event.args)), js_handler=ON)
        self.on("talk", lambda event: self.pressed(bool(event.args), hold=True), js_handler=ON)
        with self:
            self.follow(rt.watch, lambda: rt.session, tag)


level_meter = tags.placed(tags.level_meter, SoundElement)
microphone = tags.placed(tags.microphone, Microphone)
mute_button = tags.placed(tags.mute_button, SoundElement)
realtime_audio = tags.placed(tags.realtime_audio, SoundElement)
sound_menu = tags.placed(tags.sound_menu, SoundElement)
waveform = tags.placed(tags.waveform, SoundElement)
