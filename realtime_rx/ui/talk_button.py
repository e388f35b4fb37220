"""What the button to talk by does, whatever element it is: a binding mixes it into its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui.page_sound import listen
from realtime_rx.ui.slices import is_gone
from realtime_rx.ui.tags import TalkTag

__all__ = ["TalkButton"]

Watch: TypeAlias = Callable[[Callable[[SessionState], Any], Callable[[bool], None]], object]


class TalkButton:
    """What an element with the tag of :func:`~realtime_rx.ui.tags.microphone` inherits, after what it is itself."""

    _session: Callable[[], RealtimeSession]
    _connects: bool

    def flag(self, name: str, on: bool) -> None:
        """Give the tag this attribute, or take it away."""
        raise NotImplementedError

    def is_flagged(self, name: str) -> bool:
        """Whether it has this attribute."""
        raise NotImplementedError

    def follow(self, watch: Watch, session: Callable[[], RealtimeSession], tag: TalkTag) -> None:
        """Show how things are. ``session`` is the one of that moment."""
        self._session = session
        self._connects = connects = tag.connect_on_start
        self.push_to_talk = tag.push_to_talk
        watch(lambda state: state.is_capturing, lambda on: self.flag("capturing", on))
        watch(is_gone, lambda gone: self.flag("blocked", gone and not connects))

    @property
    def push_to_talk(self) -> bool:
        return self.is_flagged("talk")

    @push_to_talk.setter
    def push_to_talk(self, on: bool) -> None:
        self.flag("talk", on)

    def pressed(self, on: bool, *, hold: bool = False) -> None:
        """The visitor clicked, or holds it (``talk``), or does so no longer."""
        listen(self._session(), on, hold=hold, connect=self._connects)
