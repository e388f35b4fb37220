"""The sound of a page: its routes, once for each server, and the invisible element that has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import Client, ui
from nicegui.events import GenericEventArguments

from realtime_rx.audio.bridge import STATIC as BRIDGE
from realtime_rx.ui import NO_SOUND, PageSound, PageState, page_bridges
from realtime_rx.ui import STATIC as UI
from realtime_rx_nicegui import host
from realtime_rx_nicegui.assets import STATIC

__all__ = ["BRIDGES", "PageAudio", "serve_sound"]

PREFIX = "/_realtime_rx"
SOCKETS = f"{PREFIX}/sound"
BRIDGES = page_bridges()


def serve_sound() -> None:
    """Have the server offer the page's modules and its sockets, unless it does."""
    host.add_static_files(f"{PREFIX}/bridge", BRIDGE)
    host.add_static_files(f"{PREFIX}/ui", UI)
    host.add_sockets(SOCKETS, BRIDGES.serve)


class PageAudio(ui.element, component=STATIC / "page_audio.js"):
    """Has the visitor's microphone and speakers, and shows nothing. Nothing is opened before the visitor asks for it.

    It stands in the page's layout, so that no other element takes it along when it goes.
    """

    def __init__(self, client: Client, name: str, tell: Callable[[PageState], object]) -> None:
        """``tell`` is told what the page says of its sound."""
        with client.layout:
            super().__init__()
        serve_sound()
        self.name = name
        self._tell = tell
        self._sound: PageSound | None = None
        self._asked = 0
        self.props["base"], self.props["name"] = PREFIX, name
        self.on("say", self._hear)

    def show(self, sound: PageSound | None) -> None:
        """Have this sound from now on."""
        self._sound = sound
        self._tell(NO_SOUND if sound is None else PageState())
        # The address without the prefix of a proxy: the page knows that.
        self.props["setup"] = sound.mount(SOCKETS, self.start) if sound is not None else None
        self.update()

    def start(self) -> None:
        """Ask the page to start its sound: now, where the visitor has clicked before, else with their first click."""
        self._asked += 1
        self.props["asked"] = self._asked
        self.update()

    def _hear(self, arguments: GenericEventArguments) -> None:
        report: Any = arguments.args
        if self._sound is not None:
            self._tell(self._sound.hear(report))
