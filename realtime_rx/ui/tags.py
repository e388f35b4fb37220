"""The elements of a page's sound, as tags: ``elements.js`` draws them, so a binding only has to put them on its page.

Beside its own attributes each has ``sound``, the name of the page's sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

__all__ = ["level_meter", "microphone", "mute_button", "realtime_audio", "sound_menu", "Tag", "waveform", "Words"]

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

Words = Mapping[str, Any]
"""Other words than ours for some of what an element says."""


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    attributes: Mapping[str, str]


def microphone(words: Words | None = None) -> Tag:
    """A round button: click to talk and click again to stop; with the attribute ``talk``, hold it to talk.

    It says what is wrong where the visitor cannot be heard. It emits ``press`` and ``talk`` with ``{on}``, and the page
    gives it the attributes ``capturing`` and ``blocked``, or takes them away.
    """
    return tag("microphone", MICROPHONE_WORDS, words)


def realtime_audio(words: Words | None = None) -> Tag:
    """A button that starts the page's sound, for who types and wants to hear, and switches it off and on."""
    return tag("switch", SPEAKER_WORDS, words, of="speaker")


def mute_button(words: Words | None = None) -> Tag:
    """A button that makes the microphone silent without letting it go."""
    return tag("switch", MUTE_WORDS, words, of="microphone")


def sound_menu(words: Words | None = None) -> Tag:
    """Which microphone, what the browser does to its sound (echo, noise, loudness), and the volume."""
    return tag("sound-menu", MENU_WORDS, words)


def level_meter(of: Literal["input", "output"] = "input", *, label: str = "") -> Tag:
    """How loud the visitor (``input``) or the model (``output``) is: a bar, from -60 to 0 dB."""
    return tag("level", of=of, label=label or {"input": "Microphone level", "output": "Speaker level"}[of])


def waveform(of: Literal["input", "output", "both"] = "both", *, shape: Literal["bars", "wave"] = "bars") -> Tag:
    """The sound as a spectrum of ``bars`` or as a ``wave``; of ``both`` it shows the model's while that is heard."""
    return tag("wave", of=of, shape=shape)


def tag(name: str, ours: Words | None = None, words: Words | None = None, **attributes: str) -> Tag:
    if ours is not None:
        attributes["words"] = msgspec.json.encode({**ours, **(words or {})}).decode()
    return Tag(f"realtime-rx-{name}", attributes)
