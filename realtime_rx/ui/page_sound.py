"""A visitor's sound on their page: what the page is given, what it says, what it is asked for, and how that reads.

A binding serves two folders side by side, this one's ``static`` as ``…/ui`` and the bridge's as ``…/bridge``, and the
page's sockets by :class:`Bridges`. What ``mount()`` gives goes to ``soundOf(name).mount()`` of ``ui/elements.js``,
which has the elements: ``<realtime-rx-microphone sound="name">`` and others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from realtime_rx.audio.bridge import AudioBridge, Bridges, Ear
from realtime_rx.credentials import Discreet
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import AudioFormat
from realtime_rx.options import known, page_formats
from realtime_rx.session import RealtimeSession

__all__ = ["listen", "NO_SOUND", "page_bridges", "page_sound", "PageSound", "PageState", "STATIC"]

STATIC = Path(__file__).with_name("static")
"""The page's modules and their style sheet."""

PATIENCE_S = 60.0
"""How long the visitor may take to click where their browser wants that."""
HOPELESS = frozenset({"insecure-context", "unsupported", "unreachable", "refused"})
"""With these errors a page has no sound at all, so nobody need wait for its microphone."""


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page says of its sound; ``message`` is for its visitor.

    ``state``: idle, waiting (for a click), connecting, connected, reconnecting, closed, none. ``microphone``: off,
    live, muted. ``error``: those of ``bridge.js``.
    """

    state: str = "idle"
    microphone: str = "off"
    error: str | None = None
    message: str = ""

    @property
    def is_on(self) -> bool:
        return self.state in ("connecting", "connected", "reconnecting")


NO_SOUND = PageState(state="none")
"""The page shows a session that has no sound here."""


class Setup(Discreet, Struct, frozen=True, rename="camel"):
    """What a page must know. ``resume``: the page before it had its sound on, a moment ago."""

    url: str
    token: str
    input_rate: int
    output_rate: int
    resume: bool


class PageSound:
    """One session's sound, through as many pages as the visitor reloads. On the loop of the pages' server."""

    def __init__(
        self, bridges: Bridges, input_format: AudioFormat, output_format: AudioFormat, *, linger: float
    ) -> None:
        """``linger``: for how many seconds a page may be away before its sound is lost."""
        self._bridges = bridges
        self._ask: Callable[[], object] | None = None
        self.bridge = AudioBridge(
            input_format,
            output_format,
            open_s=PATIENCE_S,
            linger_s=linger,
            heard=meter(input_format.rate),
            spoken=meter(output_format.rate),
            summon=self._summon,
        )

    def mount(self, url: str, ask: Callable[[], object]) -> str:
        """What the page that has this sound from now on needs, as JSON; ``url`` is that of the sockets.

        ``ask`` is called, on the session's loop, when the page shall start its sound: the microphone is wanted.
        """
        self._ask = ask
        bridge = self.bridge
        rates = bridge.microphone.format.rate, bridge.speaker.format.rate
        setup = Setup(url, self._bridges.add(bridge), *rates, resume=bridge.is_started)
        return msgspec.json.encode(setup).decode()

    def hear(self, report: Mapping[str, Any]) -> PageState:
        """What the page says. Raises ``msgspec.ValidationError`` for what no page says."""
        state = msgspec.convert(report, PageState)
        if state.error in HOPELESS and not state.is_on:
            self.bridge.microphone.lose(AudioDeviceError(state.message or f"the page has no sound: {state.error}"))
        return state

    def close(self) -> None:
        """From any thread, any number of times."""
        self._ask = None
        self.bridge.close()

    def _summon(self) -> None:
        if self._ask is not None:
            self._ask()


def page_bridges(has_others: Callable[[], bool] = lambda: False) -> Bridges:
    """The bridges of a server whose pages may be looked at for long before somebody talks: a token is good until its
    session is closed. ``has_others``: it has several workers, and a page's socket may come to the wrong one."""
    return Bridges(expires_s=math.inf, has_others=has_others)


def page_sound(
    options: Mapping[str, Any], bridges: Bridges, *, linger: float
) -> tuple[dict[str, Any], PageSound | None]:
    """The options of ``use_realtime`` with the page's microphone and speaker, and those.

    Devices that the options bring stay, and ``auto_playback=False`` wants no speaker; where nothing is missing, or a
    format is one that no page speaks, nothing is added.
    """
    options = known(options)
    formats = page_formats(options)
    wanted = ("audio_input", "audio_output") if options.get("auto_playback", True) else ("audio_input",)
    missing = [name for name in wanted if name not in options]
    if not missing or any(each.encoding != "pcm16" for each in formats):
        return options, None
    sound = PageSound(bridges, *formats, linger=linger)
    devices = {"audio_input": sound.bridge.microphone, "audio_output": sound.bridge.speaker}
    return {**options, **{name: devices[name] for name in missing}}, sound


def meter(rate: int) -> Ear | None:
    """For ``session.audio``; the page draws without it, so numpy may be missing."""
    try:
        from realtime_rx.audio.levels import Meter
    except ImportError:
        return None
    return Meter(rate)


def listen(session: RealtimeSession, on: bool, *, hold: bool = False, connect: bool = False) -> None:
    """The visitor pressed the microphone's button, or holds it, or does so no longer.

    ``connect``: dial first, where there is no connection. Raises :class:`RealtimeError` where that cannot be.
    """
    if on and connect:
        session.connect()
    start, stop = session.start_audio_capture, session.stop_audio_capture
    if hold:
        start, stop = session.start_listening, session.stop_listening
    (start if on else stop)()
