"""A visitor's document as a loop to show things on, and as somebody who may leave."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document
from bokeh.events import ClientReconnected, ConnectionLost
from panel.io.resources import get_dist_path
from panel.io.state import set_curdoc

from realtime_rx.runtime import LoopHost
from realtime_rx.ui import Screen

__all__ = ["loop_of", "reporting", "serve_styles", "Timers", "watch_visitor"]


class Timer:
    """Calls it on the host's loop in ``delay`` seconds, unless it is cancelled. Made on any thread."""

    def __init__(self, host: LoopHost, delay: float, callback: Callable[[], object]) -> None:
        self._callback: Callable[[], object] | None = callback
        host.call(host.loop.call_later, delay, self._fire)

    def cancel(self) -> None:
        self._callback = None

    def _fire(self) -> None:
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class Timers:
    """Calls things later on the host's loop, whatever thread asks for it."""

    def __init__(self, host: LoopHost) -> None:
        self._host = host

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Timer:
        return Timer(self._host, delay, partial(callback, *args))


class DocumentLoop:
    """Calls things under a document's lock, on whatever thread Panel has for that: the server's loop or a worker."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any) -> None:
        try:
            self._document.add_next_tick_callback(partial(self._call, callback, args))
        except AttributeError:  # what a document was made of is taken away when it is destroyed
            raise RuntimeError("the document is gone") from None

    def _call(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        """What it changes goes to the page in order, when Bokeh gives the lock back. Panel would write it at once, and
        where a page is slow to read loses the last of it until something else changes."""
        with set_curdoc(self._document), held(self._document):
            callback(*args)


@contextmanager
def held(document: Document) -> Generator[None]:
    """Of several changes of one property the page is told the last."""
    if document.callbacks.hold_value is not None:
        yield
        return
    document.hold("combine")
    try:
        yield
    finally:
        document.unhold()


def loop_of(document: Document | None, host: LoopHost) -> Screen:
    """Where a document's updates are shown; in a notebook or a script, which has none, the session's own loop.

    The host's loop keeps the time for both: a document's own timers stall where another thread adds them, and each of
    its turns waits for the lock.
    """
    return host.loop if document is None else DocumentLoop(document)


def serve_styles(document: Document) -> None:
    """Have the browser fetch Panel's style sheets from this server.

    Panel says so only when it serves the page itself. A document that is made anew for a page's socket, as the first
    one was forgotten or lost with its server, would look for them at a CDN.
    """
    document.template_variables.setdefault("dist_url", get_dist_path())


def reporting(document: Document | None, callback: Callable[..., object], *args: Any) -> None:
    """Call it as one of the document's own callbacks: what it raises goes to Panel's ``exception_handler``."""
    with set_curdoc(document):
        pn.state.execute(partial(callback, *args), schedule=False)


def watch_visitor(
    document: Document, *, away: Callable[[], object], back: Callable[[], object], gone: Callable[[], object]
) -> None:
    """Tell when nobody looks at the document any more, when somebody does again, and when it is destroyed.

    Bokeh destroys a document half a minute to a minute and a half after its tab was closed.
    """

    def lost(_: ConnectionLost) -> None:
        if document.session_context.session.connection_count <= 1:  # the one that is lost is among them
            away()

    def destroyed(session_context: object) -> None:  # Bokeh looks at the name
        away()
        gone()

    document.on_event(ConnectionLost, lost)
    document.on_event(ClientReconnected, lambda _: back())
    document.on_session_destroyed(destroyed)
