"""Sound of one format in another, as it streams: decoded, resampled, encoded."""

from __future__ import annotations

from realtime_rx.audio.pcm import decode, encode
from realtime_rx.audio.resampling import Resampler
from realtime_rx.formats import AudioFormat

__all__ = ["Converter"]


class Converter:
    """``source`` in, ``target`` out, in chunks of any length. What is still inside comes with ``flush()``."""

    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        self._source = source
        self._target = target
        self._resampler = Resampler(source.rate, target.rate)

    def push(self, sound: bytes) -> bytes:
        """What is ready when this has come in."""
        return encode(self._resampler.push(decode(sound, self._source)), self._target)

    def flush(self) -> bytes:
        """The rest: the sound ends here. What is pushed next is a sound of its own."""
        return encode(self._resampler.flush(), self._target)

    def clear(self) -> None:
        """Forget what is inside."""
        self._resampler.clear()
