"""The sound on its way to a page: how far ahead it may be, what of it was heard, what is sent again. Pure counting.

Everything here is in samples, but for times, which are seconds of any one clock. A page that lost its socket plays on
what it has and says how much it got; what it did not get is sent again. A page that begins anew has nothing: all that
was not heard is sent again.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import NamedTuple, TypeAlias

from realtime_rx.audio.bridge.allowance import Allowance
from realtime_rx.audio.bridge.protocol import CloseCode, Hello, PlayedReport, Refusal

__all__ = ["Heard", "Outbox", "Part", "Sending"]

LEAD_MS = 600
"""What is on its way cannot be taken back quickly on a slow link: a flush waits behind it."""
FIRST_MS = 160
PACE = 2.0
"""So a lead begins with ``FIRST_MS`` and grows at most at this multiple of real time: 1 Mbit/s, which carries 2.6 times
PCM16 of 24 kHz, has at most 62 ms of sound before a flush, while a page gains a second of lead each second."""
FRAME_MS = 40
REMEMBERED_PARTS = 64
REMEMBERED_FLUSHES = 16

Part: TypeAlias = tuple[str, int]
"""An item and one of its content parts."""


class Heard(NamedTuple):
    """So many samples of this part, from its beginning; ``pcm`` are the latest of them."""

    part: Part
    samples: int
    pcm: bytes


class Sending(NamedTuple):
    """A frame for the page. ``is_last``: nothing waits behind it."""

    generation: int
    pcm: bytes
    is_last: bool


class _Run(NamedTuple):
    part: Part
    pcm: bytes

    def split(self, samples: int) -> tuple[_Run, _Run | None]:
        """The first samples, and the rest."""
        head, rest = self.pcm[: 2 * samples], self.pcm[2 * samples :]
        return _Run(self.part, head), _Run(self.part, rest) if rest else None


class _Generation:
    """Sound between two flushes: first in, first heard."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.waiting: deque[_Run] = deque()
        self.unheard: deque[_Run] = deque()
        self.sent = 0
        self.played = 0
        self.heard = 0

    def take(self, samples: int) -> bytes:
        run, rest = self.waiting.popleft().split(samples)
        if rest is not None:
            self.waiting.appendleft(rest)
        self.unheard.append(run)
        self.sent += len(run.pcm) // 2
        return run.pcm

    def take_back(self, received: int) -> None:
        """Send everything after this sample again."""
        while self.sent > received:
            run = self.unheard.pop()
            size = len(run.pcm) // 2
            kept, lost = run.split(max(0, size - (self.sent - received)))
            if kept.pcm:
                self.unheard.append(kept)
            self.waiting.appendleft(lost or run)
            self.sent = max(received, self.sent - size)

    def hear(self, until: int) -> list[_Run]:
        runs: list[_Run] = []
        while self.heard < until:
            run, rest = self.unheard.popleft().split(until - self.heard)
            if rest is not None:
                self.unheard.appendleft(rest)
            self.heard += len(run.pcm) // 2
            runs.append(run)
        return runs


class Outbox:
    """Not for several threads at once."""

    def __init__(self, rate: int) -> None:
        self._lead = rate * LEAD_MS // 1000
        self._frame = rate * FRAME_MS // 1000
        self._pace = Allowance(PACE * rate, rate * FIRST_MS / 1000)
        self._now = _Generation(1)
        self._ending: OrderedDict[int, _Generation] = OrderedDict()
        self._heard: OrderedDict[Part, int] = OrderedDict()
        self._pushing: Part | None = None
        self._odd = b""

    @property
    def generation(self) -> int:
        return self._now.number

    @property
    def ahead(self) -> int:
        """Samples that were sent and, as far as the page has said, not played."""
        return self._now.sent - self._now.played

    @property
    def is_drained(self) -> bool:
        """Nothing waits, and all that was sent is heard or void."""
        return not (self._now.waiting or self._now.unheard or self._ending)

    def push(self, part: Part, pcm: bytes) -> None:
        """Queue PCM16 that was cut anywhere: the odd byte of one chunk begins the next one of its part."""
        pcm = self._odd + pcm if part == self._pushing else pcm
        self._pushing = part
        whole = len(pcm) & ~1
        self._odd = pcm[whole:]
        if whole:
            self._now.waiting.append(_Run(part, pcm[:whole]))

    def take(self, at: float) -> Sending | None:
        """The next frame, if there is one, the page is not too far behind, and it is not too soon."""
        samples = self._sendable()
        if not samples or self._pace.left(at) < samples:
            return None
        self._pace.spend(samples, at)
        pcm = self._now.take(samples)
        return Sending(self._now.number, pcm, is_last=not self._now.waiting)

    def pause_s(self, at: float) -> float | None:
        """How long it is too soon for the next frame, in seconds; None: until there is another push or report."""
        samples = self._sendable()
        return self._pace.wait_s(samples, at) if samples else None

    def _sendable(self) -> int:
        """The size of the next frame; 0 where there is none, or the page is too far behind."""
        if not self._now.waiting:
            return 0
        samples = min(self._frame, len(self._now.waiting[0].pcm) // 2)
        return samples if self.ahead + samples <= self._lead else 0

    def flush(self) -> None:
        """Forget what was not sent, and begin a new generation."""
        old, self._now = self._now, _Generation(self._now.number + 1)
        old.waiting.clear()
        self._odd = b""
        if old.unheard:
            self._ending[old.number] = old
        if len(self._ending) > REMEMBERED_FLUSHES:
            self._ending.popitem(last=False)

    def forget(self, generation: int) -> None:
        """What the page did not say of this flushed generation it will not say any more."""
        self._ending.pop(generation, None)

    def report(self, report: PlayedReport) -> list[Heard]:
        """What has become audible. Raises :class:`Refusal` for numbers that cannot be."""
        of = self._now if report.generation == self._now.number else self._ending.get(report.generation)
        if report.generation > self._now.number or (of and not 0 <= report.heard <= report.played <= of.sent):
            raise Refusal(CloseCode.BAD_MESSAGE, "more was played than was sent")
        if of is None:
            return []
        of.played = max(of.played, report.played)
        heard = [self._count(run) for run in of.hear(report.heard)]
        if report.silent:
            self.forget(of.number)
        return heard

    def resume(self, hello: Hello) -> None:
        """A page is there: the one that was, or a new one. Raises :class:`Refusal` for numbers that cannot be."""
        now = self._now
        if hello.generation == now.number:
            if not now.heard <= hello.received <= now.sent:
                raise Refusal(CloseCode.BAD_MESSAGE, "more was received than was sent")
            now.take_back(hello.received)
            return
        if hello.generation is None:
            self._ending.clear()
        if now.sent:
            self._now = _Generation(now.number + 1)
            self._now.waiting = now.unheard + now.waiting

    def reset(self) -> None:
        """Forget all sound and what was heard of it; nobody reports any more."""
        self.flush()
        self._ending.clear()

    def _count(self, run: _Run) -> Heard:
        samples = self._heard.pop(run.part, 0) + len(run.pcm) // 2
        self._heard[run.part] = samples
        if len(self._heard) > REMEMBERED_PARTS:
            self._heard.popitem(last=False)
        return Heard(run.part, samples, run.pcm)
