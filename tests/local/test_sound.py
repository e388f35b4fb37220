"""Input formats as what is heard."""

import importlib.util

import pytest

if importlib.util.find_spec("soxr") is None:
    pytest.skip("soxr not installed: pip install realtime-rx[local]", allow_module_level=True)

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.sound import RATE, Resampler, expansion, resampled
from realtime_rx.local.workers import speech


def tone(rate: int, hertz: float = 440, seconds: float = 0.5) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype("i4")


ENCODE = {
    "audio/pcm": lambda samples: samples.astype("<i2").tobytes(),
    "audio/pcmu": lambda samples: speech.mu_law(samples).astype("u1").tobytes(),
    "audio/pcma": lambda samples: speech.a_law(samples).astype("u1").tobytes(),
}


@pytest.mark.parametrize("audio_format", list(RATE))
def test_every_format_becomes_the_same_sound(audio_format: str) -> None:
    """A tone in any input format is that tone at 16 kHz, as loud and as long, in step with the original."""
    heard = np.frombuffer(resampled(ENCODE[audio_format](tone(RATE[audio_format])), audio_format), "<i2")
    assert len(heard) == 8000
    middle = slice(800, -800)
    error = heard[middle] - tone(16000)[middle]
    assert np.sqrt(np.mean(error.astype(float) ** 2)) < 8000 / np.sqrt(2) * 0.03


@given(st.lists(st.integers(1, 999), min_size=1, max_size=20))
def test_pieces_make_the_whole(sizes: list[int]) -> None:
    """However the bytes of a stream are cut, also through a sample, what is heard is the same."""
    sound = ENCODE["audio/pcm"](tone(24000, seconds=0.2))
    stream, pieces, at = Resampler("audio/pcm"), list[bytes](), 0
    for size in sizes:
        pieces.append(stream.feed(sound[at : at + size]))
        at += size
    pieces += [stream.feed(sound[at:]), stream.flush()]
    heard, whole = (np.frombuffer(one, "<i2").astype("i4") for one in (b"".join(pieces), resampled(sound, "audio/pcm")))
    assert len(heard) == len(whole)
    assert np.max(np.abs(heard - whole)) <= 2  # soxr dithers by chance


@pytest.mark.parametrize("audio_format", list(RATE))
def test_little_is_held_back(audio_format: str) -> None:
    """A live stream in pieces of 20 ms is heard at most 65 ms late."""
    stream, heard = Resampler(audio_format), 0
    piece = ENCODE[audio_format](tone(RATE[audio_format], seconds=0.02))
    for number in range(50):
        heard += len(stream.feed(piece)) // 2
        assert (number + 1) * 320 - heard <= 65 * 16


@pytest.mark.parametrize(("audio_format", "code"), [("audio/pcmu", speech.mu_law), ("audio/pcma", speech.a_law)])
def test_expansion_undoes_the_compression(audio_format: str, code: object) -> None:
    """Each G.711 code that we read is the one that we write for its value."""
    values = expansion(audio_format).astype("i4")
    again = ENCODE[audio_format](values)
    assert [int(values[one]) for one in again] == values.tolist()
