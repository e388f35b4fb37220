"""Sound in a session's input format as 16 kHz mono PCM16, which is what everything that hears here wants."""

from functools import cache
from typing import Any

RATE = {"audio/pcm": 24000, "audio/pcmu": 8000, "audio/pcma": 8000}
BYTES_PER_SAMPLE = {"audio/pcm": 2, "audio/pcmu": 1, "audio/pcma": 1}
HEARD_RATE = 16000


class Resampler:
    """A stream of one format.

    soxr's quality LQ, because it holds little back: up to 20 ms from 24 kHz and 60 ms from 8 kHz, where MQ holds 40 ms
    and 115 ms.
    """

    def __init__(self, audio_format: str) -> None:
        import numpy
        import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none

        self._numpy = numpy
        self._format = audio_format
        self._start = lambda: soxr.ResampleStream(RATE[audio_format], HEARD_RATE, 1, dtype="int16", quality="LQ")
        self._stream = self._start()
        self._odd = b""

    def flush(self) -> bytes:
        """What is held back. The next piece is a new beginning."""
        stream, self._stream = self._stream, self._start()
        return self._resampled(stream, self._numpy.zeros(0, "int16"), last=True)

    def feed(self, sound: bytes) -> bytes:
        """The next piece; half a sample at its end waits for the other half."""
        whole = self._odd + sound
        end = len(whole) - len(whole) % BYTES_PER_SAMPLE[self._format]
        self._odd = whole[end:]
        samples: Any = self._numpy.frombuffer(whole[:end], "<i2" if self._format == "audio/pcm" else "u1")
        if self._format != "audio/pcm":
            samples = expansion(self._format)[samples]
        return self._resampled(self._stream, samples, last=False)

    @staticmethod
    def _resampled(stream: Any, samples: Any, last: bool) -> bytes:
        return stream.resample_chunk(samples, last=last).astype("<i2").tobytes()


def resampled(sound: bytes, audio_format: str) -> bytes:
    """A whole piece of sound at once."""
    stream = Resampler(audio_format)
    return stream.feed(sound) + stream.flush()


@cache
def expansion(audio_format: str) -> Any:
    """The 256 values of G.711 mu-law or A-law (ITU-T G.711, tables 1a and 2a) as an array of 16 bit samples."""
    import numpy

    value = mu_law_value if audio_format == "audio/pcmu" else a_law_value
    return numpy.array([value(code) for code in range(256)], dtype="int16")


def mu_law_value(code: int) -> int:
    code = ~code & 0xFF
    size = ((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


def a_law_value(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = mantissa * 16 + 8 if exponent == 0 else mantissa * 16 + 264 << exponent - 1
    return size if code & 0x80 else -size
