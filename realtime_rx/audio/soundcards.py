"""soundcard, the library, at arm's length: what it does not say, it does to the whole process.

Read in its source and seen, for version 0.4.6 on PulseAudio:

* Its import connects to the sound server. Without one it raises ``AssertionError``, under ``python -c`` always
  ``IndexError``, and it waits for ever for a server that does not answer.
* That connection is never made again: when the server went away, soundcard has to be imported anew.
* On a dead connection or stream, listing, ``latency`` and leaving a player **abort the process**, opening a stream
  waits for ever, ``play`` returns at once for ever, and ``record`` raises after a second.
* A server that is killed while a recorder reads what both share blocks libpulse for ever, its lock held: all that is
  called then waits for ever, and so does what soundcard itself calls at exit.
* A player left drains; one has no flush. So it gets little at a time, and what waits is kept elsewhere.
"""

from __future__ import annotations

import atexit
import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar, cast

from realtime_rx.audio.arrays import Floats
from realtime_rx.audio.threads import end_all
from realtime_rx.errors import AudioDeviceError

__all__ = ["Backend", "Card", "Microphone", "Player", "Recorder", "Server", "Speaker", "within"]

T = TypeVar("T")

ANSWER_S = 4.0
"""How long a sound server may take to answer, and less than a device may take to open: this says more."""

ADVICE: dict[type[Exception], str] = {
    ImportError: 'soundcard is not installed: pip install "realtime-rx[audio]"',
    OSError: "the sound server's library is missing: install libpulse0",
    AssertionError: "no sound server answers: start PulseAudio or PipeWire, or set PULSE_SERVER to where one is",
    IndexError: "soundcard does not work under `python -c`: put the program in a file",
}


class Card(Protocol):
    """A device, as soundcard lists it. Core Audio's ids are numbers."""

    @property
    def id(self) -> str | int: ...

    @property
    def name(self) -> str: ...


class Player(Protocol):
    def __enter__(self) -> Player: ...

    def __exit__(self, *exception: object) -> object: ...

    def play(self, data: Floats) -> None: ...


class Recorder(Protocol):
    def __enter__(self) -> Recorder: ...

    def __exit__(self, *exception: object) -> object: ...

    def record(self, numframes: int) -> Floats: ...


class Speaker(Card, Protocol):
    def player(self, samplerate: int, channels: int, blocksize: int) -> Player: ...


class Microphone(Card, Protocol):
    @property
    def isloopback(self) -> bool: ...

    def recorder(self, samplerate: int, channels: int, blocksize: int) -> Recorder: ...


class Backend(Protocol):
    """The functions of the module ``soundcard`` that are used here."""

    def all_speakers(self) -> Sequence[Speaker]: ...

    def default_speaker(self) -> Speaker: ...

    def all_microphones(self, include_loopback: bool) -> Sequence[Microphone]: ...

    def default_microphone(self) -> Microphone: ...


class Server:
    """A connection to the sound server: soundcard, and whether it is safe to call."""

    def __init__(self) -> None:
        self.soundcard = cast(Backend, importlib.import_module("soundcard"))
        self._pulse = cast(Any, sys.modules.get("soundcard.pulseaudio"))
        if self._pulse is not None:
            _take_over(self._pulse._pulse._shutdown)

    @classmethod
    def connect(cls) -> Server:
        """Blocks for a while. Raises :class:`AudioDeviceError` saying what to do."""
        return within(ANSWER_S, _connect, "the sound server does not answer: restart it")

    @property
    def is_up(self) -> bool:
        """True where soundcard is not on PulseAudio: only there a call could end the process."""
        pulse = self._pulse
        return pulse is None or pulse._pulse._pa_context_get_state(pulse._pulse.context) == pulse._pa.PA_CONTEXT_READY

    def is_sounding(self, player: Player) -> bool:
        """Whether a player still takes sound; where it does not, it must not be touched."""
        pulse = self._pulse
        if pulse is None:
            return True
        stream = cast(Any, player).stream
        return self.is_up and pulse._pulse._pa_stream_get_state(stream) == pulse._pa.PA_STREAM_READY


_importing = threading.Lock()
_shutdowns: list[Callable[[], object]] = []


def _connect() -> Server:
    with _importing:
        try:
            server = Server()
            if not server.is_up:
                _forget()
                server = Server()
        except Exception as error:
            advice = (text for kind, text in ADVICE.items() if isinstance(error, kind))
            raise AudioDeviceError(next(advice, f"soundcard cannot be used: {error}")) from error
        return server


def _take_over(shutdown: Callable[[], object]) -> None:
    """Have this, which soundcard has for the exit, called by us."""
    if shutdown not in _shutdowns:
        atexit.unregister(shutdown)
        _shutdowns.append(shutdown)


@atexit.register
def _leave() -> None:
    if end_all():
        for shutdown in _shutdowns:
            shutdown()


def _forget() -> None:
    for name in [name for name in sys.modules if name == "soundcard" or name.startswith("soundcard.")]:
        del sys.modules[name]


def within(seconds: float, function: Callable[[], T], complaint: str) -> T:
    """Its outcome, or :class:`AudioDeviceError` with this complaint where that takes longer; it then goes on alone."""
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(function())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="realtime-rx soundcard", daemon=True).start()
    try:
        return outcome.result(seconds)
    except TimeoutError:
        raise AudioDeviceError(complaint) from None
