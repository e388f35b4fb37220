"""Audio formats."""

import pytest

from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMA, PCMU, AudioFormat


@pytest.mark.parametrize(
    ("audio_format", "width", "per_second"),
    [(PCM16_24K, 2, 48_000), (PCM16_16K, 2, 32_000), (PCMU, 1, 8_000), (PCMA, 1, 8_000)],
)
def test_a_second_of_sound_has_a_size(audio_format: AudioFormat, width: int, per_second: int) -> None:
    """PCM16 takes two bytes a sample and G.711 takes one."""
    assert (audio_format.sample_width, audio_format.bytes_per_second) == (width, per_second)


def test_bytes_are_time() -> None:
    """4,800 bytes of 24 kHz PCM16 sound for a tenth of a second."""
    assert PCM16_24K.milliseconds(4_800) == 100.0


@pytest.mark.parametrize(("audio_format", "sample"), [(PCM16_24K, b"\0\0"), (PCMU, b"\xff"), (PCMA, b"\xd5")])
def test_silence_is_written_in_every_format(audio_format: AudioFormat, sample: bytes) -> None:
    """20 ms of silence are so many samples of the least level that a format has."""
    silence = audio_format.silence(20)
    assert (audio_format.milliseconds(len(silence)), silence) == (20.0, sample * (audio_format.rate // 50))


def test_the_default_is_what_most_providers_speak() -> None:
    """A format that nobody described is 24 kHz PCM16."""
    assert AudioFormat() == PCM16_24K
