"""Samples as bytes: PCM16 and floats, G.711, and chunks that end in the middle of a sample.

G.711 goes by tables, made when first needed: the standard library's ``audioop`` is gone from Python 3.13, and
everything else here needs numpy anyway.
"""

from __future__ import annotations

from functools import cache

from realtime_rx.audio.arrays import Floats, Int16s, NDArray, np
from realtime_rx.formats import AudioFormat, Encoding

__all__ = ["Carry", "decode", "encode", "Framer", "from_float", "rms", "samples", "to_float"]

FULL_SCALE = 32768.0
EVERY_SAMPLE = np.arange(65536, dtype=np.uint16).view(np.int16)
"""By their 16 bits."""


def samples(pcm: bytes) -> Int16s:
    """The samples of whole PCM16."""
    return np.frombuffer(pcm, "<i2")


def to_float(pcm: bytes) -> Floats:
    """PCM16 as floats from -1 to just under 1."""
    return samples(pcm).astype(np.float32) / np.float32(FULL_SCALE)


def from_float(values: Floats) -> bytes:
    """Floats as PCM16, rounded; what is louder than full scale is clipped."""
    return np.clip(np.rint(values * FULL_SCALE), -32768, 32767).astype("<i2").tobytes()


def rms(values: Floats) -> float:
    """The root mean square of samples, 0..1; 0 where there are none."""
    return float(np.sqrt(np.dot(values, values) / values.size)) if values.size else 0.0


def decode(data: bytes, form: AudioFormat) -> bytes:
    """Sound of this format as PCM16 of the same rate."""
    if form.encoding == "pcm16":
        return data
    return _levels(form.encoding)[np.frombuffer(data, np.uint8)].tobytes()


def encode(pcm: bytes, form: AudioFormat) -> bytes:
    """PCM16 as sound of this format, at the same rate."""
    if form.encoding == "pcm16":
        return pcm
    return _codes(form.encoding)[np.frombuffer(pcm, "<u2")].tobytes()


@cache
def _segments(encoding: Encoding) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Of each of the 256 codes of a G.711 law: the size of its level, and half the width of its step.

    (ITU-T G.711, tables 1 and 2, for samples of 16 bits. Codes from 128 on are positive.)
    """
    inverted = np.arange(256, dtype=np.int32) ^ (0x7F if encoding == "pcmu" else 0x55)
    segment, step = inverted >> 4 & 7, inverted & 15
    if encoding == "pcmu":
        return ((step << 3) + 132 << segment) - 132, 4 << segment
    raised = np.maximum(segment, 1) - 1
    return (step << 4) + np.where(segment > 0, 264, 8) << raised, 8 << raised


@cache
def _levels(encoding: Encoding) -> NDArray[np.int16]:
    """The samples of the 256 codes."""
    sizes, _ = _segments(encoding)
    return np.concatenate((-sizes[:128], sizes[128:])).astype("<i2")


@cache
def _codes(encoding: Encoding) -> NDArray[np.uint8]:
    """The code of each sample, by the sample's 16 bits: that of the step it lies in."""
    sizes, halves = _segments(encoding)
    order = np.argsort(sizes[128:])
    thresholds = (sizes - halves)[128:][order]
    size = np.where(EVERY_SAMPLE < 0, ~EVERY_SAMPLE, EVERY_SAMPLE)
    positive = 128 + order[np.searchsorted(thresholds, size, side="right") - 1]
    return np.where(EVERY_SAMPLE < 0, positive - 128, positive).astype(np.uint8)


class Carry:
    """Makes whole samples of chunks that were cut anywhere: the odd bytes of one chunk begin the next."""

    def __init__(self, width: int = 2) -> None:
        self._width = width
        self._rest = b""

    def whole(self, data: bytes) -> bytes:
        """The whole samples so far."""
        if not self._rest and len(data) % self._width == 0:
            return data
        data = self._rest + data
        end = len(data) - len(data) % self._width
        self._rest = data[end:]
        return data[:end]

    def clear(self) -> None:
        """Forget the odd bytes: what comes next begins a sample."""
        self._rest = b""


class Framer:
    """Cuts a stream into frames of exactly ``size`` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rest = b""

    def frames(self, data: bytes) -> list[bytes]:
        """The frames that are complete now."""
        data = self._rest + data
        end = len(data) - len(data) % self._size
        self._rest = data[end:]
        return [data[start : start + self._size] for start in range(0, end, self._size)]

    def rest(self) -> bytes:
        """What was left over, less than a frame; the next frame begins anew."""
        rest, self._rest = self._rest, b""
        return rest
