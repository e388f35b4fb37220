"""A microphone that hears the speaker beside it makes a model interrupt itself. This keeps the two apart, crudely.

It is half duplex by loudness: while something is played, what the microphone hears passes only if it is loud compared
with what is played. Somebody who speaks up gets through; a speaker's echo does not. It cannot take the echo out of
speech (a browser's echo cancellation can), and with headphones there is nothing to take out: leave it away there.
"""

from __future__ import annotations

import threading
from collections import deque

from realtime_rx.audio.pcm import rms, to_float

__all__ = ["EchoGate"]

INAUDIBLE = 0.001
"""-60 dB: played this softly, nothing comes back."""


class EchoGate:
    """Between a speaker and a microphone. Times are seconds of one clock, in the order they came by."""

    def __init__(self, *, ratio: float = 0.5, hold_s: float = 0.3, open_s: float = 0.25) -> None:
        """Let through what is louder than ``ratio`` times the loudest that was played in the last ``hold_s`` seconds.

        ``hold_s`` covers the way through the device and the room; once let through, a voice stays so for ``open_s``
        seconds, so that its soft syllables are not cut out.
        """
        self._ratio = ratio
        self._hold_s = hold_s
        self._open_s = open_s
        self._open_until = float("-inf")
        self._played: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    def played(self, pcm: bytes, at: float) -> None:
        """This PCM16 was handed to the speaker."""
        level = rms(to_float(pcm))
        with self._lock:
            self._played.append((at, level))

    def admit(self, pcm: bytes, at: float) -> bytes:
        """What the microphone heard, or as much silence."""
        loudest = self._loudest(at)
        if loudest < INAUDIBLE:
            return pcm
        if rms(to_float(pcm)) > self._ratio * loudest:
            self._open_until = at + self._open_s
        return pcm if at < self._open_until else bytes(len(pcm))

    def _loudest(self, at: float) -> float:
        """Of what was played lately; the rest is forgotten."""
        with self._lock:
            while self._played and self._played[0][0] < at - self._hold_s:
                self._played.popleft()
            return max((level for _, level in self._played), default=0.0)
