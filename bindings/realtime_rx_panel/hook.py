"""``use_realtime()``: a session for the visitor of an app, from the first look to the closed tab."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document

from realtime_rx.runtime import LoopHost
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import Keeper, Loop, Source, Tenant, dial, session_factory
from realtime_rx_panel.host import Timers, loop_of, reporting, serve_styles, watch_visitor
from realtime_rx_panel.routes import BRIDGES
from realtime_rx_panel.view import Realtime

__all__ = ["sessions", "use_realtime"]

_keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}
_hooks: weakref.WeakKeyDictionary[Document, int] = weakref.WeakKeyDictionary()
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
    """A session for this visitor, to be called while their app is built.

    ``source`` is a model (``"openai:gpt-realtime"``, ``"local"``, a provider, or nothing) with ``options`` as
    ``realtime_rx.use_realtime`` takes them; or a function that makes a session: either is this visitor's alone, and
    closed when they have been away for ``linger`` seconds; a reload within these finds the conversation again. A
    session that you made is shared, only observed, and never closed here. In a notebook or a script nobody leaves: end
    what is yours by ``rt.session.aclose()``.

    Nothing is dialled while the app is built, as bots and prefetching browsers have apps built too: call ``connect()``
    on a click, or give ``autoconnect`` to do so when the page is loaded.

    A session made of options has this visitor's microphone and speakers, unless the options bring others or ``audio``
    is off; the server needs the binding's routes for that. Nothing of that is opened before they click a
    :func:`microphone`, or something calls ``rt.start_audio_capture()`` or ``rt.start_sound()``.

    Callbacks (``on_message``, …) are called under the document's lock, in order; only ``on_tool_call``, whose answer
    the model waits for, runs on the session's loop. ``max_hz`` bounds how often the page is updated.

    Raises :class:`ConfigurationError` where the options do not fit together.
    """
    document, host = pn.state.curdoc, LoopHost()
    if document is not None:
        serve_styles(document)
    if isinstance(source, RealtimeSession):
        session_factory(source, options)
        rt = _shared(source, document, Realtime(source, document, host, max_hz=max_hz))
    else:
        bind = partial(_bound, document, loop_of(document, host), options.get("on_tool_call"))
        tenant = Tenant(_keeper(host), object(), linger=linger, bind=bind, bridges=BRIDGES if audio else None)
        lease = tenant.begin(source, options)
        number = _count(document)
        rt = Realtime(lease.session, document, host, max_hz=max_hz, number=number)
        rt.show(lease)
        if document is None:
            lease.session.states.subscribe(on_completed=tenant.leave)
        else:
            _settle(document, rt, tenant, number)
    if autoconnect:
        pn.state.onload(lambda: dial(rt.session))
    return rt


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions in this process that hooks have made and not closed yet."""
    return tuple(session for keeper in [*_keepers.values()] for session in keeper.sessions)


def _keeper(host: LoopHost) -> Keeper:
    for loop in [loop for loop in [*_keepers] if loop.is_closed()]:
        _keepers.pop(loop, None)
    return _keepers.setdefault(host.loop, Keeper(Timers(host)))


def _count(document: Document | None) -> int:
    """Which hook of its page this is."""
    if document is None:
        return 0
    number = _hooks.get(document, 0)
    _hooks[document] = number + 1
    return number


def _bound(
    document: Document | None, loop: Loop, awaited: Callable[..., Any] | None, callback: Callable[..., Any]
) -> Callable[..., Any]:
    """The callback as one of the document's own; as it is where its answer is waited for, or there is no document."""
    if document is None or callback is awaited:
        return callback
    return lambda *args: loop.call_soon_threadsafe(reporting, document, callback, *args)


def _shared(session: RealtimeSession, document: Document | None, rt: Realtime) -> Realtime:
    rt.attach(session)
    if document is not None:
        rt.page.put(document)
        watch_visitor(document, away=rt.detach, back=lambda: rt.attach(session), gone=rt.dispose)
    return rt


def _settle(document: Document, rt: Realtime, tenant: Tenant, number: int) -> None:
    """Have the visitor find what their page had before it was reloaded, and leave it when they go."""

    def find(tab: str) -> None:
        """The browser says which tab it is. The hooks of a page come in the same order after a reload."""
        if left := tenant.find((tab, number)):
            rt.show(left)

    def away() -> None:
        rt.detach()
        tenant.leave()

    def back() -> None:
        tenant.stay()
        rt.attach(rt.session)

    rt.page.put(document, find)
    watch_visitor(document, away=away, back=back, gone=rt.dispose)
