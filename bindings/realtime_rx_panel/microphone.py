"""The button to talk by, and the small things around it. They are drawn by the page; see realtime_rx/ui/static."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import panel as pn
import param

from realtime_rx.ui import STATIC as UI
from realtime_rx.ui import TalkButton, tags
from realtime_rx_panel.page_audio import STATIC

if TYPE_CHECKING:
    from realtime_rx_panel.view import Realtime

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


class SoundElement(pn.custom.JSComponent):
    """An element that shows the page's sound of ``rt``. Its look is in Panel's parameters: ``margin``, ``width``, …"""

    tag: str = param.String(constant=True)
    marks: dict[str, str] = param.Dict({}, doc="Its attributes.")

    _esm = STATIC / "element.js"
    # As text: Panel serves no file of another package's.
    _stylesheets: ClassVar[list[Any]] = [
        path.read_text("utf-8") for path in (UI / "elements.css", STATIC / "element.css")
    ]

    def __init__(self, rt: Realtime, tag: tags.Tag) -> None:
        super().__init__(tag=tag.name, marks={**tag.attributes, "sound": rt.page.sound}, **tag.look)

    def flag(self, name: str, on: bool) -> None:
        """Give it this attribute, or take it away."""
        others = {each: value for each, value in self.marks.items() if each != name}
        self.marks = {**others, name: ""} if on else others

    def is_flagged(self, name: str) -> bool:
        return name in self.marks


class Microphone(SoundElement, TalkButton):
    """The button that :func:`microphone` puts on a page."""

    def __init__(self, rt: Realtime, tag: tags.TalkTag) -> None:
        super().__init__(rt, tag)
        self.follow(rt.watch, lambda: rt.session, tag)

    def _handle_msg(self, data: Any) -> None:
        match data:
            case {"press": bool() as on}:
                self.pressed(on)
            case {"talk": bool() as on}:
                self.pressed(on, hold=True)
            case _:
                pass


level_meter = tags.placed(tags.level_meter, SoundElement)
microphone = tags.placed(tags.microphone, Microphone)
mute_button = tags.placed(tags.mute_button, SoundElement)
realtime_audio = tags.placed(tags.realtime_audio, SoundElement)
sound_menu = tags.placed(tags.sound_menu, SoundElement)
waveform = tags.placed(tags.waveform, SoundElement)
