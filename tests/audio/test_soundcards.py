import importlib
import sys
import threading
from contextlib import aclosing
from types import SimpleNamespace

import numpy as np
import pytest

from realtime_rx.audio import soundcards
from realtime_rx.audio.devices import AudioDevice, Microphone, Speaker, list_microphones, list_speakers
from realtime_rx.audio.soundcards import Server, within
from realtime_rx.errors import AudioDeviceError
from tests.audio.fakes import PATIENCE, Listener
from tests.audio.sounds import sine


class Hole:
    """A player and a recorder: takes everything at once, and gives silence."""

    def __enter__(self) -> "Hole":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def play(self, data: object) -> None:
        pass

    def record(self, numframes: int) -> object:
        return np.zeros((numframes, 1), np.float32)


class FakeSoundcard:
    """The module, on a system without PulseAudio, with one device of each kind."""

    def __init__(self) -> None:
        self.card = SimpleNamespace(
            id=7, name="Built-in", isloopback=False, player=lambda *_, **__: Hole(), recorder=lambda *_, **__: Hole()
        )

    def all_speakers(self) -> list[SimpleNamespace]:
        return [self.card]

    def all_microphones(self, include_loopback: bool) -> list[SimpleNamespace]:
        return [self.card]

    def default_speaker(self) -> SimpleNamespace:
        return self.card

    default_microphone = default_speaker


@pytest.fixture
def soundcard(monkeypatch: pytest.MonkeyPatch) -> FakeSoundcard:
    fake = FakeSoundcard()
    monkeypatch.delitem(sys.modules, "soundcard.pulseaudio", raising=False)
    monkeypatch.setitem(sys.modules, "soundcard", fake)
    return fake


async def test_a_speaker_faster_than_sound_is_lost(soundcard: FakeSoundcard) -> None:
    """A device that takes sound faster than it can be heard is told as lost, and most of the sound not as heard."""
    listener, speaker = Listener(), Speaker()
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 10))
    await listener.until(lambda heard: bool(heard.lost))
    assert str(listener.lost[0]) == "the speaker is gone: connect one and open it again"
    assert listener.heard[("item_1", 0)] <= 24_000 * 0.6
    await speaker.close()


def test_other_systems_list_devices_too(soundcard: FakeSoundcard) -> None:
    """Devices are listed, their ids as text, where the system numbers them."""
    assert list_speakers() == list_microphones() == [AudioDevice("7", "Built-in", is_default=True)]


async def test_a_numbered_device_is_chosen(soundcard: FakeSoundcard) -> None:
    """A device is chosen by its id as listed, where the system numbers them."""
    async with aclosing(Microphone("7").chunks()) as chunks:
        assert len(await anext(chunks)) == 960


def test_what_listing_raises_is_a_device_error(soundcard: FakeSoundcard) -> None:
    """Whatever soundcard raises is a device error that says what was being done."""
    soundcard.all_speakers = lambda: 1 // 0
    with pytest.raises(AudioDeviceError, match="listing the sound devices failed: integer division"):
        list_speakers()


async def test_what_opening_raises_is_a_device_error(soundcard: FakeSoundcard) -> None:
    """A device that is refused is a device error with the reason."""

    def refuse(*_: object, **__: object) -> Hole:
        raise RuntimeError("device is busy")

    soundcard.card.player = soundcard.card.recorder = refuse
    with pytest.raises(AudioDeviceError, match="opening the speaker failed: device is busy"):
        await Speaker().open(Listener())
    with pytest.raises(AudioDeviceError, match="opening the microphone failed: device is busy"):
        await anext(Microphone().chunks())


def test_a_missing_soundcard_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without soundcard the error says what to install."""
    monkeypatch.setitem(sys.modules, "soundcard", None)
    with pytest.raises(AudioDeviceError, match=r'soundcard is not installed: pip install "realtime-rx\[audio\]"'):
        list_speakers()


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError("cannot load library 'pulse'"), "the sound server's library is missing: install libpulse0"),
        (AssertionError(), "no sound server answers: start PulseAudio"),
        (IndexError("list index out of range"), "soundcard does not work under `python -c`"),
        (NotImplementedError("SoundCard does not support plan9 yet"), "SoundCard does not support plan9 yet"),
    ],
)
def test_a_failed_import_says_what_to_do(monkeypatch: pytest.MonkeyPatch, error: Exception, advice: str) -> None:
    """However soundcard's import fails, that is a device error with advice."""

    def fail(name: str) -> None:
        raise error

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(AudioDeviceError, match=advice):
        Server.connect()


def test_what_ends_in_time_has_its_outcome() -> None:
    """Work within its time gives its result, or raises its error."""
    assert within(PATIENCE, lambda: 42, "too slow") == 42
    with pytest.raises(ZeroDivisionError):
        within(PATIENCE, lambda: 1 // 0, "too slow")


def test_what_takes_too_long_is_a_device_error() -> None:
    """Work beyond its time is a device error with the complaint."""
    end = threading.Event()
    with pytest.raises(AudioDeviceError, match="too slow"):
        within(0.05, lambda: end.wait(PATIENCE), "too slow")
    end.set()


@pytest.mark.parametrize("hangs", [False, True])
def test_soundcard_is_left_at_exit_unless_it_hangs(monkeypatch: pytest.MonkeyPatch, hangs: bool) -> None:
    """A program ends also where its sound server hangs: what soundcard would call then is not called."""
    calls: list[str] = []
    pulse = SimpleNamespace(_shutdown=lambda: calls.append("shutdown"))
    monkeypatch.setattr(soundcards, "_shutdowns", [])
    monkeypatch.setattr(soundcards, "end_all", lambda: not hangs)
    monkeypatch.setitem(sys.modules, "soundcard", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "soundcard.pulseaudio", SimpleNamespace(_pulse=pulse))
    for _ in range(2):
        Server()
    soundcards._leave()
    assert calls == [] if hangs else calls == ["shutdown"]
