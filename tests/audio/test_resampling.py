import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.audio.pcm import to_float
from realtime_rx.audio.resampling import Quality, Resampler
from tests.audio.sounds import cut, frequency, noise, sine

RATES = [(48_000, 24_000), (24_000, 48_000), (44_100, 24_000), (16_000, 24_000), (24_000, 8_000), (8_000, 24_000)]

NOISE = noise(0.3, rate=48_000)


def resampled(pcm: bytes, source: int, target: int) -> bytes:
    resampler = Resampler(source, target)
    return resampler.push(pcm) + resampler.flush()


def noise_decibels(pcm: bytes, wanted: bytes) -> float:
    """How loud what differs is beside what is wanted, leaving out a tenth of the sound at each end."""
    middle = slice(len(wanted) // 20, -len(wanted) // 20)
    got, ideal = to_float(pcm)[middle].astype(np.float64), to_float(wanted)[middle].astype(np.float64)
    return float(10 * np.log10(max(((got - ideal) ** 2).mean() / (ideal**2).mean(), 1e-12)))


def lags_ms(source: int, target: int, quality: Quality) -> list[float]:
    """How much sound is inside after each of fifty chunks of 20 ms."""
    resampler = Resampler(source, target, quality)
    chunk = bytes(2 * source // 50)
    given = got = 0
    lags: list[float] = []
    for _ in range(50):
        given += len(chunk)
        got += len(resampler.push(chunk))
        lags.append(1_000 * (given / (2 * source) - got / (2 * target)))
    return lags


@pytest.mark.parametrize(("source", "target"), RATES)
def test_a_tone_stays_the_tone(source: int, target: int) -> None:
    """A tone of 1 kHz is as long as the ideal one at the new rate and differs from it by little more than rounding."""
    pcm = resampled(sine(1_000, 1, rate=source), source, target)
    wanted = sine(1_000, 1, rate=target)
    assert len(pcm) == len(wanted)
    assert noise_decibels(pcm, wanted) < -85


def test_what_is_too_high_is_not_folded() -> None:
    """A tone above what the lower rate can hold becomes silence and not another tone."""
    assert np.abs(to_float(resampled(sine(15_000, 0.5, rate=48_000), 48_000, 24_000))[1_000:-1_000]).max() < 0.001


@given(st.lists(st.integers(0, 30_000), max_size=12), st.sampled_from([24_000, 16_000, 44_100, 48_000]))
def test_chunking_changes_nothing(cuts: list[int], target: int) -> None:
    """Sound cut anywhere, in the middle of samples too, is resampled to the same bytes as the whole."""
    resampler = Resampler(48_000, target)
    pieces = [resampler.push(chunk) for chunk in cut(NOISE, cuts)]
    assert b"".join([*pieces, resampler.flush()]) == resampled(NOISE, 48_000, target)


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)))
def test_equal_rates_pass_through(data: bytes, cuts: list[int]) -> None:
    """Between equal rates the bytes stay as they are, at once, but for a last odd one."""
    resampler = Resampler(24_000, 24_000)
    pieces = [resampler.push(chunk) for chunk in cut(data, cuts)]
    assert b"".join(pieces) == data[: len(data) // 2 * 2]
    assert resampler.flush() == b""


def test_a_sound_after_the_end_is_new() -> None:
    """What is pushed after `flush` or `clear` comes out as if nothing had been before it."""
    resampler = Resampler(48_000, 24_000)
    resampler.push(NOISE)
    resampler.flush()
    assert resampler.push(NOISE) + resampler.flush() == resampled(NOISE, 48_000, 24_000)
    resampler.push(NOISE)
    resampler.clear()
    assert resampler.push(NOISE) + resampler.flush() == resampled(NOISE, 48_000, 24_000)


@pytest.mark.parametrize(("source", "target"), RATES)
def test_an_impulse_stays_where_it_is(source: int, target: int) -> None:
    """Resampling moves no sound in time: an impulse comes out at its place, to a sample of the lower rate."""
    pcm = np.zeros(source, "<i2")
    pcm[source // 2] = 30_000
    place = int(np.argmax(np.abs(to_float(resampled(pcm.tobytes(), source, target)))))
    assert abs(place / target - 0.5) <= 1 / min(source, target)


@pytest.mark.parametrize(
    ("source", "target", "mean", "most"),
    [(48_000, 24_000, 12, 21), (44_100, 24_000, 12, 21), (16_000, 24_000, 12, 21), (8_000, 24_000, 24, 41)],
)
def test_the_lag_is_as_documented(source: int, target: int, mean: float, most: float) -> None:
    """Of chunks of 20 ms about 11 ms wait inside and 21 ms at most, and twice that at 8 kHz."""
    lags = lags_ms(source, target, "LQ")
    assert sum(lags) / len(lags) < mean
    assert max(lags) < most


def test_lower_lag_costs_quality() -> None:
    """The quality QQ keeps nothing back."""
    assert max(lags_ms(48_000, 24_000, "QQ")) < 1


def test_a_tone_at_another_rate_is_not_another_tone() -> None:
    """The pitch stays when the rate changes."""
    assert frequency(resampled(sine(440, 1, rate=44_100), 44_100, 24_000)) == pytest.approx(440, abs=2)
