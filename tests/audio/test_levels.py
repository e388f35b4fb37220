import logging
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.audio.levels import WINDOW, Meter
from realtime_rx.visualization import AudioVisualization
from tests.audio.sounds import cut, noise, sine


def fed(pcm: bytes) -> Meter:
    meter = Meter()
    meter.feed(pcm)
    return meter


def test_the_level_of_a_sine() -> None:
    """The level of a sine is its amplitude over the square root of two."""
    assert fed(sine(1_000, 0.2, amplitude=0.5)).level == pytest.approx(0.3536, abs=2e-3)


def test_nothing_is_silence() -> None:
    """A meter that heard nothing shows level 0, an empty spectrum and a flat line at 128."""
    meter = Meter()
    assert meter.level == 0.0
    assert meter.frequency_data() == bytes(WINDOW // 2)
    assert meter.time_domain_data() == bytes([128] * WINDOW)


def test_only_the_latest_sound_counts() -> None:
    """A window of silence after a loud sound is silence."""
    meter = fed(sine(1_000, 0.2))
    meter.feed(bytes(2 * WINDOW))
    assert meter.level == 0.0


@given(st.lists(st.integers(0, 9_600).map(lambda place: place // 2 * 2), max_size=10))
def test_chunking_changes_nothing(cuts: list[int]) -> None:
    """However a sound is cut into chunks, the same window is shown at its end."""
    sound = noise(0.2)
    meter = Meter()
    for chunk in cut(sound, [place for place in cuts if place <= len(sound)]):
        meter.feed(chunk)
    assert meter.time_domain_data() == fed(sound).time_domain_data()


def test_the_spectrum_peaks_at_the_tone() -> None:
    """The highest bin of a 3 kHz tone is the one of 3 kHz."""
    data = fed(sine(3_000, 0.2)).frequency_data()
    assert len(data) == WINDOW // 2
    assert data.index(max(data)) * 24_000 / WINDOW == pytest.approx(3_000, abs=24_000 / WINDOW)


def test_decibels_are_those_of_an_analyser_node() -> None:
    """A bin is 255 * (dB + 100) / 70: a tone of -60 dB shows, after smoothing and the window, what a browser shows."""
    bin_frequency = 256 * 24_000 / WINDOW
    meter = fed(sine(bin_frequency, 0.2, amplitude=0.01))
    # 0.01 halves between the two signs of frequency, Blackman's window leaves 0.42 of it and one look in five shows
    magnitude = 0.01 / 2 * 0.42 * 0.2
    assert meter.frequency_data()[256] == pytest.approx(255 * (20 * np.log10(magnitude) + 100) / 70, abs=1.5)


def test_the_spectrum_is_smoothed_over_time() -> None:
    """A tone that goes on rises look by look, and falls slowly when it stops."""
    meter = Meter()
    looks: list[int] = []
    for sound in [sine(3_000, 0.2, amplitude=0.01)] * 3 + [bytes(2 * WINDOW)] * 2:
        meter.feed(sound)
        looks.append(max(meter.frequency_data()))
    assert looks[0] < looks[1] < looks[2]
    assert looks[2] > looks[3] > looks[4] > 0


def test_looking_changes_nothing() -> None:
    """Two who look at the same sound see the same spectrum."""
    meter = fed(noise(0.2))
    assert meter.frequency_data() == meter.frequency_data()


def test_the_waveform_is_centred_on_128() -> None:
    """Full scale is 0 and 255, and half of it is 64 and 192."""
    pcm = np.array([0, -32768, 32767, 16384, -16384], "<i2").tobytes()
    assert fed(pcm).time_domain_data()[-5:] == bytes([128, 0, 255, 192, 64])


def test_silence_can_be_declared() -> None:
    """After `clear` there is no level and no spectrum, as if nothing had been heard."""
    meter = fed(noise(0.2))
    meter.frequency_data()
    meter.clear()
    assert meter.level == 0.0
    assert max(meter.frequency_data()) == 0


def test_taps_get_the_sound_itself() -> None:
    """A tap gets every chunk with its rate until it is taken off."""
    meter = Meter(16_000)
    heard: list[tuple[bytes, int]] = []
    untap = meter.tap(lambda pcm, rate: heard.append((pcm, rate)))
    meter.feed(b"ab")
    untap()
    untap()
    meter.feed(b"cd")
    assert heard == [(b"ab", 16_000)]


def test_a_tap_that_raises_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """The error of one tap is logged, and the other taps and the meter go on."""
    meter = Meter()
    heard: list[bytes] = []
    meter.tap(lambda pcm, rate: 1 // 0)
    meter.tap(lambda pcm, rate: heard.append(pcm))
    with caplog.at_level(logging.ERROR, "realtime_rx"):
        meter.feed(sine(440, 0.1))
    assert len(heard) == 1
    assert meter.level > 0
    assert "tap" in caplog.text


def test_threads_may_feed_and_look_at_once() -> None:
    """A look while another thread feeds shows a whole window."""
    meter = Meter()
    feeder = threading.Thread(target=lambda: [meter.feed(noise(0.02)) for _ in range(300)])
    feeder.start()
    looks = [(len(meter.frequency_data()), len(meter.time_domain_data())) for _ in range(300)]
    feeder.join()
    assert set(looks) == {(WINDOW // 2, WINDOW)}


def test_the_visualization_has_both_directions() -> None:
    """What goes in is shown as input and what comes out as output, each with its own rate and taps."""
    heard, spoken = Meter(16_000), Meter(24_000)
    both = AudioVisualization(heard, spoken)
    taps: list[str] = []
    both.on_input_audio(lambda pcm, rate: taps.append("input"))
    both.on_output_audio(lambda pcm, rate: taps.append("output"))
    heard.feed(sine(2_000, 0.2, rate=16_000, amplitude=0.2))
    assert taps == ["input"]
    spoken.feed(sine(3_000, 0.2, amplitude=0.6))
    assert taps == ["input", "output"]
    assert (both.input_sample_rate, both.output_sample_rate) == (16_000, 24_000)
    assert (both.input_level, both.output_level) == (heard.level, spoken.level)
    assert both.get_input_frequency_data() == heard.frequency_data() != both.get_output_frequency_data()
    assert both.get_input_time_domain_data() == heard.time_domain_data() != both.get_output_time_domain_data()
