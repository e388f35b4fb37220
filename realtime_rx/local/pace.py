"""How fast an answer is handed out: slow enough that there is something to interrupt."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`lead` seconds of sound go out at once, then `rate` seconds of sound a second, in deltas of `chunk` seconds.

    `word` is the pause in seconds between two words where there is text and no sound.
    """

    lead: float = 0.4
    rate: float = 2.0
    chunk: float = 0.1
    word: float = 0.025


AT_ONCE = Pace(lead=float("inf"), word=0.0)
"""No pauses at all: for tests, and for callers who do their own pacing."""


class Pacer:
    """The clock of one spoken answer."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._started: float | None = None
        self._sent = 0.0

    async def send(self, seconds: float) -> None:
        """Return when a delta of `seconds` may go out. Always lets other tasks run."""
        now = asyncio.get_running_loop().time()
        self._started = now if self._started is None else self._started
        early = (self._sent - self._pace.lead) / self._pace.rate - (now - self._started)
        self._sent += seconds
        await asyncio.sleep(max(0.0, early))

    @property
    def unplayed(self) -> float:
        """Seconds that a player still has to go who started with the first delta."""
        if self._started is None:
            return 0.0
        return max(0.0, self._sent - (asyncio.get_running_loop().time() - self._started))
