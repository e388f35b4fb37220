"""How loud a sound is and what it is made of, for meters, waveforms and spectra.

The numbers are those of a browser's ``AnalyserNode`` with its default settings, so that a page may draw them as it
would draw its own: bytes, 0..255 (Web Audio API, W3C, "FFT windowing and smoothing over time").
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable

from realtime_rx.audio.arrays import Floats, np
from realtime_rx.audio.pcm import rms, to_float
from realtime_rx.visualization import Tap

__all__ = ["Meter"]

logger = logging.getLogger("realtime_rx")

WINDOW = 2048
"""Samples looked at, an ``AnalyserNode``'s ``fftSize``: 85 ms at 24 kHz. Its spectrum has half as many bins."""
MIN_DECIBELS, MAX_DECIBELS = -100.0, -30.0
SMOOTHING = 0.8

PHASE = 2 * np.pi * np.arange(WINDOW) / WINDOW
BLACKMAN = (0.42 - 0.5 * np.cos(PHASE) + 0.08 * np.cos(2 * PHASE)).astype(np.float32)


class Meter:
    """Watches one sound go by. Any thread may feed it, and any may look.

    What is shown is that of the latest ``WINDOW`` samples, whoever looks, however often.
    """

    def __init__(self, sample_rate: int = 24_000) -> None:
        self._sample_rate = sample_rate
        self._lock = threading.Lock()
        self._window: Floats = np.zeros(WINDOW, np.float32)
        self._magnitudes = np.zeros(WINDOW // 2, np.float32)
        self._is_new = False
        self._taps: tuple[Tap, ...] = ()

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self._sample_rate

    def feed(self, pcm: bytes) -> None:
        """These whole samples of PCM16 were just heard."""
        latest = to_float(pcm[-2 * WINDOW :])
        with self._lock:
            self._window = np.concatenate((self._window[len(latest) :], latest))
            self._is_new = True
        for tap in self._taps:
            try:
                tap(pcm, self._sample_rate)
            except Exception:
                logger.exception("a tap on the sound raised")

    def clear(self) -> None:
        """Silence, now: the sound stopped."""
        with self._lock:
            self._window = np.zeros(WINDOW, np.float32)
            self._magnitudes = np.zeros(WINDOW // 2, np.float32)
            self._is_new = False

    def tap(self, callback: Tap) -> Callable[[], None]:
        """Let ``callback`` have all sound from now on; the answer ends that."""
        with self._lock:
            self._taps = (*self._taps, callback)

        def untap() -> None:
            with self._lock, contextlib.suppress(ValueError):
                taps = list(self._taps)
                taps.remove(callback)
                self._taps = tuple(taps)

        return untap

    @property
    def level(self) -> float:
        """The root mean square of the window, 0..1: a full-scale sine is 0.71."""
        return rms(self._window)

    def time_domain_data(self) -> bytes:
        """The window as ``WINDOW`` bytes: 128 is silence, 0 and 255 are full scale."""
        return np.clip(128 * (1 + self._window), 0, 255).astype(np.uint8).tobytes()

    def frequency_data(self) -> bytes:
        """The spectrum as ``WINDOW // 2`` bytes from 0 Hz to half the rate; 0 is -100 dB or less, 255 is -30 or more.

        It is smoothed over the windows that were looked at; looking twice at one window changes nothing.
        """
        with self._lock:
            if self._is_new:
                self._is_new = False
                spectrum = np.abs(np.fft.rfft(self._window * BLACKMAN)[: WINDOW // 2]).astype(np.float32) / WINDOW
                self._magnitudes = SMOOTHING * self._magnitudes + (1 - SMOOTHING) * spectrum
            magnitudes = self._magnitudes
        decibels = 20 * np.log10(np.maximum(magnitudes, 1e-12))
        scaled = 255 * (decibels - MIN_DECIBELS) / (MAX_DECIBELS - MIN_DECIBELS)
        return np.clip(scaled, 0, 255).astype(np.uint8).tobytes()
