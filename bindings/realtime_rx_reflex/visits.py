"""The sessions of this process, each with the tab that shows it. States are pickled; what lives is here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Any

from reflex.utils import prerequisites

from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui import (
    NO_SOUND,
    Coalescer,
    Keeper,
    Lease,
    MessageView,
    MessageViews,
    PageState,
    Source,
    Tenant,
    page_bridges,
)
from realtime_rx_reflex.facts import Ticket, blank, slow_vars
from realtime_rx_reflex.owners import Key, Owners
from realtime_rx_reflex.tabs import Tab

__all__ = ["BRIDGES", "close_all", "end_visits", "find", "open_visit", "sessions", "SOCKETS", "Terms", "Visit"]

LOOK_EVERY_S = 0.5
"""How often it is looked whether a tab is still there."""
SOCKETS = "/_realtime_rx/sound"
"""Where the server has the sockets of its pages' sound."""
BRIDGES = page_bridges(prerequisites.check_redis_used)

logger = logging.getLogger(__name__)
_visits: dict[Key, Visit] = {}
_keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}


def sessions() -> tuple[RealtimeSession, ...]:
    """The sessions of all tabs in this process, those that wait for a reload included."""
    return tuple(visit.session for visit in _visits.values())


def find(key: Key) -> Visit | None:
    return _visits.get(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the hook was given: of what a tab's session is made, whether it may have sound, and how it is shown."""

    source: Source
    options: Mapping[str, Any]
    audio: bool = True
    max_hz: float = 30.0
    linger: float = 5.0


def open_visit(key: Key, tab: Tab, terms: Terms, owners: Owners | None = None) -> Visit:
    """The tab's visit; it is made where there is none. On the app's loop. ``owners`` know that it is this worker's."""
    visit = _visits.get(key)
    if visit is None:
        loop = asyncio.get_running_loop()
        keeper = _keepers.setdefault(loop, Keeper(loop))
        bridges = BRIDGES if terms.audio else None
        tenant = Tenant(keeper, key, linger=terms.linger, bind=lambda callback: callback, bridges=bridges)
        lease = tenant.begin(terms.source, terms.options)
        visit = _visits[key] = Visit(key, tab, lease, keeper, terms.max_hz, owners)
        visit.begin()
    return visit


def end_visits(name: str) -> None:
    """End the visits of this state class: its module is loaded anew. On any thread."""
    for visit in tuple(_visits.values()):
        if visit.name == name:
            visit.end()


async def close_all() -> None:
    """Close every session of this loop's visits, and wait until nothing of them is left."""
    keeper = _keepers.pop(asyncio.get_running_loop(), None)
    if keeper is not None:
        tasks = [visit.task for visit in _visits.values() if visit.keeper is keeper]
        await keeper.aclose()
        await asyncio.gather(*tasks)


class Visit:
    """Shows one session to one tab, and has it closed when the tab is gone for long enough.

    Its task is no event of Reflex's: those are cancelled by every navigation and every reload.
    """

    def __init__(self, key: Key, tab: Tab, lease: Lease, keeper: Keeper, max_hz: float, owners: Owners | None) -> None:
        self.session = lease.session
        self.keeper = keeper
        self._key = key
        self._tab = tab
        self._lease = lease
        self._owners = owners
        self._ticket = Ticket()
        self._page = NO_SOUND
        self._loop = asyncio.get_running_loop()
        self._latest = lease.session.state
        self._messages = MessageViews()
        self._shown: dict[str, Any] = {
            "error": "",
            "advice": "",
        }  # where something is said of the session before
        self._news = asyncio.Event()
        self._over = asyncio.Event()
        self._coalescer = Coalescer(self._loop, self._arrived, max_hz=max_hz)

    @property
    def name(self) -> str:
        """The full name of its state class."""
        return self._key[0]

    def end(self) -> None:
        """Close the session; its tab is told. From any thread."""
        with contextlib.suppress(RuntimeError):  # where the loop is closed, so is the session
            self._loop.call_soon_threadsafe(self.keeper.drop, self._key)

    def begin(self) -> None:
        self.task = asyncio.create_task(self._attend(), context=Context())

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
            setup = "" if sound is None else sound.mount(SOCKETS, self.start_sound)
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
        self._loop.call_soon_threadsafe(self._over.set)

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
            if self._owners is not None:
                await self._owners.release(self._key)
        # A tab that comes back later shall not find a connection that is none.
        await self._tab.reset(blank(), {"live": ()}, self._is_free)

    async def _keep_showing(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while not await self._tab.is_there():  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(LOOK_EVERY_S)
            await self._show(self._latest)

    async def _show(self, state: SessionState) -> None:
        self._messages.show(state.messages)
        now = {**slow_vars(state, self._page, self._ticket), "messages": self._messages.settled}
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
                self.keeper.claim(self._key, self._lease.owner)
            elif was_there and not is_there:
                self.keeper.release(self._key, self._lease.owner)
            was_there = is_there

    async def _is_free(self) -> bool:
        """Whether nobody has the tab."""
        return self._key not in _visits and (self._owners is None or await self._owners.is_free(self._key))
