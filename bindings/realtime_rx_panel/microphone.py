"""The button to talk by, and the small things around it. They are drawn by the page; see realtime_rx/ui/static."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

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
    """An element that shows the page's sound of ``rt``. ``params`` are Panel's: ``sizing_mode``, ``margin``, …"""

    tag: str = param.String(constant=True)
    marks: dict[str, str] = param.Dict({}, doc="Its attributes.")

    _esm = STATIC / "element.js"
    # As text: Panel serves no file of another package's.
    _stylesheets: ClassVar[list[Any]] = [
        path.read_text("utf-8") for path in (UI / "elements.css", STATIC / "element.css")
    ]

    def __init__(self, rt: Realtime, tag: tags.Tag, **params: Any) -> None:
        super().__init__(tag=tag.name, marks={**tag.attributes, "sound": rt.page.sound}, **params)

    def flag(self, name: str, on: bool) -> None:
        """Give it this attribute, or take it away."""
        others = {each: value for each, value in self.marks.items() if each != name}
        self.marks = {**others, name: ""} if on else others

    def is_flagged(self, name: str) -> bool:
        return name in self.marks


class Microphone(SoundElement, TalkButton):
    """A round button: click to talk and click again to stop, or hold it, or the space bar, to talk.

    It says what is wrong where the visitor cannot be heard. ``connect_on_start``: the first click dials; without it
    one has to be connected. For ``push_to_talk`` the session's turn detection is to be ``disabled``.
    """

    def __init__(
        self,
        rt: Realtime,
        *,
        push_to_talk: bool = False,
        connect_on_start: bool = False,
        words: tags.Words | None = None,
        **params: Any,
    ) -> None:
        super().__init__(rt, tags.microphone(words), **params)
        self.follow(rt.watch, lambda: rt.session, push_to_talk=push_to_talk, connect=connect_on_start)

    def _handle_msg(self, data: Any) -> None:
        match data:
            case {"press": bool() as on}:
                self.pressed(on)
            case {"talk": bool() as on}:
                self.pressed(on, hold=True)
            case _:
                pass


microphone = Microphone


def realtime_audio(rt: Realtime, *, words: tags.Words | None = None, **params: Any) -> SoundElement:
    """A button that starts the page's sound, for who types and wants to hear, and switches it off and on."""
    return SoundElement(rt, tags.realtime_audio(words), **params)


def mute_button(rt: Realtime, *, words: tags.Words | None = None, **params: Any) -> SoundElement:
    """A button that makes the microphone silent without letting it go."""
    return SoundElement(rt, tags.mute_button(words), **params)


def sound_menu(rt: Realtime, *, words: tags.Words | None = None, **params: Any) -> SoundElement:
    """Which microphone, what the browser does to its sound (echo, noise, loudness), and the volume."""
    return SoundElement(rt, tags.sound_menu(words), **params)


def level_meter(rt: Realtime, of: Literal["input", "output"] = "input", **params: Any) -> SoundElement:
    """How loud the visitor (``input``) or the model (``output``) is: a bar, from -60 to 0 dB."""
    return SoundElement(rt, tags.level_meter(of), **params)


def waveform(
    rt: Realtime,
    of: Literal["input", "output", "both"] = "both",
    *,
    shape: Literal["bars", "wave"] = "bars",
    **params: Any,
) -> SoundElement:
    """The sound as a spectrum of ``bars`` or as a ``wave``; of ``both`` it shows the model's while that is heard."""
    return SoundElement(rt, tags.waveform(of, shape=shape), **params)
