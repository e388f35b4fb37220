"""`python -m benchmarks.latency`: how long a spoken conversation with the embedded provider keeps one waiting.

A question and, over its answer, an interruption are spoken by flite and sent in paced chunks of 20 ms; the answer goes
to a paced file instead of a speaker. Times are medians, with the smallest and the largest beside them, from what is
said (its first and last sample above -40 dB) to what comes of it at the client. Until a turn is over, 500 ms of silence
are waited for: that is the default of `server_vad`. A device adds its own latency to both ends.
"""

import argparse
import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.environments import tell
from benchmarks.tables import Row, render, spread
from realtime_rx import RealtimeSession, ServerEvent, SessionState, Transcription, use_realtime
from realtime_rx.audio.pcm import to_float
from realtime_rx.audio.wav import WavOutput, read_wav
from realtime_rx.events import AudioDelta, SpeechStarted, SpeechStopped
from realtime_rx.formats import PCM16_24K, AudioFormat

QUESTION, INTERRUPTION = "Count to thirty", "Stop"
CHUNK_S = 0.02
CHUNK_BYTES = PCM16_24K.rate // 50 * 2
AUDIBLE = 0.01
TALKING_S = 1.5
"""How long the answer is listened to before it is interrupted."""
QUIET_S = 0.5
PATIENCE_S = 30.0

ROWS: Mapping[str, tuple[str, str]] = {
    "end of speech -> speech_stopped": ("question ends", "speech stopped"),
    "end of speech -> first audio delta": ("question ends", "first delta"),
    "end of speech -> first audio played": ("question ends", "first sound"),
    "barge-in onset -> speech_started": ("interruption begins", "speech started"),
    "speech_started -> silence": ("speech started", "silence"),
    "barge-in onset -> silence": ("interruption begins", "silence"),
}
"""What is measured: from which moment to which."""

Moments = Mapping[str, float]


class Mouth:
    """An `AudioInput` that hears a quiet room, and in it what is said, as late as a microphone would tell."""

    format: AudioFormat = PCM16_24K

    def __init__(self) -> None:
        self._room = np.random.default_rng(1)
        self._saying = b""
        self._edges: list[tuple[int, Callable[[float], None]]] = []

    def say(self, sound: bytes, begins: Callable[[float], None], ends: Callable[[float], None]) -> None:
        """From now on; the callbacks are told when its first and its last audible sample were spoken."""
        first, *_, last = (int(sample) for sample in np.flatnonzero(np.abs(to_float(sound)) > AUDIBLE))
        self._saying = sound
        self._edges = [(first * 2, begins), (last * 2, ends)]

    async def chunks(self) -> AsyncGenerator[bytes]:
        due = time.monotonic()
        while True:
            due += CHUNK_S
            await asyncio.sleep(due - time.monotonic())
            yield self._next(due)

    def _next(self, due: float) -> bytes:
        """The chunk whose last sample was spoken at `due`."""
        for offset, tell_when in [edge for edge in self._edges if edge[0] < CHUNK_BYTES]:
            tell_when(due - CHUNK_S + CHUNK_S * offset / CHUNK_BYTES)
        self._edges = [(offset - CHUNK_BYTES, told) for offset, told in self._edges if offset >= CHUNK_BYTES]
        said, self._saying = self._saying[:CHUNK_BYTES], self._saying[CHUNK_BYTES:]
        quiet = (self._room.normal(size=(CHUNK_BYTES - len(said)) // 2) * 10).astype("<i2").tobytes()
        return said + quiet

    async def close(self) -> None:
        """There is nothing to let go."""


class Stopwatch:
    """When what happened first in one conversation."""

    def __init__(self) -> None:
        self.moments: dict[str, float] = {}
        self.last_sound = 0.0

    def mark(self, moment: str) -> Callable[[float], None]:
        def note(at: float) -> None:
            self.moments.setdefault(moment, at)

        return note

    def on_event(self, event: ServerEvent) -> None:
        now = time.monotonic()
        match event:
            case SpeechStarted() if "interruption begins" in self.moments:
                self.mark("speech started")(now)
            case SpeechStopped():
                self.mark("speech stopped")(now)
            case AudioDelta():
                self.mark("first delta")(now)
            case _:
                pass

    def on_sound(self, pcm: bytes, rate: int) -> None:
        """A block that begins to sound now."""
        now = time.monotonic()
        self.mark("first sound")(now)
        if "silence" not in self.moments:
            self.last_sound = now + len(pcm) / 2 / rate


async def until(session: RealtimeSession, reached: Callable[[SessionState], object]) -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def look(state: SessionState) -> None:
        if reached(state):
            loop.call_soon_threadsafe(over.set)

    watch = session.states.subscribe(look)
    try:
        await asyncio.wait_for(over.wait(), PATIENCE_S)
    finally:
        watch.dispose()


async def conversation(folder: Path, question: bytes, interruption: bytes) -> Moments:
    """Ask, listen for a while, interrupt, and wait for the silence."""
    mouth, speaker, watch = Mouth(), WavOutput(folder / "heard.wav"), Stopwatch()
    speaker.meter.tap(watch.on_sound)
    session = use_realtime("local", transcription=Transcription(), audio_input=mouth, audio_output=speaker)
    session.server_events.subscribe(watch.on_event)
    async with session:
        await until(session, lambda state: state.flow.has_output)
        session.start_audio_capture()
        await asyncio.sleep(QUIET_S)
        mouth.say(question, watch.mark("question begins"), watch.mark("question ends"))
        await until(session, lambda state: state.is_playing)
        await asyncio.sleep(TALKING_S)
        mouth.say(interruption, watch.mark("interruption begins"), watch.mark("interruption ends"))
        await until(session, lambda state: any(message.interrupted for message in state.messages))
        watch.mark("silence")(watch.last_sound)
    return watch.moments


def spoken(text: str, folder: Path, voice: str = "slt") -> bytes:
    program = shutil.which("flite")
    if program is None:
        raise SystemExit("the benchmark speaks with the program flite: install it (Debian's package is flite)")
    path = folder / "spoken.wav"
    subprocess.run([program, "-voice", voice, "-t", text, "-o", str(path)], check=True, capture_output=True)
    return read_wav(path, PCM16_24K.rate)


async def measure(rounds: int, folder: Path) -> list[Moments]:
    """The moments of each round; before the first one, one that only warms up."""
    question, interruption = spoken(QUESTION, folder), spoken(INTERRUPTION, folder)
    measured: list[Moments] = []
    for number in range(rounds + 1):
        tell(f"round {number} of {rounds}" if number else "warming up")
        measured.append(await conversation(folder, question, interruption))
    return measured[1:]


def rows(measured: Sequence[Moments]) -> list[Row]:
    return [
        (name, spread([1000 * (moments[end] - moments[begin]) for moments in measured]))
        for name, (begin, end) in ROWS.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="conversations (default 10), about 6 s each")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(rounds, Path(folder)))
    print(render((f"milliseconds, {rounds} conversations", "median (min-max)"), rows(measured)))


if __name__ == "__main__":
    main()
