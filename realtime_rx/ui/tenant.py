"""A page and its private session: made with the page, found again after a reload, given up when the page goes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from realtime_rx.audio.bridge import Bridges
from realtime_rx.ui.keeper import Keeper, Lease
from realtime_rx.ui.page_sound import page_sound
from realtime_rx.ui.source import CALLBACKS, Relay, Source, session_factory, takes_options

__all__ = ["Bind", "Callback", "Tenant"]

Callback = Callable[..., Any]
Bind = Callable[[str, Callback], Callback]


class Tenant:
    """Has a session kept under a key for as long as its page is there. To be used where its keeper may be.

    ``bind(name, callback)`` makes of one of the page's callbacks what a session may call: what ``on_tool_call`` returns
    or raises is the model's answer, for the others nobody waits. With ``bridges`` a session that is made of options has
    the page's microphone and speakers, unless the options bring others.
    """

    def __init__(
        self,
        keeper: Keeper,
        key: Hashable,
        *,
        linger: float,
        bind: Bind,
        bridges: Bridges | None = None,
    ) -> None:
        self._keeper = keeper
        self._key = key
        self._linger = linger
        self._bind = bind
        self._bridges = bridges
        self._callbacks: Mapping[str, Callback] = {}
        self._was_seen = False

    def begin(self, source: Source, options: Mapping[str, Any]) -> Lease:
        """Make a session, which is this page's from now on; the one before is closed.

        Raises :class:`ConfigurationError` where the options do not fit together.
        """
        self._callbacks = {name: self._bind(name, options[name]) for name in CALLBACKS & options.keys()}
        relay = Relay(self._callbacks)
        options, sound = {**options, **relay.options()}, None
        if self._bridges is not None and takes_options(source):
            options, sound = page_sound(options, self._bridges, linger=self._linger)
        make = session_factory(source, options)
        assert make is not None
        lease = Lease(make(), relay, self, self._linger, sound)
        self._keeper.keep(self._key, lease)
        return lease

    def find(self, key: Hashable) -> Lease | None:
        """The browser is there, and says by ``key`` which tab it is. To be called once.

        What the page before this one left is this page's, and its own is closed; None where nothing was left.
        """
        self._was_seen = True
        left = self._keeper.claim(key, self)
        if left is None:
            self._keeper.rename(self._key, key)
        else:
            self._keeper.drop(self._key)
            left.relay.point_to(self._callbacks)
        self._key = key
        return left

    def leave(self) -> None:
        """The page is gone. Its session waits for a reload, unless nobody ever saw it."""
        if self._was_seen:
            self._keeper.release(self._key, self)
        else:
            self._keeper.drop(self._key)

    def stay(self) -> None:
        """The page is there again, after all."""
        self._keeper.claim(self._key, self)
