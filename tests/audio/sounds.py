"""Sounds to test with, and what is heard in a sound."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from realtime_rx.audio.pcm import from_float, to_float

pcm16 = st.binary(max_size=2_000).map(lambda data: data[: len(data) // 2 * 2])


def sine(frequency: float, seconds: float, *, rate: int = 24_000, amplitude: float = 0.5) -> bytes:
    time = np.arange(round(seconds * rate)) / rate
    return from_float((amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32))


def noise(seconds: float, *, rate: int = 24_000, amplitude: float = 0.1) -> bytes:
    values = np.random.default_rng(7).standard_normal(round(seconds * rate))
    return from_float((amplitude * values).astype(np.float32))


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data in pieces that end at these places, taken modulo its length."""
    places = [0, *sorted(place % (len(data) + 1) for place in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


def spectrum(pcm: bytes) -> NDArray[np.float64]:
    values = to_float(pcm)
    return np.abs(np.fft.rfft(values * np.hanning(len(values))))


def frequency(pcm: bytes, rate: int = 24_000) -> float:
    """The loudest one, in Hz."""
    return float(np.argmax(spectrum(pcm)) * rate / (len(pcm) // 2))
