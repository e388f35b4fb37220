"""``use_realtime()``: a session for the visitor of an app, from the first look to the closed tab."""

from __future__ import annotations

from functools import partial

import panel as pn
from bokeh.document import Document

from realtime_rx.runtime import LoopHost
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import Keepers, Tenant, dial
from realtime_rx.ui.terms import HookNumbers, Terms, takes
from realtime_rx_panel.callbacks import bound
from realtime_rx_panel.host import Timers, loop_of, serve_styles, watch_visitor
from realtime_rx_panel.routes import BRIDGES
from realtime_rx_panel.view import Realtime

__all__ = ["sessions", "use_realtime"]

MAX_HZ = 20.0
"""Less than in other frameworks, whose updates cost less."""

KEEPERS = Keepers()
NUMBERS = HookNumbers()
FAREWELL_S = 2.0
"""How long a notebook's page may take to hear that its session is over."""


@takes(partial(Terms.of, max_hz=MAX_HZ))
def use_realtime(terms: Terms) -> Realtime:
    """A session for this visitor, to be called while their app is built.

    ``source`` is a model (``"openai:gpt-realtime"``, ``"local"``, a provider, or nothing) with ``options`` as
    ``realtime_rx.use_realtime`` takes them; or a function that makes a session: either is this visitor's alone, and
    closed when they have been away for ``linger`` seconds; a reload within these finds the conversation again. A
    session that you made is shared, only observed, and never closed here. In a notebook or a script nobody leaves: end
    what is yours by ``rt.aclose()``.

    Nothing is dialled while the app is built, as bots and prefetching browsers have apps built too: call ``connect()``
    on a click, or give ``autoconnect`` to do so when the page is loaded.

    A session made of options has this visitor's microphone and speakers, unless the options bring others or ``audio``
    is off; it goes by a socket of its own where the server has the binding's routes, else by Panel's, which is slower.
    Nothing of that is opened before they click a :func:`microphone`, or something calls ``rt.start_audio_capture()`` or
    ``rt.start_sound()``.

    Callbacks (``on_message``, …) are called under the document's lock, in order, and what they raise goes to Panel's
    ``exception_handler``; only ``on_tool_call``, whose answer the model waits for, runs on the session's loop, and the
    model is told what it raises. ``max_hz`` bounds how often the page is updated: each time costs
    the server a few milliseconds in Panel and Bokeh, however little changes.

    Raises :class:`ConfigurationError` where the options do not fit together.
    """
    document, host = pn.state.curdoc, LoopHost()
    if document is not None:
        serve_styles(document)
    if (shared := terms.shared) is not None:
        rt = Realtime(shared, document, host, max_hz=terms.max_hz)
        _observe(shared, document, rt)
    else:
        rt = _private(document, host, terms)
    if terms.autoconnect:
        pn.state.onload(lambda: dial(rt.session))
    return rt


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions in this process that hooks have made and not closed yet."""
    return KEEPERS.sessions


def _observe(session: RealtimeSession, document: Document | None, rt: Realtime) -> None:
    rt.attach(session)
    if document is not None:
        rt.page.put(document)
        watch_visitor(document, away=rt.detach, back=lambda: rt.attach(session), gone=rt.dispose)


def _private(document: Document | None, host: LoopHost, terms: Terms) -> Realtime:
    """The view of a session that is this visitor's alone, with their sound."""
    bind = partial(bound, document, loop_of(document, host))
    tenant, lease = terms.rent(KEEPERS.of(host.loop, Timers(host)), object(), bind=bind, bridges=BRIDGES)
    number = NUMBERS.next(document) if document is not None else 0
    rt = Realtime(lease.session, document, host, max_hz=terms.max_hz, number=number)
    rt.show(lease)
    if document is None:
        lease.session.states.subscribe(on_completed=partial(_end, tenant, rt, Timers(host)))
    else:
        _settle(document, rt, tenant, number)
    return rt


def _end(tenant: Tenant, rt: Realtime, timers: Timers) -> None:
    """A notebook's session is over, and its page is told so before its comm is."""
    tenant.leave()
    timers.call_later(FAREWELL_S, rt.page.close)


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
