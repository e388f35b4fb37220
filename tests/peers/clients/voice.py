"""A spoken conversation, the same for all Python clients: they only have to say what they see of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from report import TURN_SECONDS, VoiceReport, VoiceScenario

BYTES_PER_SECOND = 48_000
HEARD_SECONDS = 1.0
"""So much of the long answer is played before somebody interrupts it."""


class Loudspeaker:
    """Plays nothing, but takes as long for it as a real one does: at any time it knows how much was heard."""

    def __init__(self) -> None:
        self._begun = self._end = 0.0

    def play(self, sound: bytes) -> None:
        now = time.monotonic()
        if not self.is_playing:
            self._begun = self._end = now
        self._end += len(sound) / BYTES_PER_SECOND

    def stop(self) -> int:
        """Be silent at once; the milliseconds heard since the last silence."""
        self._end = time.monotonic()
        return int(1000 * (self._end - self._begun))

    @property
    def is_playing(self) -> bool:
        return time.monotonic() < self._end

    async def heard(self, seconds: float = float("inf")) -> None:
        """Return when so much was heard since the last silence, or everything there is."""
        if (rest := min(self._end, self._begun + seconds) - time.monotonic()) > 0:
            await asyncio.sleep(rest)
            await self.heard(seconds)  # more may have come


def pieces(path: Path, ms: int) -> list[bytes]:
    sound, size = path.read_bytes(), ms * BYTES_PER_SECOND // 1000
    return [sound[at : at + size] for at in range(0, len(sound), size)]


class Call:
    """One conversation: what the client sees goes in, and `converse` waits for it."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]], report: VoiceReport) -> None:
        self._send = send
        self._changed = asyncio.Event()
        self._sounding = self._silenced = ""
        self.report = report
        self.loudspeaker = Loudspeaker()

    # what the client sees

    def sound(self, sound: bytes, response_id: str) -> None:
        self.report.audio_bytes += len(sound)
        if response_id == self._silenced:
            self.report.late_bytes += len(sound)
            return
        self._sounding = response_id
        self.loudspeaker.play(sound)
        self._changed.set()

    def interrupted(self) -> int | None:
        """The user speaks: the milliseconds heard of what was being played, or None where nothing was."""
        if not self.loudspeaker.is_playing:
            return None
        self._silenced = self._sounding
        self.report.interrupted_ms.append(self.loudspeaker.stop())
        return self.report.interrupted_ms[-1]

    def ended(self, status: str, reason: str | None) -> None:
        self.report.endings.append(f"{status}: {reason}" if reason else status)
        self._changed.set()

    # what happens

    async def say(self, path: str, append_ms: int) -> None:
        """Send a file as a microphone does: piece by piece, no faster than it is spoken."""
        begun, sent = time.monotonic(), 0
        for piece in pieces(Path(path), append_ms):
            await self._send(piece)
            sent += len(piece)
            await asyncio.sleep(max(0.0, begun + sent / BYTES_PER_SECOND - time.monotonic()))

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise RuntimeError(f"{what}: not within {TURN_SECONDS} s; so far {self.report}") from None

    async def ended_after(self, before: int, responses: int) -> None:
        """Return when so many more responses have ended, and what they say is played."""
        await self.until(f"{responses} more responses", lambda: len(self.report.endings) >= before + responses)
        await self.loudspeaker.heard()


async def hold(call: Call, listen: Coroutine[Any, Any, None], scenario: VoiceScenario) -> None:
    """Have the conversation while `listen` tells the call what the client sees."""
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen)
        await converse(call, scenario)
        listening.cancel()


async def converse(call: Call, scenario: VoiceScenario) -> None:
    before = len(call.report.endings)
    await call.say(scenario.tool_question, scenario.append_ms)
    await call.ended_after(before, 2)
    await call.say(scenario.long_question, scenario.append_ms)
    await call.until("a long answer", lambda: call.loudspeaker.is_playing)
    await call.loudspeaker.heard(HEARD_SECONDS)
    await call.say(scenario.interruption, scenario.append_ms)
    await call.ended_after(before, 4)
    await call.say(scenario.question, scenario.append_ms)
    await call.ended_after(before, 5)
