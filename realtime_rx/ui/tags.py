"""The elements of a page's sound, as tags: ``elements.js`` draws them, so a binding only has to put them on its page.

Beside its own attributes each has ``sound``, the name of the page's sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import msgspec

__all__ = [
    "level_meter",
    "microphone",
    "mute_button",
    "placed",
    "realtime_audio",
    "sound_menu",
    "Tag",
    "TalkTag",
    "waveform",
    "Words",
]

P = ParamSpec("P")
Rt = TypeVar("Rt")
T = TypeVar("T")
E = TypeVar("E")

PREFIX = "realtime-rx-"
MICROPHONE_WORDS = {
    "none": {"label": "This conversation has no microphone here"},
    "blocked": {"label": "Connect to talk"},
    "idle": {"label": "Talk"},
    "hold": {"label": "Hold to talk, or hold the space bar"},
    "connecting": {"label": "Starting the sound"},
    "reconnecting": {"label": "Reconnecting the sound", "note": "The sound was cut off. Reconnecting…"},
    "waiting": {"label": "Start the sound", "note": "Click to start the sound"},
    "suspended": {"label": "Start the sound"},
    "asking": {"label": "Stop talking", "note": "Allow the microphone in your browser"},
    "listening": {"label": "Stop talking"},
    "talking": {"label": "Let go to send"},
    "muted": {"label": "Stop talking", "note": "The microphone is muted"},
    "again": {"label": "Try the microphone again"},
}
"""What the microphone's button is called, and what is said beside it: in each of its phases, and with any error."""
MUTE_WORDS = {"name": "Mute the microphone", "on": "Mute the microphone", "off": "Unmute the microphone"}
SPEAKER_WORDS = {"name": "Sound", "on": "Switch the sound off", "off": "Switch the sound on"}
MENU_WORDS = {
    "name": "Sound settings",
    "device": "Microphone",
    "default": "The browser's choice",
    "echoCancellation": "Cancel echo",
    "noiseSuppression": "Suppress noise",
    "autoGainControl": "Even out the loudness",
    "volume": "Volume",
}

LEVELS = {"input": "Microphone", "output": "Speaker"}

Words = Mapping[str, Any]
"""Other words than ours for some of what an element says."""


@dataclass(frozen=True, slots=True)
class Tag:
    """``look`` is what the page's framework is told of the element besides, in its own words."""

    name: str
    attributes: Mapping[str, str]
    look: Mapping[str, Any] = field(default_factory=dict[str, Any])


def placed(tag: Callable[P, T], put: Callable[[Rt, T], E]) -> Callable[Concatenate[Rt, P], E]:
    """What puts this tag on a page, for what shows a session: ``waveform(rt, "input")``."""

    def place(rt: Rt, *args: P.args, **options: P.kwargs) -> E:
        return put(rt, tag(*args, **options))

    place.__doc__ = tag.__doc__
    return place


@dataclass(frozen=True, slots=True)
class TalkTag(Tag):
    """That of the button to talk by, and what it does.

    The tag emits ``press`` and ``talk`` with ``{on}``; the page gives it the attributes ``capturing``, ``blocked`` and
    ``talk``, or takes them away.
    """

    push_to_talk: bool = False
    connect_on_start: bool = False


def microphone(
    words: Words | None = None, *, push_to_talk: bool = False, connect_on_start: bool = False, **look: Any
) -> TalkTag:
    """A round button: click to talk and click again to stop, or hold it, or the space bar, to talk.

    It says what is wrong where the visitor cannot be heard. ``connect_on_start``: the first click dials; without it
    one has to be connected. For ``push_to_talk`` the session's turn detection is to be ``disabled``.
    """
    attributes = {"words": said(MICROPHONE_WORDS, words)}
    return TalkTag(f"{PREFIX}microphone", attributes, look, push_to_talk, connect_on_start)


def realtime_audio(words: Words | None = None, **look: Any) -> Tag:
    """A button that starts the page's sound, for who types and wants to hear, and switches it off and on."""
    return tag("switch", look, {"of": "speaker", "words": said(SPEAKER_WORDS, words)})


def mute_button(words: Words | None = None, **look: Any) -> Tag:
    """A button that makes the microphone silent without letting it go."""
    return tag("switch", look, {"of": "microphone", "words": said(MUTE_WORDS, words)})


def sound_menu(words: Words | None = None, **look: Any) -> Tag:
    """Which microphone, what the browser does to its sound (echo, noise, loudness), and the volume."""
    return tag("sound-menu", look, {"words": said(MENU_WORDS, words)})


def level_meter(of: Literal["input", "output"] = "input", *, label: str = "", **look: Any) -> Tag:
    """How loud the visitor (``input``) or the model (``output``) is: a bar, from -60 to 0 dB."""
    return tag("level", look, {"of": of, "label": label or f"{LEVELS[of]} level"})


def waveform(
    of: Literal["input", "output", "both"] = "both", *, shape: Literal["bars", "wave"] = "bars", **look: Any
) -> Tag:
    """The sound as a spectrum of ``bars`` or as a ``wave``; of ``both`` it shows the model's while that is heard."""
    return tag("wave", look, {"of": of, "shape": shape})


def tag(name: str, look: Mapping[str, Any], attributes: Mapping[str, str]) -> Tag:
    return Tag(f"{PREFIX}{name}", attributes, look)


def said(ours: Words, theirs: Words | None) -> str:
    return msgspec.json.encode({**ours, **(theirs or {})}).decode()
