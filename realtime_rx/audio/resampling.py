"""Sound at another rate, as it streams.

By soxr: streaming, exact at any chunking, 4 to 6 µs for 20 ms, a wheel of 0.25 MB on top of numpy. (scipy's resampler
takes whole signals and weighs 35 MB; a windowed sinc of our own would be 60 lines of what soxr does better.)

The quality is LQ, which is 16 bits and more: over 90 dB of signal to noise at any pair of rates. What it costs is lag,
because soxr works in blocks: of 20 ms chunks, between 16 and 48 kHz, 11 ms are still inside on average and 21 ms at
most; from or to 8 kHz twice that. MQ and above hold twice as much; QQ holds nothing but folds what is too high for the
lower rate into it. Where a device can be opened at the rate that is wanted, that is better still.
"""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias, cast

from realtime_rx.audio.arrays import Floats, np
from realtime_rx.audio.pcm import Carry, from_float, to_float

try:
    import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none
except ImportError as error:
    raise ImportError('resampling needs soxr: pip install "realtime-rx[audio]"') from error

__all__ = ["Quality", "Resampler"]

Quality: TypeAlias = Literal["QQ", "LQ", "MQ", "HQ", "VHQ"]

NOTHING = np.empty(0, np.float32)


class _Stream(Protocol):
    """The part of ``soxr.ResampleStream`` that is used here."""

    def resample_chunk(self, x: Floats, last: bool = False) -> Floats: ...


class Resampler:
    """PCM16 of one rate in, PCM16 of another out, in chunks of any length. Equal rates pass through."""

    def __init__(self, source_rate: int, target_rate: int, quality: Quality = "LQ") -> None:
        self._rates = source_rate, target_rate
        self._quality: Quality = quality
        self._carry = Carry()
        self._stream = self._open()

    def _open(self) -> _Stream | None:
        source, target = self._rates
        if source == target:
            return None
        return cast(_Stream, soxr.ResampleStream(source, target, 1, dtype="float32", quality=self._quality))

    def push(self, pcm: bytes) -> bytes:
        """What is ready when this has come in; the rest comes later."""
        whole = self._carry.whole(pcm)
        return from_float(self._stream.resample_chunk(to_float(whole))) if self._stream is not None else whole

    def flush(self) -> bytes:
        """What was still inside: the sound ends here. What is pushed next is a sound of its own."""
        rest = from_float(self._stream.resample_chunk(NOTHING, last=True)) if self._stream is not None else b""
        self.clear()
        return rest

    def clear(self) -> None:
        """Forget what is inside."""
        self._carry.clear()
        self._stream = self._open()
