"""The sessions of this worker, and what a tab may ask of its own in whatever worker it is. States are pickled; what
lives is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from redis.exceptions import RedisError
from reflex.utils import prerequisites

from realtime_rx.errors import NotConnectedError
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import page_bridges
from realtime_rx.ui.commands import BY_APPS, COMMANDS, OPENING
from realtime_rx.ui.facts import LOST, NOTHING_GROWS, blank
from realtime_rx.ui.owners import Key, Owners
from realtime_rx.ui.visits import Visits
from realtime_rx_reflex.tabs import StateTab, forget_sockets, state_of

__all__ = ["BRIDGES", "sessions", "SOCKETS", "tell", "VISITS", "working"]

SOCKETS = "/_realtime_rx/sound"
"""Where the server has the sockets of its pages' sound."""
BRIDGES = page_bridges(prerequisites.check_redis_used)
VISITS = Visits(BRIDGES, SOCKETS)


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions of all tabs in this process, those that wait for a reload included."""
    return VISITS.sessions


_owners: dict[asyncio.AbstractEventLoop, Owners] = {}


async def tell(app: Any, key: Key, verb: str, args: list[Any], options: dict[str, Any]) -> None:
    """Have the tab's session do this, in whatever worker it is.

    Raises :class:`NotConnectedError` where the app asks for what needs a session, and the tab has none.
    """
    owners = _owners.get(asyncio.get_running_loop())
    while (visit := VISITS.find(key)) is None or visit.is_ending:
        if visit is not None:
            await visit.gone.wait()
        elif owners is not None and await owners.ask(key, verb, args, options):
            return
        elif verb in OPENING:
            if owners is None or await owners.claim(key):
                VISITS.open(key, StateTab(app, key), state_of(key[0])._terms, owners)
        elif verb in BY_APPS:
            raise NotConnectedError(f"{verb} needs a connection, and this tab has no session yet")
        else:
            return
    COMMANDS[verb](visit, *args, **options)


@asynccontextmanager
async def working(app: Any) -> AsyncGenerator[None]:
    """Be one of the app's workers, where there may be several: where Reflex keeps its states in Redis."""
    redis = prerequisites.get_redis()
    if redis is None:
        yield
        return
    instance = app.event_namespace._token_manager.instance_id
    obey, after = partial(tell, app), partial(bury, app)
    owners = Owners(redis, instance, failure=RedisError, obey=obey, bury=after, give_up=VISITS.close_all)
    loop = asyncio.get_running_loop()
    async with owners.working():
        _owners[loop] = owners
        try:
            yield
        finally:
            del _owners[loop]


async def bury(app: Any, instance: str, keys: list[Key]) -> None:
    """A worker has stopped without a word: its sockets are gone, and the tabs with their sessions there are told."""
    await forget_sockets(app, instance)
    owners = _owners[asyncio.get_running_loop()]
    for key in keys:
        await StateTab(app, key).reset({**blank(), **LOST}, NOTHING_GROWS, partial(owners.is_free, key))
