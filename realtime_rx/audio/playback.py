"""What waits to be heard, and how much of what was heard: pure counting, for an output that does the rest.

A device holds some sound that it was given and that nobody hears yet. What is left of that sound when the device is
asked for silence is heard all the same; only what was not given to it can be forgotten.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import NamedTuple

from realtime_rx.audio.pcm import Carry, decode
from realtime_rx.formats import PCM16_24K, AudioFormat

__all__ = ["Part", "PlaybackQueue", "Played"]

REMEMBERED_PARTS = 64
"""Sound may come for one part in bursts, with others in between: so many of them are counted on."""


class Part(NamedTuple):
    """One content part of one item."""

    item_id: str
    content_index: int


class Played(NamedTuple):
    """So many samples of this part were heard, from its beginning."""

    part: Part
    samples: int


class _Run(NamedTuple):
    """Samples that the device holds; of no part: silence."""

    part: Part | None
    samples: int


class PlaybackQueue:
    """First in, first out. Not for several threads at once."""

    def __init__(self, form: AudioFormat = PCM16_24K, *, latency: int = 0) -> None:
        """``latency``: how many samples the device holds that were given to it and are not heard yet."""
        self._format = form
        self._latency = latency
        self._carry = Carry(form.sample_width)
        self._pushing: Part | None = None
        self._waiting: deque[tuple[Part, memoryview]] = deque()
        self._held: deque[_Run] = deque()
        self._held_samples = 0
        self._heard: OrderedDict[Part, int] = OrderedDict()

    def push(self, part: Part, data: bytes) -> None:
        """Queue sound of the queue's format, cut anywhere."""
        if part != self._pushing:
            self._carry.clear()
            self._pushing = part
        pcm = decode(self._carry.whole(data), self._format)
        if pcm:
            self._waiting.append((part, memoryview(pcm)))

    def take(self, samples: int) -> bytes:
        """Up to so many samples of PCM16, of one part, for the device; nothing where nothing waits."""
        if not self._waiting:
            return b""
        part, pcm = self._waiting.popleft()
        taken, rest = pcm[: 2 * samples], pcm[2 * samples :]
        if rest:
            self._waiting.appendleft((part, rest))
        self._hold(_Run(part, len(taken) // 2))
        return bytes(taken)

    def take_silence(self, samples: int) -> bytes:
        """So much silence, for the device: what it was given before moves on."""
        self._hold(_Run(None, samples))
        return bytes(2 * samples)

    def settle(self) -> list[Played]:
        """What has become audible, now that the device took what it was given."""
        parts: dict[Part, None] = {}
        while (excess := self._held_samples - self._latency) > 0:
            run = self._held.popleft()
            heard = min(run.samples, excess)
            self._held_samples -= heard
            if heard < run.samples:
                self._held.appendleft(_Run(run.part, run.samples - heard))
            if run.part is not None:
                self._count(run.part, heard)
                parts[run.part] = None
        return [Played(part, self._heard[part]) for part in parts]

    def clear(self) -> None:
        """Forget what was not given to the device."""
        self._waiting.clear()
        self._carry.clear()

    @property
    def is_drained(self) -> bool:
        """Nothing waits, and everything that the device was given is heard."""
        return not self._waiting and all(run.part is None for run in self._held)

    def _hold(self, run: _Run) -> None:
        self._held.append(run)
        self._held_samples += run.samples

    def _count(self, part: Part, samples: int) -> None:
        self._heard[part] = self._heard.pop(part, 0) + samples
        if len(self._heard) > REMEMBERED_PARTS:
            self._heard.popitem(last=False)
