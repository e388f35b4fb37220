"""The sessions of this process, each with the tab that shows it. States are pickled; what lives is here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

import reflex as rx

from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui import Coalescer, Keeper, Lease, MessageView, MessageViews, Relay
from realtime_rx_reflex.facts import FACTS

__all__ = ["close_all", "find", "open_visit", "sessions", "Visit"]

Key = tuple[str, str]
"""The state class's full name, and Reflex's token of the tab: it survives a reload."""

LOOK_EVERY_S = 0.5
"""How often it is looked whether a tab is still there."""

logger = logging.getLogger(__name__)
_visits: dict[Key, Visit] = {}
_keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions of all tabs in this process, those that wait for a reload included."""
    return tuple(visit.session for visit in _visits.values())


def find(key: Key) -> Visit | None:
    return _visits.get(key)


def open_visit(key: Key, tab: Tab, make: Callable[[], RealtimeSession], *, max_hz: float, linger: float) -> Visit:
    """The tab's visit; it is made where there is none. On the app's loop."""
    visit = _visits.get(key)
    if visit is None:
        loop = asyncio.get_running_loop()
        keeper = _keepers.setdefault(loop, Keeper(loop))
        visit = _visits[key] = Visit(key, tab, make(), keeper, max_hz)
        keeper.keep(key, Lease(visit.session, Relay({}), visit, linger))
        visit.begin()
    return visit


async def close_all() -> None:
    """Close every session of this loop's visits, and wait until nothing of them is left."""
    keeper = _keepers.pop(asyncio.get_running_loop(), None)
    if keeper is not None:
        tasks = [visit.task for visit in _visits.values() if visit.keeper is keeper]
        await keeper.aclose()
        await asyncio.gather(*tasks)


class Tab:
    """One browser tab, as Reflex knows it: whether it is there, and what its two state classes say."""

    def __init__(self, app: Any, token: str, slow: type[rx.State], fast: type[rx.State]) -> None:
        self._app = app
        self._token = token
        self._slow = slow
        self._fast = fast

    async def is_there(self) -> bool:
        return bool(await self._app.event_namespace._token_manager.is_token_connected(self._token))

    async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        """Set these vars, and have the browser know. Of a class with no news nothing is sent."""
        first = rx.BaseStateToken(ident=self._token, cls=self._slow if slow else self._fast)
        async with self._app.modify_state(first) as root:
            await self._set(root, slow, fast)

    async def forget(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        """Set these vars where no browser may be there to know."""
        token = rx.BaseStateToken(ident=self._token, cls=self._slow)
        with self._app.set_contexts():
            async with self._app.state_manager.modify_state(token) as root:
                await self._set(root, slow, fast)
                root._clean()

    async def _set(self, root: Any, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        for kind, values in ((self._slow, slow), (self._fast, fast)):
            if values:
                state = await root.get_state(kind)
                for name, value in values.items():
                    setattr(state, name, value)


class Visit:
    """Shows one session to one tab, and has it closed when the tab is gone for long enough.

    Its task is no event of Reflex's: those are cancelled by every navigation and every reload.
    """

    def __init__(self, key: Key, tab: Tab, session: RealtimeSession, keeper: Keeper, max_hz: float) -> None:
        self.session = session
        self.keeper = keeper
        self._key = key
        self._tab = tab
        self._latest = session.state
        self._messages = MessageViews()
        self._shown: dict[str, Any] = {}
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._coalescer = Coalescer(keeper.loop, self._arrived, max_hz=max_hz)

    def begin(self) -> None:
        self.task = asyncio.create_task(self._attend(), context=Context())

    @property
    def growing(self) -> tuple[MessageView, ...]:
        """What words are being added to, as it was shown last."""
        return self._messages.growing

    def _arrived(self, state: SessionState) -> None:
        self._latest = state
        self._news.set()

    def _ended(self) -> None:
        self.keeper.loop.call_soon_threadsafe(self._over.set)

    async def _attend(self) -> None:
        attached = self.session.states.subscribe(self._coalescer.put, on_completed=self._ended)
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._keep_showing()), group.create_task(self._keep_looking())]
                await self._over.wait()
                for helper in helpers:
                    helper.cancel()
        except Exception:
            logger.exception("a tab's session ends: its state cannot be written")
        finally:
            attached.dispose()
            self._coalescer.close()
            _visits.pop(self._key, None)
            self.keeper.drop(self._key)
        await self._reset()

    async def _keep_showing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if await self._tab.is_there():  # what it misses it gets when it is back
                await self._show(self._latest)

    async def _show(self, state: SessionState) -> None:
        self._messages.show(state.messages)
        now = {name: select(state) for name, select in FACTS.items()} | {"messages": self._messages.settled}
        slow = {name: value for name, value in now.items() if name not in self._shown or self._shown[name] is not value}
        fast = {} if self._shown.get("live") is self._messages.growing else {"live": self._messages.growing}
        if slow or fast:
            await self._tab.write(slow, fast)
            self._shown |= slow | fast

    async def _keep_looking(self) -> None:
        was_there = True
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            is_there = await self._tab.is_there()
            if is_there and not was_there:
                self.keeper.claim(self._key, self)
                self._news.set()
            elif was_there and not is_there:
                self.keeper.release(self._key, self)
            was_there = is_there

    async def _reset(self) -> None:
        """A tab that comes back later shall not find a connection that is none."""
        empty = SessionState()
        slow = {name: select(empty) for name, select in FACTS.items()} | {"messages": ()}
        write = self._tab.write if await self._tab.is_there() else self._tab.forget
        await write(slow, {"live": ()})
