"""WAV files in place of a microphone and a speaker: for tests, and where there is neither."""

from __future__ import annotations

import asyncio
import time
import wave
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from os import PathLike, fspath

from realtime_rx.audio.arrays import Floats, np
from realtime_rx.audio.levels import Meter
from realtime_rx.audio.output import QueuedOutput
from realtime_rx.audio.pcm import Framer, encode, from_float
from realtime_rx.audio.resampling import Resampler
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_24K, AudioFormat

__all__ = ["read_wav", "WavInput", "WavOutput"]

CHUNKS_PER_SECOND = 50

Path = str | PathLike[str]


def read_wav(path: Path, rate: int) -> bytes:
    """The sound of a WAV file as PCM16 of this rate: its channels mixed, resampled.

    Raises :class:`AudioDeviceError` where it is no file, or not one of integer samples of 1 to 4 bytes.
    """
    try:
        with wave.open(fspath(path), "rb") as file:
            frames = file.readframes(file.getnframes())
            width, channels, source_rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise AudioDeviceError(f"{fspath(path)} cannot be read as WAV: {error}") from error
    whole = len(frames) - len(frames) % (width * channels)
    mono = _floats(frames[:whole], width).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    resampler = Resampler(source_rate, rate)
    return resampler.push(from_float(mono)) + resampler.flush()


def _floats(frames: bytes, width: int) -> Floats:
    """Samples of so many bytes. WAV writes one byte unsigned, and everything wider signed, little endian."""
    octets = np.frombuffer(frames, np.uint8).reshape(-1, width)
    if width == 1:
        octets = octets ^ 0x80
    wide = np.zeros((len(octets), 4), np.uint8)
    wide[:, 4 - width :] = octets
    return (wide.view("<i4")[:, 0] / 2.0**31).astype(np.float32)


class WavInput:
    """An ``AudioInput`` that hears a file, from its beginning in each ``chunks()``, and ends where the file does."""

    def __init__(
        self,
        path: Path,
        form: AudioFormat = PCM16_24K,
        *,
        paced: bool = True,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``paced``: in real time, as a microphone would; otherwise as fast as it is asked for."""
        self._path = path
        self._format = form
        self._paced = paced
        self._sleep = sleep
        self._clock = clock
        self._is_closed = False
        self.meter = Meter(form.rate)

    @property
    def format(self) -> AudioFormat:
        return self._format

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Chunks of 20 ms, the last one filled up with silence. Raises :class:`AudioDeviceError` for no such file."""
        self._is_closed = False
        rate = self._format.rate
        size = 2 * (rate // CHUNKS_PER_SECOND)
        pcm = await asyncio.to_thread(read_wav, self._path, rate)
        frames = Framer(size).frames(pcm + bytes(-len(pcm) % size))
        started = self._clock()
        for number, frame in enumerate(frames, start=1):
            if self._paced:
                await self._sleep(started + number / CHUNKS_PER_SECOND - self._clock())
            if self._is_closed:
                return
            self.meter.feed(frame)
            yield encode(frame, self._format)

    async def close(self) -> None:
        self._is_closed = True


class _WavSink:
    """Writes what it is given, no faster than it would sound."""

    latency_s = 0.0

    def __init__(self, path: Path, rate: int, sleep: Callable[[float], object] | None, clock: Callable[[], float]):
        self._path = path
        self._rate = rate
        self._sleep = sleep
        self._clock = clock
        self._free_at = 0.0
        self._files = ExitStack()
        self._wave: wave.Wave_write | None = None

    def open(self) -> None:
        with ExitStack() as files:
            try:
                file = files.enter_context(open(self._path, "wb"))
            except OSError as error:
                raise AudioDeviceError(f"{fspath(self._path)} cannot be written: {error}") from error
            self._wave = files.enter_context(wave.Wave_write(file))
            self._wave.setparams((1, 2, self._rate, 0, "NONE", ""))
            self._files = files.pop_all()

    def write(self, pcm: bytes) -> None:
        assert self._wave is not None
        self._wave.writeframes(pcm)
        if self._sleep is not None:
            now = self._clock()
            self._free_at = max(self._free_at, now) + len(pcm) / 2 / self._rate
            self._sleep(self._free_at - now)

    def close(self) -> None:
        self._files.close()


class WavOutput(QueuedOutput):
    """An ``AudioOutput`` that writes what was heard of the sound, one after another and without pauses, to a file.

    Flushed sound is not in it. The file is begun anew at each ``open()``, and whole at any time.
    """

    def __init__(
        self,
        path: Path,
        form: AudioFormat = PCM16_24K,
        *,
        paced: bool = True,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``paced``: in real time, as a speaker would; otherwise at once."""
        pause = sleep if paced else None
        super().__init__(lambda: _WavSink(path, form.rate, pause, clock), form, name="WAV file")
