"""Real speech for the tests: what flite's voice slt says, which is made from recordings of a human voice."""

import shutil
import subprocess
import tempfile
import wave
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr

RATE = 24000
BYTES_PER_MS = 48


@cache
def say(text: str, after_ms: int = 800, before_ms: int = 300) -> bytes:
    """`text` as 24 kHz PCM16, with a little silence around it."""
    program = shutil.which("flite")
    if program is None:
        pytest.fail("these tests speak with the program flite: install it (Debian's package is flite)", pytrace=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "speech.wav")
        subprocess.run([program, "-voice", "slt", "-t", text, "-o", str(path)], check=True, capture_output=True)
        with wave.open(str(path)) as file:
            spoken = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            sound = soxr.resample(spoken, file.getframerate(), RATE)
    return silence(before_ms) + sound.astype("<i2").tobytes() + silence(after_ms)


def silence(ms: float) -> bytes:
    """A quiet room: not digital zero, which no microphone gives."""
    return noise(ms, level=0.0003)


def noise(ms: float, level: float = 0.03, pink: bool = False) -> bytes:
    """White or pink noise as 24 kHz PCM16; `level` is its RMS, 1 is full scale."""
    count = int(ms * RATE / 1000)
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=max(count, 2)))
    if pink:
        spectrum /= np.sqrt(np.arange(1, len(spectrum) + 1))
    sound = np.fft.irfft(spectrum)[:count]
    scale = level / np.sqrt(np.mean(sound**2)) if count else 1.0
    return np.clip(sound * scale * 32768, -32768, 32767).astype("<i2").tobytes()


def chunks(sound: bytes, ms: int = 100) -> list[bytes]:
    size = ms * BYTES_PER_MS
    return [sound[at : at + size] for at in range(0, len(sound), size)]
