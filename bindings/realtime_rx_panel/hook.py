"""``use_realtime()``: a session for the visitor of an app, from the first look to the closed tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document

from realtime_rx.runtime import LoopHost
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import CALLBACKS, Loop, Source, is_gone, session_factory, takes_options
from realtime_rx_panel.host import loop_of, on_gone, reporting
from realtime_rx_panel.view import Realtime

__all__ = ["sessions", "use_realtime"]

_sessions: set[RealtimeSession] = set()


def use_realtime(
    source: Source = None, *, autoconnect: bool = False, max_hz: float = 30.0, linger: float = 5.0, **options: Any
) -> Realtime:
    """A session for this visitor, to be called while their app is built.

    ``source`` is a model (``"openai:gpt-realtime"``, ``"local"``, a provider, or nothing) with ``options`` as
    ``realtime_rx.use_realtime`` takes them; or a function that makes a session: either is this visitor's alone, and
    closed when they have been away for ``linger`` seconds. A session that you made is shared, only observed, and never
    closed here. In a notebook or a script nobody leaves: end what is yours by ``rt.session.aclose()``.

    Nothing is dialled while the app is built, as bots and prefetching browsers have apps built too: call ``connect()``
    on a click, or give ``autoconnect`` to do so when the page is loaded.

    Callbacks (``on_message``, …) are called under the document's lock, in order; only ``on_tool_call``, whose answer
    the model waits for, runs on the session's loop. ``max_hz`` bounds how often the page is updated.

    Raises :class:`ConfigurationError` where the options do not fit together.
    """
    document, host = pn.state.curdoc, LoopHost()
    if takes_options(source) and document is not None:
        options = {**options, **_under_lock(document, loop_of(document, host), options)}
    make = session_factory(source, options)
    session = source if isinstance(source, RealtimeSession) else _made(make)
    rt = Realtime(session, document, host, max_hz=max_hz)
    if document is not None:
        on_gone(document, host, linger, partial(_leave, rt, make is not None))
    if autoconnect:
        pn.state.onload(partial(_dial, rt))
    return rt


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions in this process that hooks have made and not closed yet."""
    return tuple(_sessions)


def _made(make: Callable[[], RealtimeSession] | None) -> RealtimeSession:
    assert make is not None
    session = make()
    _sessions.add(session)
    session.states.subscribe(on_completed=lambda: _sessions.discard(session))
    return session


def _under_lock(document: Document, loop: Loop, options: Mapping[str, Any]) -> dict[str, Callable[..., None]]:
    """The callbacks among the options, each to be called as one of the document's own."""

    def call(callback: Callable[..., object], *args: Any) -> None:
        loop.call_soon_threadsafe(reporting, document, callback, *args)

    return {name: partial(call, options[name]) for name in (CALLBACKS - {"on_tool_call"}) & options.keys()}


def _leave(rt: Realtime, owned: bool) -> None:
    rt.dispose()
    if owned:
        rt.session.aclose()


def _dial(rt: Realtime) -> None:
    if is_gone(rt.session.state):
        rt.connect()
