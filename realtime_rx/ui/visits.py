"""The sessions of a server whose framework keeps what a page shows apart from the page: by name, for each tab.

A tab is not told of but looked for, and what it shows is written to its variables, at the screen's rate.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from dataclasses import replace
from typing import Any, Protocol

from realtime_rx.audio.bridge import Bridges
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.store import same
from realtime_rx.ui.coalescer import Coalescer
from realtime_rx.ui.facts import NOTHING_GROWS, Ticket, blank, growing, plain_vars
from realtime_rx.ui.keeper import Keeper, Keepers, Lease
from realtime_rx.ui.owners import Key, Owners
from realtime_rx.ui.page_sound import NO_SOUND, PageState
from realtime_rx.ui.terms import Terms
from realtime_rx.ui.verbs import dial
from realtime_rx.ui.views import MessageView, MessageViews

__all__ = ["Tab", "Visit", "Visits"]

LOOK_EVERY_S = 0.5
"""How often it is looked whether a tab is still there."""

logger = logging.getLogger(__name__)


class Tab(Protocol):
    """One browser tab, and its variables: the slow ones, and those that change with every word."""

    async def is_there(self) -> bool: ...

    async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        """Set these, and have the browser know. Of a kind with no news nothing is sent."""
        ...

    async def reset(
        self, slow: Mapping[str, Any], fast: Mapping[str, Any], is_free: Callable[[], Awaitable[bool]]
    ) -> None:
        """Set these where no browser may be there to know, unless the tab has another session by then."""
        ...


class Visits:
    """Those of this process. ``sockets``: where the server has the sockets of its pages' sound."""

    def __init__(self, bridges: Bridges, sockets: str) -> None:
        self.bridges = bridges
        self._sockets = sockets
        self._visits: dict[Key, Visit] = {}
        self._keepers = Keepers()

    @property
    def sessions(self) -> tuple[RealtimeSession, ...]:
        """The sessions of all tabs, those that wait for a reload included."""
        return tuple(visit.session for visit in self._visits.values())

    def find(self, key: Key) -> Visit | None:
        return self._visits.get(key)

    def open(self, key: Key, tab: Tab, terms: Terms, owners: Owners | None = None) -> Visit:
        """The tab's visit; it is made where there is none, and dialled where the terms say so. On the server's loop.
        ``owners`` know that it is here."""
        visit = self._visits.get(key)
        if visit is None:
            keeper = self._keepers.of(asyncio.get_running_loop())
            _, lease = terms.rent(keeper, key, bind=lambda _, callback: callback, bridges=self.bridges)
            visit = self._visits[key] = Visit(key, tab, lease, keeper, terms.max_hz, self._sockets)
            visit.task = asyncio.create_task(self._attend(key, visit, owners), context=Context())
            if terms.autoconnect:
                dial(visit.session)
        return visit

    def end(self, name: str) -> None:
        """End the visits under this name: what made them is loaded anew. On any thread."""
        for (visited, _), visit in tuple(self._visits.items()):
            if visited == name:
                visit.end()

    async def close_all(self) -> None:
        """Close every session of this loop's visits, and wait until nothing of them is left."""
        keeper = self._keepers.of(asyncio.get_running_loop())
        tasks = [visit.task for visit in self._visits.values() if visit.keeper is keeper and visit.task is not None]
        await self._keepers.aclose()
        await asyncio.gather(*tasks)

    async def _attend(self, key: Key, visit: Visit, owners: Owners | None) -> None:
        async def is_free() -> bool:
            return key not in self._visits and (owners is None or await owners.is_free(key))

        try:
            await visit.attend()
        except Exception:
            logger.exception("a tab's session ends: its state cannot be written")
        finally:
            del self._visits[key]
            visit.keeper.drop(key)
            if owners is not None:
                await owners.release(key)
            visit.gone.set()
        # A tab that comes back later shall not find a connection that is none.
        await visit.tab.reset(blank(), NOTHING_GROWS, is_free)


class Visit:
    """Shows one session to one tab, and has it closed when the tab is gone for long enough."""

    def __init__(self, key: Key, tab: Tab, lease: Lease, keeper: Keeper, max_hz: float, sockets: str) -> None:
        self.session = lease.session
        self.keeper = keeper
        self.tab = tab
        self.task: asyncio.Task[None] | None = None
        self.is_ending = False
        self.gone = asyncio.Event()
        self._key = key
        self._lease = lease
        self._sockets = sockets
        self._ticket = Ticket()
        self._page = NO_SOUND
        self._loop = asyncio.get_running_loop()
        self._latest = lease.session.state
        self._messages = MessageViews()
        # What is said there of the session before stays until something is to be said of this one.
        self._shown: dict[str, Any] = {"error": "", "advice": ""}
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._coalescer = Coalescer(self._loop, self._arrived, max_hz=max_hz)

    def end(self) -> None:
        """Close the session; its tab is told, and the visit is ``gone`` when it may have another. From any thread."""
        self.is_ending = True
        with contextlib.suppress(RuntimeError):  # where the loop is closed, so is the session
            self._loop.call_soon_threadsafe(self.keeper.drop, self._key)

    @property
    def growing(self) -> tuple[MessageView, ...]:
        """What words are being added to, as it was shown last."""
        return self._messages.growing

    def arrive(self, page: str) -> None:
        """A page of the tab has just been loaded: it has the sound from now on. One that asks again is told again."""
        sound = self._lease.sound
        if page == self._ticket.page:
            self._shown.pop("ticket", None)
        else:
            setup = "" if sound is None else sound.mount(self._sockets, self.start_sound)
            self._ticket = replace(self._ticket, page=page, setup=setup)
            self._page = NO_SOUND if sound is None else PageState()
        self._news.set()

    def hear(self, report: Mapping[str, Any]) -> None:
        """What the page says of its sound."""
        if self._lease.sound is not None:
            self._page = self._lease.sound.hear(report)
            self._news.set()

    def start_sound(self) -> None:
        """Ask the page to sound: now, where the visitor has clicked before, else with their first click."""
        self._ticket = replace(self._ticket, asked=self._ticket.asked + 1)
        self._news.set()

    def _arrived(self, state: SessionState) -> None:
        self._latest = state
        self._news.set()

    def _ended(self) -> None:
        self.is_ending = True
        self._loop.call_soon_threadsafe(self._over.set)

    async def attend(self) -> None:
        """Until the session has ended. Raises what writing to the tab does."""
        attached = self.session.states.subscribe(self._coalescer.put, on_completed=self._ended)
        try:
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(self._keep_showing()), group.create_task(self._keep_looking())]
                await self._over.wait()
                for helper in helpers:
                    helper.cancel()
        finally:
            attached.dispose()
            self._coalescer.close()

    async def _keep_showing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while not await self.tab.is_there():  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(LOOK_EVERY_S)
            await self._show(self._latest)

    async def _show(self, state: SessionState) -> None:
        self._messages.show(state.messages)
        page = plain_vars(state, self._page, self._ticket)
        slow = self._news_of({**page, "messages": self._messages.settled})
        fast = self._news_of(growing(state, self._messages.growing))
        if slow or fast:
            await self.tab.write(slow, fast)
            self._shown |= slow | fast

    def _news_of(self, values: Mapping[str, Any]) -> dict[str, Any]:
        shown = self._shown
        return {name: value for name, value in values.items() if name not in shown or not same(value, shown[name])}

    async def _keep_looking(self) -> None:
        was_there = True
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            is_there = await self.tab.is_there()
            if is_there and not was_there:
                self.keeper.claim(self._key, self._lease.owner)
            elif was_there and not is_there:
                self.keeper.release(self._key, self._lease.owner)
            was_there = is_there
