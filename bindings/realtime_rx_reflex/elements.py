"""The page's sound as components: what has it, and the elements that show it. The plugin serves what draws them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec

import reflex as rx
from reflex.config import get_config
from reflex.event import passthrough_event_spec

from realtime_rx.errors import ConfigurationError
from realtime_rx.ui import tags
from realtime_rx.ui.facts import Ticket
from realtime_rx_reflex.plugin import LIBRARY, MODULES, RealtimePlugin

if TYPE_CHECKING:
    from realtime_rx_reflex.state import RealtimeState

__all__ = ["audio", "Element", "microphone"]

P = ParamSpec("P")


class RealtimeAudio(rx.Component):
    """Has the visitor's microphone and speakers, and shows nothing."""

    library = LIBRARY
    tag = "RealtimeAudio"

    modules: rx.Var[str]
    name: rx.Var[str]
    ticket: rx.Var[Ticket]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        ours = {"on_arrive": passthrough_event_spec(str, bool), "on_say": passthrough_event_spec(dict[str, Any])}
        return {**super().get_event_triggers(), **ours}


class RealtimeElement(rx.Component):
    """One of the elements that draw themselves."""

    library = LIBRARY
    tag = "RealtimeElement"

    element: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        told = passthrough_event_spec(bool)
        return {**super().get_event_triggers(), "on_press": told, "on_talk": told}


def audio(voice: type[RealtimeState]) -> rx.Component:
    config = get_config()
    if not any(isinstance(plugin, RealtimePlugin) for plugin in config.plugins):
        raise ConfigurationError("a page's sound needs rx.Config(plugins=[RealtimePlugin(), …]) in rxconfig.py")
    return RealtimeAudio.create(
        modules=config.prepend_frontend_path(f"{MODULES}/ui/elements.js"),
        name=voice.sound_name,
        ticket=voice.ticket,
        on_arrive=voice.arrive,
        on_say=voice.hear,
    )


def microphone(
    voice: type[RealtimeState], push_to_talk: Any, connect_on_start: bool, words: tags.Words | None, **props: Any
) -> rx.Component:
    is_gone = (voice.status == "disconnected") | (voice.status == "error")
    flags = {"capturing": voice.is_capturing, "talk": push_to_talk, "blocked": False if connect_on_start else is_gone}

    def listening(hold: bool) -> Callable[[Any], Any]:
        return lambda on: voice.listen(on, hold, connect_on_start)

    tag = tags.microphone(words, on_press=listening(False), on_talk=listening(True), **props)
    return put(voice, tag, **flags)


def put(voice: type[RealtimeState], tag: tags.Tag, **flags: Any) -> rx.Component:
    """Put the tag on a page, with these attributes besides."""
    look = dict(tag.look)
    attributes = {**tag.attributes, **flags, "sound": voice.sound_name, **look.pop("custom_attrs", {})}
    return RealtimeElement.create(element=tag.name, custom_attrs=attributes, **look)


class Element(Generic[P]):
    """What puts a tag on a page, as a method of the state class: ``Voice.waveform("input")``."""

    def __init__(self, tag: Callable[P, tags.Tag]) -> None:
        self._place = tags.placed(tag, put)
        self.__doc__ = tag.__doc__

    def __get__(self, voice: Any, kind: Any) -> Callable[P, rx.Component]:
        return partial(self._place, kind)
