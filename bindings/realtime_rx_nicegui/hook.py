"""``use_realtime()``: a session for the visitor of a page, from the first look to the closed tab."""

from __future__ import annotations

from nicegui import Client, core
from nicegui.context import context

from realtime_rx.session import RealtimeSession
from realtime_rx.ui import Keeper, Keepers, dial
from realtime_rx.ui.terms import HookNumbers, Terms, takes
from realtime_rx_nicegui.host import on_delete, on_shutdown, when_connected
from realtime_rx_nicegui.page_audio import BRIDGES, PageAudio
from realtime_rx_nicegui.slots import bound
from realtime_rx_nicegui.view import Realtime

__all__ = ["sessions", "use_realtime"]

KEEPERS = Keepers()
NUMBERS = HookNumbers()


@takes(Terms.of)
def use_realtime(terms: Terms) -> Realtime:
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

    Callbacks (``on_message``, …) run in the slot this is called in, and what they raise goes to ``ui.on_exception``;
    only what ``on_tool_call`` raises is told to the model. ``max_hz`` bounds how often the page is updated.

    Raises :class:`ConfigurationError` where the options do not fit together.
    """
    client = context.client
    if (shared := terms.shared) is not None:
        rt = Realtime(shared, max_hz=terms.max_hz)
    elif (keeper := _the_keeper()) is not None:
        rt = _private(client, keeper, terms)
    else:
        rt = Realtime(_unseen(client, terms), max_hz=terms.max_hz)
    on_delete(client, rt.dispose)
    if terms.autoconnect:
        when_connected(client, lambda: dial(rt.session))
    return rt


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions of all visitors that there are in this process, those that wait for a reload included."""
    return KEEPERS.sessions


def _unseen(client: Client, terms: Terms) -> RealtimeSession:
    """A session for a script that is only being looked through: there is no loop, and nobody to see it."""
    session = terms.unseen()
    on_delete(client, session.aclose)
    return session


def _private(client: Client, keeper: Keeper, terms: Terms) -> Realtime:
    """The view of a session that is this visitor's alone, with their sound."""
    number = NUMBERS.next(client)
    tenant, lease = terms.rent(keeper, (client.id, number), bind=bound, bridges=BRIDGES)
    rt = Realtime(lease.session, max_hz=terms.max_hz)
    rt.belong_to(tenant, PageAudio(client, f"sound-{number}", rt.hear))
    rt.take(lease)

    def found() -> None:
        """The browser says which tab it is. The hooks of a page come in the same order after a reload."""
        if left := tenant.find((client.tab_id, client.request.url.path, number)):
            rt.take(left)

    when_connected(client, found)
    on_delete(client, tenant.leave)
    return rt


def _the_keeper() -> Keeper | None:
    """The one of this server, which closes every session when the server stops; None while no loop runs."""
    if core.loop not in KEEPERS:
        # NiceGUI ignores this when a script runs again for a visitor: its first run, without a loop, has asked for it.
        on_shutdown(KEEPERS.aclose)
    return KEEPERS.of(core.loop) if core.loop is not None else None
