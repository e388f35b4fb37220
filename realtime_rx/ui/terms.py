"""What a binding's ``use_realtime()`` is called with, the same in each whose pages have sessions of their own."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar, Unpack, cast

from realtime_rx.audio.bridge import Bridges
from realtime_rx.options import Options, known, listed
from realtime_rx.session import RealtimeSession
from realtime_rx.ui.keeper import Keeper, Lease
from realtime_rx.ui.page_sound import page_bridges, page_sound
from realtime_rx.ui.source import Source, check_source, session_factory, takes_options
from realtime_rx.ui.tenant import Bind, Tenant

__all__ = ["HookNumbers", "takes", "Terms"]

P = ParamSpec("P")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Of what a visitor's session is made, and how it is shown to them.

    ``autoconnect``: it is dialled when the page is there; ``audio``: it may have the page's microphone and speakers;
    ``max_hz``: how often the page is updated at most; ``linger``: for how many seconds it waits for a reload.
    """

    source: Source
    options: Mapping[str, Any]
    autoconnect: bool
    audio: bool
    max_hz: float
    linger: float

    @classmethod
    def of(
        cls,
        source: Source = None,
        *,
        autoconnect: bool = False,
        audio: bool = True,
        max_hz: float = 30.0,
        linger: float = 30.0,
        **options: Unpack[Options],
    ) -> Terms:
        """Raises :class:`ConfigurationError` naming an option that there is not."""
        given = known(cast(Mapping[str, Any], options))
        return cls(source=source, options=given, autoconnect=autoconnect, audio=audio, max_hz=max_hz, linger=linger)

    def check(self) -> None:
        """Raise the :class:`ConfigurationError` that making a session of these would, without making one."""
        options, sound = self.options, None
        if self.audio and takes_options(self.source):
            options, sound = page_sound(options, page_bridges(), linger=self.linger)
        check_source(self.source, options)
        if sound is not None:
            sound.close()

    def unseen(self) -> RealtimeSession:
        """A session that no visitor will have, where a program is only looked through: without a page's sound."""
        options = {name: value for name, value in self.options.items() if name != "auto_capture"}
        make = session_factory(self.source, options)
        assert make is not None
        return make()

    @property
    def shared(self) -> RealtimeSession | None:
        """The session that is only observed, where it is one. Raises :class:`ConfigurationError` for options to it."""
        if not isinstance(self.source, RealtimeSession):
            return None
        session_factory(self.source, self.options)
        return self.source

    def rent(self, keeper: Keeper, key: Hashable, *, bind: Bind, bridges: Bridges) -> tuple[Tenant, Lease]:
        """A session of the visitor's own, kept under this key; ``bind`` and ``bridges`` as for :class:`Tenant`.

        Raises :class:`ConfigurationError` where the options do not fit together.
        """
        tenant = Tenant(keeper, key, linger=self.linger, bind=bind, bridges=bridges if self.audio else None)
        return tenant, tenant.begin(self.source, self.options)


def takes(terms: Callable[P, Terms]) -> Callable[[Callable[[Terms], V]], Callable[P, V]]:
    """Makes a function of terms one that is called with what makes these: ``@takes(Terms.of)``."""

    def hook(use: Callable[[Terms], V]) -> Callable[P, V]:
        @wraps(use)
        def call(*args: P.args, **options: P.kwargs) -> V:
            return use(terms(*args, **options))

        gives = inspect.signature(use).return_annotation
        vars(call)["__signature__"] = inspect.signature(terms).replace(return_annotation=gives)
        return listed(call)

    return hook


class HookNumbers:
    """Which hook of its page one is: what is the first of a page is the first after a reload, too."""

    def __init__(self) -> None:
        self._called: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    def next(self, page: object) -> int:
        number = self._called.get(page, 0)
        self._called[page] = number + 1
        return number
