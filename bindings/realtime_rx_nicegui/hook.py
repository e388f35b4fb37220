"""``use_realtime()``: a session for the visitor of a page, from the first look to the closed tab."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from nicegui import Client, core
from nicegui.context import context

from realtime_rx.session import RealtimeSession
from realtime_rx.ui import CALLBACKS, Keeper, Lease, Relay, Source, page_sound, session_factory, takes_options
from realtime_rx_nicegui.host import on_delete, on_shutdown, when_connected
from realtime_rx_nicegui.page_audio import BRIDGES, PageAudio
from realtime_rx_nicegui.slots import Bound
from realtime_rx_nicegui.view import Realtime

__all__ = ["sessions", "use_realtime"]

GONE = ("disconnected", "error")

_keeper: Keeper | None = None
_hooks: weakref.WeakKeyDictionary[Client, int] = weakref.WeakKeyDictionary()
"""How many hooks each page has called: the first of a page is its first after a reload, too."""


def use_realtime(
    source: Source = None,
    *,
    autoconnect: bool = False,
    audio: bool = True,
    max_hz: float = 30.0,
    linger: float = 30.0,
    **options: Any,
) -> Realtime:
    """A session for this visitor, to be called inside a page.

    ``source`` is a model (``"openai:gpt-realtime"``, ``"local"``, a provider, or nothing) with ``options`` as
    ``realtime_rx.use_realtime`` takes them; or a function that makes a session: either is this visitor's alone, and
    closed with the tab. A session that you made is shared, only observed, and never closed here.

    Nothing is dialled while the page is built, as bots and prefetching browsers build pages too: call ``connect()``
    on a click, or give ``autoconnect`` to do so when the browser is there. A reload within ``linger`` seconds finds
    the conversation again.

    A session made of options has this visitor's microphone and speakers, unless the options bring others or ``audio``
    is off. Nothing of that is opened before they click a :func:`microphone`, or something calls
    ``rt.start_audio_capture()`` or ``rt.start_sound()``.

    Callbacks (``on_message``, …) run in the slot this is called in, ``max_hz`` bounds how often
    the page is updated.

    Raises :class:`ConfigurationError` where the options do not fit together.
    """
    client = context.client
    if isinstance(source, RealtimeSession):
        session_factory(source, options)
        rt = Realtime(source, max_hz=max_hz)
        on_delete(client, rt.dispose)
    else:
        rt = _Ownership(client, linger=linger, audio=audio).begin(source, options, max_hz=max_hz)
    if autoconnect:
        when_connected(client, lambda: _dial(rt))
    return rt


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions of all visitors that there are in this process, those that wait for a reload included."""
    return _keeper.sessions if _keeper is not None else ()


class _Ownership:
    """A visitor's private session: made with the page, found again after a reload, closed when the tab is."""

    def __init__(self, client: Client, *, linger: float, audio: bool) -> None:
        number = _hooks.get(client, 0)
        _hooks[client] = number + 1
        self._client = client
        self._number = number
        self._linger = linger
        self._audio = audio
        self._key: Hashable = (client.id, number)
        self._connected = False

    def begin(self, source: Source, options: Mapping[str, Any], *, max_hz: float) -> Realtime:
        self._keeper = _the_keeper()
        lease, self._callbacks = self._make(source, options)
        self._rt = Realtime(lease.session, max_hz=max_hz)
        self._rt.can_start_over(self._start_over)
        self._page = PageAudio(self._client, f"sound-{self._number}", self._rt.hear_page)
        self._rt.can_sound(self._page.name, self._page.start)
        self._page.show(lease.sound)
        if self._keeper is not None:
            self._keeper.keep(self._key, lease)
        when_connected(self._client, self._found)
        on_delete(self._client, self._left)
        return self._rt

    def _make(self, source: Source, options: Mapping[str, Any]) -> tuple[Lease, dict[str, Callable[..., Any]]]:
        callbacks = {name: Bound(options[name]) for name in CALLBACKS & options.keys()}
        relay = Relay(callbacks)
        options, sound = {**options, **relay.options()}, None
        if self._audio and takes_options(source):
            options, sound = page_sound(options, BRIDGES, linger=self._linger)
        make = session_factory(source, options)
        assert make is not None
        return Lease(make(), relay, self, self._linger, sound), callbacks

    def _start_over(self, source: Source = None, **options: Any) -> None:
        lease, self._callbacks = self._make(source, options)
        if self._keeper is not None:
            self._keeper.keep(self._key, lease)
        self._rt.attach(lease.session)
        self._page.show(lease.sound)

    def _found(self) -> None:
        """The browser is there and says which tab it is: take over what the page before this one left."""
        if self._keeper is None:
            return
        self._connected = True
        key = (self._client.tab_id, self._client.request.url.path, self._number)
        survivor = self._keeper.claim(key, self)
        if survivor is None:
            self._keeper.rename(self._key, key)
        else:
            self._keeper.drop(self._key)
            survivor.relay.point_to(self._callbacks)
            self._rt.attach(survivor.session)
            self._page.show(survivor.sound)
        self._key = key

    def _left(self) -> None:
        """The page is gone for good. Its session waits for a reload, unless nobody ever saw it."""
        self._rt.dispose()
        if self._keeper is None:
            self._rt.session.aclose()
        elif self._connected:
            self._keeper.release(self._key, self)
        else:
            self._keeper.drop(self._key)


def _the_keeper() -> Keeper | None:
    """The one of this server, which closes every session when the server stops; None while no loop runs."""
    global _keeper
    if _keeper is None or _keeper.loop is not core.loop:
        # NiceGUI ignores this when a script runs again for a visitor: its first run, without a loop, has asked for it.
        on_shutdown(_close_all)
        _keeper = Keeper(core.loop) if core.loop is not None else None
    return _keeper


async def _close_all() -> None:
    global _keeper
    keeper, _keeper = _keeper, None
    if keeper is not None:
        await keeper.aclose()


def _dial(rt: Realtime) -> None:
    if rt.session.state.status in GONE:
        rt.connect()
