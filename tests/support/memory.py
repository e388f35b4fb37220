"""Sessions over pipes in memory, whose other ends the test holds."""

import asyncio
import json
from typing import Any

from realtime_rx.abc import TransportFactory
from realtime_rx.providers import OpenAI
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import MemoryTransport

from .frames import CREATED
from .waiting import DEADLINE

SETTINGS = {"instructions": "Be brief."}
PROVIDER = OpenAI(api_key="sk-memory", base_url="http://localhost")


class Wire:
    """Makes a session's transports and plays the server on the newest of them; ``renew()`` readies the next one."""

    def __init__(self) -> None:
        self.pipes = [MemoryTransport()]
        self._taken = 0

    def __call__(self) -> MemoryTransport:
        if self._taken == len(self.pipes):
            self.renew()
        self._taken += 1
        return self.pipes[self._taken - 1]

    def renew(self) -> None:
        self.pipes.append(MemoryTransport())

    @property
    def pipe(self) -> MemoryTransport:
        return self.pipes[-1]

    def say(self, *frames: dict[str, Any] | str | bytes) -> None:
        for frame in frames:
            self.pipe.receive(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        """The next event that the session sent."""
        return json.loads(await asyncio.wait_for(self.pipe.sent.get(), DEADLINE))

    async def hear_types(self, count: int) -> list[str]:
        return [(await self.hear())["type"] for _ in range(count)]

    def heard(self) -> list[dict[str, Any]]:
        """All that the session sent and nobody looked at yet."""
        return [json.loads(self.pipe.sent.get_nowait()) for _ in range(self.pipe.sent.qsize())]


def session_on(wire: TransportFactory, **options: Any) -> RealtimeSession:
    return RealtimeSession(PROVIDER, transport=wire, **{"session_config": SETTINGS, **options})


async def connected(wire: Wire, **options: Any) -> RealtimeSession:
    """A session that is connected and has said its settings."""
    session = session_on(wire, **options)
    connecting = session.connect()
    wire.say(CREATED)
    await connecting
    assert (await wire.hear())["type"] == "session.update"
    return session
