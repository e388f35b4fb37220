"""The machine's own microphones and speakers, by soundcard: PulseAudio, PipeWire, Core Audio, WASAPI.

    microphone, speaker = microphone_and_speaker()          # headphones=True where the one cannot hear the other

Devices are opened at the session's rate; the sound server resamples better than we could.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from msgspec import Struct

from realtime_rx.audio import soundcards
from realtime_rx.audio.echo import EchoGate
from realtime_rx.audio.input import QueuedInput
from realtime_rx.audio.output import QueuedOutput
from realtime_rx.audio.pcm import from_float, to_float
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_24K, AudioFormat

__all__ = ["AudioDevice", "list_microphones", "list_speakers", "Microphone", "microphone_and_speaker", "Speaker"]

BUFFER_S = 0.04
"""What a speaker holds: with the block on its way to it, 50 ms go on sounding after a flush."""
AHEAD_S = 0.5
CHUNK_S = 0.02
LIST_S = 5.0

CardT = TypeVar("CardT", bound=soundcards.Card)


class AudioDevice(Struct, frozen=True):
    """A microphone or a speaker. ``is_loopback``: it hears what a speaker plays."""

    id: str
    name: str
    is_default: bool = False
    is_loopback: bool = False


def list_microphones(*, loopback: bool = False) -> list[AudioDevice]:
    """What can be listened to; with ``loopback`` also what speakers play.

    Blocks, for seconds at most. Raises :class:`AudioDeviceError` where there is no sound server.
    """
    return _listed(lambda: _microphones(loopback))


def list_speakers() -> list[AudioDevice]:
    """What can be played on. Blocks, for seconds at most. Raises :class:`AudioDeviceError` as above."""
    return _listed(_speakers)


def _listed(devices: Callable[[], list[AudioDevice]]) -> list[AudioDevice]:
    with _failures("listing the sound devices"):
        return soundcards.within(LIST_S, devices, "the sound server does not list its devices: restart it")


def _microphones(loopback: bool) -> list[AudioDevice]:
    soundcard = soundcards.Server.connect().soundcard
    cards = soundcard.all_microphones(include_loopback=loopback)
    default = soundcard.default_microphone().id if cards else None
    return [AudioDevice(str(card.id), card.name, card.id == default, card.isloopback) for card in cards]


def _speakers() -> list[AudioDevice]:
    soundcard = soundcards.Server.connect().soundcard
    cards = soundcard.all_speakers()
    default = soundcard.default_speaker().id if cards else None
    return [AudioDevice(str(card.id), card.name, card.id == default) for card in cards]


def _chosen(cards: Sequence[CardT], choice: str | None, default: Callable[[], CardT], kind: str) -> CardT:
    """By its id, or by a part of its name."""
    if not cards:
        raise AudioDeviceError(f"there is no {kind}: connect one")
    if choice is None:
        return default()
    of_id = [card for card in cards if str(card.id) == choice]
    of_name = [card for card in cards if choice.casefold() in card.name.casefold()]
    for card in of_id + of_name:
        return card
    names = ", ".join(f"{card.name!r}" for card in cards)
    raise AudioDeviceError(f"there is no {kind} {choice!r}, only {names}")


@contextlib.contextmanager
def _failures(doing: str) -> Generator[None]:
    """Whatever soundcard raises is the device's fault: it has no errors of its own, and uses Python's at will."""
    try:
        yield
    except AudioDeviceError:
        raise
    except Exception as error:
        raise AudioDeviceError(f"{doing} failed: {error or type(error).__name__}") from error


class _RealTime:
    """Tells a device from a hole: no device takes sound for long faster than it can be heard."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._at: float | None = None

    def wrote(self, seconds: float, at: float) -> None:
        """So much sound was taken, by this time. Raises :class:`AudioDeviceError` when it cannot have been heard."""
        passed = at - self._at if self._at is not None else 0.0
        self._at = at
        self._ahead_s = max(0.0, self._ahead_s - passed) + seconds
        if self._ahead_s > AHEAD_S:
            raise AudioDeviceError("the speaker is gone: connect one and open it again")


class _SpeakerSink:
    latency_s = BUFFER_S

    def __init__(self, choice: str | None, rate: int) -> None:
        self._choice = choice
        self._rate = rate
        self._real_time = _RealTime()
        self._server: soundcards.Server | None = None
        self._player: soundcards.Player | None = None

    def open(self) -> None:
        with _failures("opening the speaker"):
            self._server = soundcards.Server.connect()
            soundcard = self._server.soundcard
            card = _chosen(soundcard.all_speakers(), self._choice, soundcard.default_speaker, "speaker")
            player = card.player(self._rate, channels=1, blocksize=round(BUFFER_S * self._rate))
            self._player = player.__enter__()

    def write(self, pcm: bytes) -> None:
        assert self._server is not None
        assert self._player is not None
        if not self._server.is_sounding(self._player):
            raise AudioDeviceError("the speaker is gone: connect one and open it again")
        with _failures("playing"):
            self._player.play(to_float(pcm))
        self._real_time.wrote(len(pcm) / 2 / self._rate, time.monotonic())

    def close(self) -> None:
        # A player that is gone is left where it is: leaving it would end the process.
        if self._server is not None and self._player is not None and self._server.is_sounding(self._player):
            self._player.__exit__(None, None, None)


class _MicrophoneSource:
    def __init__(self, choice: str | None, rate: int) -> None:
        self._choice = choice
        self._rate = rate
        self._recorder: soundcards.Recorder | None = None

    def open(self) -> None:
        with _failures("opening the microphone"):
            soundcard = soundcards.Server.connect().soundcard
            cards = soundcard.all_microphones(include_loopback=True)
            card = _chosen(cards, self._choice, soundcard.default_microphone, "microphone")
            recorder = card.recorder(self._rate, channels=1, blocksize=round(CHUNK_S * self._rate / 2))
            self._recorder = recorder.__enter__()

    def read(self) -> bytes:
        assert self._recorder is not None
        try:
            return from_float(self._recorder.record(round(CHUNK_S * self._rate))[:, 0])
        except Exception as error:
            raise AudioDeviceError("the microphone is gone: connect one and open it again") from error

    def close(self) -> None:
        if self._recorder is not None:
            self._recorder.__exit__(None, None, None)


class Microphone(QueuedInput):
    """An ``AudioInput``. ``device``: an id or a part of a name of :func:`list_microphones`, or the system's default."""

    def __init__(
        self, device: str | None = None, form: AudioFormat = PCM16_24K, *, gate: EchoGate | None = None
    ) -> None:
        super().__init__(lambda: _MicrophoneSource(device, form.rate), form, gate=gate)


class Speaker(QueuedOutput):
    """An ``AudioOutput``. ``device``: an id or a part of a name of :func:`list_speakers`, or the system's default."""

    def __init__(
        self, device: str | None = None, form: AudioFormat = PCM16_24K, *, gate: EchoGate | None = None
    ) -> None:
        super().__init__(lambda: _SpeakerSink(device, form.rate), form)
        if gate is not None:
            self.meter.tap(lambda pcm, _rate: gate.played(pcm, time.monotonic()))


def microphone_and_speaker(
    microphone: str | None = None,
    speaker: str | None = None,
    form: AudioFormat = PCM16_24K,
    *,
    headphones: bool = False,
) -> tuple[Microphone, Speaker]:
    """Both, so that the one does not hear the other: by an :class:`EchoGate`, except with headphones."""
    gate = None if headphones else EchoGate()
    return Microphone(microphone, form, gate=gate), Speaker(speaker, form, gate=gate)
