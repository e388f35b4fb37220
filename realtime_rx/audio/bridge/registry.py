"""Which page may have which bridge: by a token that the page shows in its first message, never in an address.

A token is a name, which stays, and a secret, which :mod:`~realtime_rx.audio.bridge.passes` changes with every socket.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial

from msgspec import Struct

from realtime_rx.audio.bridge.bridge import AudioBridge
from realtime_rx.audio.bridge.link import Renewal, close_quietly
from realtime_rx.audio.bridge.passes import Pass
from realtime_rx.audio.bridge.protocol import CloseCode, Hello, Refusal, read_text
from realtime_rx.audio.bridge.sockets import Socket

__all__ = ["Bridges"]

HELLO_S = 5.0


class _Entry(Struct):
    key: Pass
    bridge: AudioBridge
    expires_at: float | None


class Bridges:
    """The bridges of a server, one for each visitor. Added on any thread."""

    def __init__(
        self,
        *,
        allows: Callable[[str | None], bool] = lambda _origin: True,
        expires_s: float = 300.0,
        hello_s: float = HELLO_S,
        has_others: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``allows`` an ``Origin`` header or not. A token that nobody shows within ``expires_s`` seconds is void; one
        that was shown is good until the page has the next, which is good until its bridge is closed."""
        self._allows = allows
        self._expires_s = expires_s
        self._hello_s = hello_s
        self._has_others = has_others
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.RLock()

    def add(self, bridge: AudioBridge) -> str:
        """The token for this bridge. Those that it had before are void: each page has its own."""
        name, key = secrets.token_urlsafe(9), Pass()
        with self._lock:
            self._sweep()
            self._entries = {name: entry for name, entry in self._entries.items() if entry.bridge is not bridge}
            self._entries[name] = _Entry(key, bridge, self._clock() + self._expires_s)
        return f"{name}.{key.first}"

    def __len__(self) -> int:
        """How many tokens are good."""
        self._sweep()
        return len(self._entries)

    def remove(self, bridge: AudioBridge) -> None:
        """Close it; its token is void."""
        bridge.close()
        self._sweep()

    async def serve(self, socket: Socket, origin: str | None = None) -> None:
        """Serve an open socket to its end. Raises nothing else than cancellation, whatever comes."""
        try:
            if not self._allows(origin):
                raise Refusal(CloseCode.WRONG_ORIGIN, "this page may not have sound from here")
            hello = await self._hello(socket)
            bridge, renewal = self._admit(hello.token)
        except Refusal as refusal:
            await close_quietly(socket, refusal.code, refusal.reason)
        else:
            await bridge.serve(socket, hello, renewal)

    async def _hello(self, socket: Socket) -> Hello:
        try:
            message = await asyncio.wait_for(socket.receive(), self._hello_s)
        except TimeoutError:
            raise Refusal(CloseCode.NO_HELLO, "no hello in time") from None
        except Exception as error:
            raise Refusal(1011, "the socket failed") from error
        hello = read_text(message) if isinstance(message, str) else None
        if not isinstance(hello, Hello):
            raise Refusal(CloseCode.BAD_MESSAGE, "the first message is no hello")
        return hello

    def _admit(self, token: str) -> tuple[AudioBridge, Renewal]:
        self._sweep()
        name, _, secret = token.partition(".")
        entry = self._entries.get(name)
        if entry is None and self._has_others():
            raise Refusal(CloseCode.ELSEWHERE, "no such token in this worker")
        if entry is None or not entry.key.admits(secret):
            raise Refusal(CloseCode.WRONG_TOKEN, "wrong token")
        entry.expires_at = None
        following = entry.key.renew()
        return entry.bridge, Renewal(f"{name}.{following}", partial(entry.key.confirm, following))

    def _sweep(self) -> None:
        now = self._clock()
        with self._lock:
            self._entries = {
                name: entry
                for name, entry in self._entries.items()
                if not entry.bridge.is_closed and (entry.expires_at is None or now < entry.expires_at)
            }
