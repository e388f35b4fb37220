"""Sessions that outlive their page for a moment: a reload finds its conversation again, a closed tab ends it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol

from realtime_rx.session import RealtimeSession
from realtime_rx.ui.coalescer import Cancellable
from realtime_rx.ui.page_sound import PageSound
from realtime_rx.ui.source import Relay

__all__ = ["Keeper", "Keepers", "Lease", "Timers"]


class Timers(Protocol):
    """Calls things later: an asyncio loop does, on its own thread."""

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any) -> Cancellable: ...


@dataclass(slots=True, eq=False)
class Lease:
    """A session, who shows it, for how many seconds it waits for the next one when nobody does, and its sound."""

    session: RealtimeSession
    relay: Relay
    owner: object
    linger: float
    sound: PageSound | None = None
    ending: Cancellable | None = None


class Keeper:
    """Owns the sessions of all visitors, each under a key. To be used where the loop it was given may be called."""

    def __init__(self, loop: Timers) -> None:
        self.loop = loop
        self._leases: dict[Hashable, Lease] = {}
        self._lock = threading.RLock()

    @property
    def sessions(self) -> tuple[RealtimeSession, ...]:
        """Every session that is kept, those that wait for a reload included."""
        return tuple(lease.session for lease in self._leases.values())

    def keep(self, key: Hashable, lease: Lease) -> None:
        """Own this session from now on, until it is over. One that was there under the key is closed."""
        with self._lock:
            self.drop(key)
            self._leases[key] = lease
        lease.session.local_events.subscribe(on_completed=lambda: self._forget(lease))

    def find(self, key: Hashable) -> Lease | None:
        """What is kept under this key."""
        return self._leases.get(key)

    def claim(self, key: Hashable, owner: object) -> Lease | None:
        """The session that waits, or is shown, under this key: it is ``owner``'s now."""
        with self._lock:
            lease = self._leases.get(key)
            if lease is not None:
                lease.owner = owner
                self._stay(lease)
            return lease

    def rename(self, key: Hashable, new_key: Hashable) -> None:
        """Keep it under another key from now on; where its session is over, nothing happens."""
        with self._lock:
            if (lease := self._leases.pop(key, None)) is not None:
                self._leases[new_key] = lease

    def release(self, key: Hashable, owner: object) -> None:
        """``owner`` shows it no longer: close it in a while, unless somebody claims it. Not his: nothing happens."""
        with self._lock:
            lease = self._leases.get(key)
            if lease is None or lease.owner is not owner or lease.ending is not None:
                return
            lease.ending = self.loop.call_later(lease.linger, self._expire, key, lease)

    def drop(self, key: Hashable) -> None:
        """Close it now."""
        with self._lock:
            lease = self._leases.pop(key, None)
            if lease is None:
                return
            self._stay(lease)
        closing = lease.session.aclose()
        if lease.sound is not None:
            closing.then(lease.sound.close)

    async def aclose(self) -> None:
        """Close them all, and wait until every socket and task of theirs is gone."""
        leases = list(self._leases.values())
        self._leases.clear()
        for lease in leases:
            self._stay(lease)
        await asyncio.gather(*map(_closed, leases))

    def _expire(self, key: Hashable, lease: Lease) -> None:
        with self._lock:
            if self._leases.get(key) is lease and lease.ending is not None:  # nobody came at the last moment
                self.drop(key)

    def _forget(self, lease: Lease) -> None:
        """Its session is over: whose page is loaded again begins another."""
        with self._lock:
            keys = [key for key, kept in self._leases.items() if kept is lease]
        for key in keys:
            self.drop(key)

    def _stay(self, lease: Lease) -> None:
        if lease.ending is not None:
            lease.ending.cancel()
            lease.ending = None


class Keepers:
    """The keepers of a process: one for each event loop that serves pages. From any thread."""

    def __init__(self) -> None:
        self._keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}

    def __contains__(self, loop: object) -> bool:
        return loop in self._keepers

    @property
    def sessions(self) -> tuple[RealtimeSession, ...]:
        """Every session that is kept, those that wait for a reload included."""
        return tuple(session for keeper in tuple(self._keepers.values()) for session in keeper.sessions)

    def of(self, loop: asyncio.AbstractEventLoop, timers: Timers | None = None) -> Keeper:
        """That of the loop, made where there is none; with ``timers`` where it is not used on the loop's own thread."""
        for each in tuple(self._keepers):
            if each.is_closed():
                self._keepers.pop(each, None)
        return self._keepers.setdefault(loop, Keeper(timers or loop))

    async def aclose(self) -> None:
        """Close every session of the loop that this runs on, and wait until nothing of them is left."""
        keeper = self._keepers.pop(asyncio.get_running_loop(), None)
        if keeper is not None:
            await keeper.aclose()


async def _closed(lease: Lease) -> None:
    await lease.session.aclose()
    if lease.sound is not None:
        lease.sound.close()
