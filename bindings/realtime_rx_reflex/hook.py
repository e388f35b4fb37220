"""``use_realtime()``: a state class that is a session for each tab."""

from __future__ import annotations

import sys
from itertools import count
from typing import Any, ClassVar, Unpack

import reflex as rx

from realtime_rx.errors import ConfigurationError
from realtime_rx.options import Options, listed
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import Source
from realtime_rx.ui.terms import Terms
from realtime_rx_reflex.state import LiveState, RealtimeState
from realtime_rx_reflex.visits import VISITS

__all__ = ["use_realtime"]


@listed
def use_realtime(
    source: Source = None,
    *,
    name: str | None = None,
    audio: bool = True,
    autoconnect: bool = False,
    max_hz: float = 30.0,
    linger: float = 5.0,
    **options: Unpack[Options],
) -> type[RealtimeState]:
    """A session for each tab, as an ``rx.State`` class. To be called at the top of a module.

    ``source`` is a model (``"openai:gpt-realtime"``, ``"local"``, a provider, or nothing) with ``options`` as
    ``realtime_rx.use_realtime`` takes them, or a function that makes a session. A session is made when its tab first
    connects or writes, is found again after a reload, and is closed when the tab has been away for ``linger`` seconds.
    Callbacks and tools run on the app's loop.

    A session made of options has the microphone and the speakers of its visitor's page, on which ``Voice.audio()``
    stands, unless the options bring others or ``audio`` is off.

    With ``autoconnect`` it is dialled when it is made, which a page with ``Voice.audio()``, ``Voice.transcript()``,
    ``Voice.composer()`` or ``Voice.status_badge()`` then asks for when it is in a browser: a page without any has
    ``on_load=Voice.connect``. Neither bots nor what a browser prefetches run that. Who hangs up is not dialled again.

    ``name`` is the class's name, which Reflex knows it by; ``max_hz`` bounds how often a page is updated.

    Raises :class:`ConfigurationError`, when the module is loaded, where the options are none that a session takes or do
    not fit together, or for a session: tabs do not share one.
    """
    if isinstance(source, RealtimeSession):
        raise ConfigurationError("each tab has a session of its own: give a function that makes one")
    module = str(sys._getframe(1).f_globals["__name__"])  # pyright: ignore[reportPrivateUsage]
    name = name or free_name(module)
    terms = Terms.of(source, audio=audio, autoconnect=autoconnect, max_hz=max_hz, linger=linger, **options)
    terms.check()
    voice = subclass(name, RealtimeState, module, {"_terms": terms})
    voice._base = voice
    voice.sound_name = voice.get_full_name()
    VISITS.end(voice.sound_name)  # those of the same class before its module was loaded anew
    voice._live = subclass(f"{name}Live", LiveState, module, {})
    return voice


def free_name(module: str) -> str:
    taken = {state.__name__ for state in rx.State.get_substates() if state.__module__ == module}
    return next(name for number in count(1) if (name := f"Realtime{number if number > 1 else ''}") not in taken)


def subclass(name: str, mixin: Any, module: str, values: dict[str, Any]) -> Any:
    """A state class as if it had been written in that module."""
    annotations = dict.fromkeys(values, ClassVar[Any])
    body = {"__module__": module, "__qualname__": name, "__annotations__": annotations, **values}
    return type(name, (mixin, rx.State), body, mixin=False)
