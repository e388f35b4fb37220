"""How sound is written on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["AudioFormat", "Encoding", "PCM16_16K", "PCM16_24K", "PCMA", "PCMU"]

Encoding = Literal["pcm16", "pcmu", "pcma"]


class AudioFormat(Struct, frozen=True):
    """One mono audio format.

    ``rate`` is in samples a second; ``pcm16`` is signed 16-bit little endian, ``pcmu``/``pcma`` are G.711.
    """

    encoding: Encoding = "pcm16"
    rate: Annotated[int, Meta(gt=0)] = 24_000

    @property
    def sample_width(self) -> int:
        """Bytes in one sample."""
        return 2 if self.encoding == "pcm16" else 1

    @property
    def bytes_per_second(self) -> int:
        return self.rate * self.sample_width

    def milliseconds(self, byte_count: int) -> float:
        """How long ``byte_count`` bytes sound, in milliseconds."""
        return 1000.0 * byte_count / (self.rate * self.sample_width)

    def silence(self, milliseconds: int) -> bytes:
        """So much of it, where it is written without loss of a sample: ITU-T G.711 writes zero as 0xFF and 0xD5."""
        return QUIET[self.encoding] * (self.bytes_per_second * milliseconds // (1000 * self.sample_width))


QUIET: dict[Encoding, bytes] = {"pcm16": b"\0\0", "pcmu": b"\xff", "pcma": b"\xd5"}
"""One sample of it."""
PCM16_24K = AudioFormat()
PCM16_16K = AudioFormat(rate=16_000)
PCMU = AudioFormat(encoding="pcmu", rate=8_000)
PCMA = AudioFormat(encoding="pcma", rate=8_000)
