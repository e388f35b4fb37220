"""What a tab may ask of its session, by name: the session may be in another worker than the tab's socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

from reflex.utils import prerequisites

from realtime_rx.session import RealtimeSession
from realtime_rx.ui import dial, say
from realtime_rx.ui import listen as listen_or_stop
from realtime_rx_reflex.facts import LOST, blank
from realtime_rx_reflex.owners import Key, Owners
from realtime_rx_reflex.tabs import Tab, forget_sockets, state_of
from realtime_rx_reflex.visits import Visit, close_all, find, open_visit

__all__ = ["tell", "working"]


def listen(session: RealtimeSession, on: bool, hold: bool, connect: bool) -> None:
    listen_or_stop(session, on, hold=hold, connect=connect)


def of_session(verb: Callable[..., object]) -> Callable[..., object]:
    def act(visit: Visit, *args: Any) -> object:
        return verb(visit.session, *args)

    return act


COMMANDS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "connect": of_session(dial),
        "disconnect": of_session(RealtimeSession.disconnect),
        "send_text": of_session(say),
        "interrupt": of_session(RealtimeSession.interrupt),
        "approve": of_session(RealtimeSession.approve),
        "reject": of_session(RealtimeSession.reject),
        "start_audio_capture": of_session(RealtimeSession.start_audio_capture),
        "stop_audio_capture": of_session(RealtimeSession.stop_audio_capture),
        "start_listening": of_session(RealtimeSession.start_listening),
        "stop_listening": of_session(RealtimeSession.stop_listening),
        "listen": of_session(listen),
        "arrive": Visit.arrive,
        "hear": Visit.hear,
        "start_sound": Visit.start_sound,
    }
)
OPENING = frozenset({"arrive", "connect", "send_text", "start_sound"})
"""For these a session is made where there is none; of none, nothing else is asked."""


_owners: dict[asyncio.AbstractEventLoop, Owners] = {}


async def tell(app: Any, key: Key, verb: str, args: list[Any]) -> None:
    """Have the tab's session do this, in whatever worker it is."""
    owners = _owners.get(asyncio.get_running_loop())
    while (visit := find(key)) is None:
        if owners is not None and await owners.ask(key, verb, args):
            return
        if verb not in OPENING:
            return
        if owners is None or await owners.claim(key):
            open_visit(key, tab_of(app, key), state_of(key[0])._terms, owners)
    COMMANDS[verb](visit, *args)


@asynccontextmanager
async def working(app: Any) -> AsyncGenerator[None]:
    """Be one of the app's workers, where there may be several: where Reflex keeps its states in Redis."""
    redis = prerequisites.get_redis()
    if redis is None:
        yield
        return
    instance = app.event_namespace._token_manager.instance_id
    owners = Owners(redis, instance, obey=partial(tell, app), bury=partial(bury, app), give_up=close_all)
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
        await tab_of(app, key).reset({**blank(), **LOST}, {"live": ()}, partial(owners.is_free, key))


def tab_of(app: Any, key: Key) -> Tab:
    name, token = key
    return Tab(app, token, name)
