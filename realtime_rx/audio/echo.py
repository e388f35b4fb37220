"""A microphone that hears the speaker beside it makes a model interrupt itself. This keeps the two apart, crudely.

It is half duplex by loudness: while something is played, what the microphone hears passes only if it is loud compared
with what is played. How loud an echo is depends on the devices and the room: it is learnt. Somebody who speaks up gets
through; a speaker's echo does not. It cannot take the echo out of speech (a browser's echo cancellation can), and with
headphones there is nothing to take out: leave it away there.

The defaults were chosen by ``python -m benchmarks.echo``: three voices over a reply in 45 rooms, with echoes 6 to 30 dB
below the reply and 60 to 200 ms late, and noise at -70 to -45 dBFS. A *false* second lets 200 ms of echo through, and a
*missed* voice is one of whose first half second less than 200 ms pass.

=================  =====  ====================================================
gate               false  missed: as loud as the echo, 6 dB and 12 dB louder
=================  =====  ====================================================
fixed ratio 0.25   40 %   51 %, 31 %, 20 %
fixed ratio 0.5    20 %   73 %, 53 %, 33 %
fixed ratio 0.7    0 %    91 %, 67 %, 47 %
learnt, from 0.7   0 %    75 %, 36 %, 8 %
=================  =====  ====================================================

Of what is near the defaults, a margin of 1.2 lets through 25 % of the seconds, ``memory_s=0.5`` 11 %, ``hold_s=0.2``
6 % and ``ratio=0.5`` all echoes of -6 dB; ``margin=2``, ``memory_s=3`` and ``open_s=0.1`` miss half of the voices.
"""

from __future__ import annotations

import math
import threading
from collections import deque

from realtime_rx.audio.pcm import rms, to_float

__all__ = ["EchoGate"]

INAUDIBLE = 0.001
"""-60 dB: played this softly, nothing comes back."""
LEAST_RATIO = 0.05
RECOVERY_S = 2.0
"""A voice that is let through for so long while the speaker goes on is more likely an echo that became louder."""
STEP_S = 0.1
"""Chunks are shorter; a pause longer than that was no listening."""


class EchoGate:
    """Between a speaker and a microphone. Times are seconds of one clock, in the order they came by."""

    def __init__(
        self,
        *,
        ratio: float = 0.7,
        hold_s: float = 0.3,
        open_s: float = 0.25,
        margin: float = 1.5,
        memory_s: float = 1.5,
    ) -> None:
        """Let through what is louder than ``self.ratio`` times the loudest of what was played for ``hold_s`` seconds.

        ``ratio`` is what that begins with, and never more: it holds back the echo of a speaker which is turned up. It
        becomes ``margin`` times the loudest echo of late, which is forgotten in ``memory_s`` seconds of listening.
        ``hold_s`` covers the way through the device and the room; once let through, a voice stays so for ``open_s``
        seconds, so that its soft syllables are not cut out.
        """
        self._most = ratio
        self._hold_s = hold_s
        self._open_s = open_s
        self._margin = margin
        self._memory_s = memory_s
        self._echo = ratio / margin
        self._at = float("-inf")
        self._open_until = float("-inf")
        self._played: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    @property
    def ratio(self) -> float:
        """How loud beside what is played a voice has to be, now."""
        return min(self._most, max(LEAST_RATIO, self._margin * self._echo))

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
        heard = rms(to_float(pcm)) / loudest
        if heard > self.ratio:
            self._open_until = at + self._open_s
        is_open = at < self._open_until
        self._learn(heard, at, is_open)
        return pcm if is_open else bytes(len(pcm))

    def _learn(self, heard: float, at: float, is_open: bool) -> None:
        """While it is closed, what is heard is the echo; but a microphone that is switched off hears nothing."""
        passed, self._at = min(STEP_S, at - self._at), at
        if is_open:
            self._echo = min(self._most / self._margin, self._echo * math.exp(passed / RECOVERY_S))
        elif heard:
            least = LEAST_RATIO / self._margin
            self._echo = max(heard, least, self._echo * math.exp(-passed / self._memory_s))

    def _loudest(self, at: float) -> float:
        """Of what was played lately; the rest is forgotten."""
        with self._lock:
            while self._played and self._played[0][0] < at - self._hold_s:
                self._played.popleft()
            return max((level for _, level in self._played), default=0.0)
