"""The button to talk by, and the small things around it. They are drawn by the page; see realtime_rx/ui/static."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from nicegui import ui
from nicegui.events import GenericEventArguments

from realtime_rx.ui import MENU_WORDS, MICROPHONE_WORDS, MUTE_WORDS, SPEAKER_WORDS, is_gone, listen
from realtime_rx_nicegui.assets import style_page
from realtime_rx_nicegui.view import Realtime

__all__ = [
    "level_meter",
    "LevelMeter",
    "microphone",
    "Microphone",
    "mute_button",
    "MuteButton",
    "realtime_audio",
    "RealtimeAudio",
    "sound_menu",
    "SoundMenu",
    "waveform",
    "Waveform",
]

ON = "({ detail }) => emit(detail.on)"

Words = Mapping[str, Any]


class SoundElement(ui.element):
    """An element that shows the page's sound of ``rt``."""

    def __init__(self, tag: str, rt: Realtime, words: Words | None = None) -> None:
        super().__init__(tag)
        style_page()
        self.props["sound"] = rt.sound_name
        if words is not None:
            self.props["words"] = msgspec.json.encode(words).decode()

    def flag(self, name: str, on: bool) -> None:
        """Give it this attribute, or take it away."""
        if on:
            self.props[name] = ""
        else:
            self.props.pop(name, None)
        self.update()


class Microphone(SoundElement):
    """A round button: click to talk and click again to stop, or hold it, or the space bar, to talk.

    It says what is wrong where the visitor cannot be heard. ``connect_on_start``: the first click dials; without it
    one has to be connected. For ``push_to_talk`` the session's turn detection is to be ``disabled``.
    """

    def __init__(
        self, rt: Realtime, *, push_to_talk: bool = False, connect_on_start: bool = False, words: Words | None = None
    ) -> None:
        super().__init__("realtime-rx-microphone", rt, {**MICROPHONE_WORDS, **(words or {})})
        self._rt = rt
        self._connect = connect_on_start
        self.on("press", self._pressed, js_handler=ON)
        self.on("talk", self._talked, js_handler=ON)
        self.push_to_talk = push_to_talk
        with self:
            rt.watch(lambda state: state.is_capturing, lambda on: self.flag("capturing", on))
            rt.watch(is_gone, lambda gone: self.flag("blocked", gone and not self._connect))

    @property
    def push_to_talk(self) -> bool:
        return "talk" in self.props

    @push_to_talk.setter
    def push_to_talk(self, on: bool) -> None:
        self.flag("talk", on)

    def _pressed(self, arguments: GenericEventArguments) -> None:
        listen(self._rt.session, bool(arguments.args), connect=self._connect)

    def _talked(self, arguments: GenericEventArguments) -> None:
        listen(self._rt.session, bool(arguments.args), hold=True, connect=self._connect)


class RealtimeAudio(SoundElement):
    """A button that starts the page's sound, for who types and wants to hear, and switches it off and on."""

    def __init__(self, rt: Realtime, *, words: Words | None = None) -> None:
        super().__init__("realtime-rx-switch", rt, {**SPEAKER_WORDS, **(words or {})})
        self.props["of"] = "speaker"


class MuteButton(SoundElement):
    """A button that makes the microphone silent without letting it go."""

    def __init__(self, rt: Realtime, *, words: Words | None = None) -> None:
        super().__init__("realtime-rx-switch", rt, {**MUTE_WORDS, **(words or {})})
        self.props["of"] = "microphone"


class SoundMenu(SoundElement):
    """Which microphone, what the browser does to its sound (echo, noise, loudness), and the volume."""

    def __init__(self, rt: Realtime, *, words: Words | None = None) -> None:
        super().__init__("realtime-rx-sound-menu", rt, {**MENU_WORDS, **(words or {})})


class LevelMeter(SoundElement):
    """How loud the visitor (``input``) or the model (``output``) is: a bar, from -60 to 0 dB."""

    def __init__(self, rt: Realtime, of: Literal["input", "output"] = "input", *, label: str = "") -> None:
        super().__init__("realtime-rx-level", rt)
        self.props["of"] = of
        self.props["label"] = label or {"input": "Microphone level", "output": "Speaker level"}[of]


class Waveform(SoundElement):
    """The sound as a spectrum of ``bars`` or as a ``wave``; of ``both`` it shows the model's while that is heard."""

    def __init__(
        self,
        rt: Realtime,
        of: Literal["input", "output", "both"] = "both",
        *,
        shape: Literal["bars", "wave"] = "bars",
    ) -> None:
        super().__init__("realtime-rx-wave", rt)
        self.props["of"], self.props["shape"] = of, shape


level_meter = LevelMeter
microphone = Microphone
mute_button = MuteButton
realtime_audio = RealtimeAudio
sound_menu = SoundMenu
waveform = Waveform
