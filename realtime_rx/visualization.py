"""What a page draws of a conversation's sound: levels, waveforms, spectra, and the sound itself.

The numbers are those of a browser's ``AnalyserNode``; what works them out is the device's meter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

__all__ = ["AudioVisualization", "meter_of", "SoundMeter", "Tap"]

Tap: TypeAlias = Callable[[bytes, int], object]
"""Called with PCM16 and its rate, on the thread that the sound came on: it must not block.

One that raises is logged and stays; nobody else notices."""


class SoundMeter(Protocol):
    """Watches one sound go by. Any thread may look."""

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        ...

    @property
    def level(self) -> float:
        """How loud it is, 0..1."""
        ...

    def frequency_data(self) -> bytes:
        """The spectrum, from 0 Hz to half the rate, in bytes."""
        ...

    def time_domain_data(self) -> bytes:
        """The waveform in bytes: 128 is silence."""
        ...

    def tap(self, callback: Tap) -> Callable[[], None]:
        """Let ``callback`` have all sound from now on; the answer ends that."""
        ...


class Silence:
    """The meter of a device that is not there, or has none."""

    sample_rate = 24_000
    level = 0.0

    def frequency_data(self) -> bytes:
        return bytes(1024)

    def time_domain_data(self) -> bytes:
        return bytes([128]) * 2048

    def tap(self, callback: Tap) -> Callable[[], None]:
        return lambda: None


def meter_of(device: object) -> SoundMeter:
    """The device's ``meter``, or silence."""
    return getattr(device, "meter", None) or Silence()


class AudioVisualization:
    """Both directions: TanStack AI's ``AudioVisualization``, name by name."""

    def __init__(self, heard: SoundMeter, spoken: SoundMeter) -> None:
        """``heard`` by the microphone, ``spoken`` by the speaker."""
        self._heard = heard
        self._spoken = spoken

    @property
    def input_level(self) -> float:
        return self._heard.level

    @property
    def output_level(self) -> float:
        return self._spoken.level

    @property
    def input_sample_rate(self) -> int:
        return self._heard.sample_rate

    @property
    def output_sample_rate(self) -> int:
        return self._spoken.sample_rate

    def get_input_frequency_data(self) -> bytes:
        return self._heard.frequency_data()

    def get_output_frequency_data(self) -> bytes:
        return self._spoken.frequency_data()

    def get_input_time_domain_data(self) -> bytes:
        return self._heard.time_domain_data()

    def get_output_time_domain_data(self) -> bytes:
        return self._spoken.time_domain_data()

    def on_input_audio(self, callback: Tap) -> Callable[[], None]:
        """Let ``callback`` have what the microphone hears; the answer ends that."""
        return self._heard.tap(callback)

    def on_output_audio(self, callback: Tap) -> Callable[[], None]:
        """Let ``callback`` have what the speaker says, as it is said; the answer ends that."""
        return self._spoken.tap(callback)
