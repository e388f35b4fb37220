"""`python -m benchmarks.echo`: how well an `EchoGate` tells a voice from the echo of a reply, by its settings.

A reply and, over it, voices are spoken by flite in simulated rooms: an echo that is so much softer than the reply, so
late, and followed by 300 ms of reverberation; noise; a voice that is so much louder than the echo, as both reach the
same microphone. Printed are the share of the reply's seconds in which 200 ms of its echo pass, for each softness of the
echo, and the share of the voices of whose first half second less than 200 ms pass, for each loudness of the voice.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.environments import tell
from benchmarks.latency import spoken
from benchmarks.tables import Row, render
from realtime_rx.audio.echo import EchoGate
from realtime_rx.audio.pcm import from_float, to_float

RATE = 24_000
CHUNK = RATE // 50
CHUNK_S = CHUNK / RATE
SECOND, HALF = 50, 25
ENOUGH = 10
"""Chunks that a voice activity detection would take for speech: 200 ms."""
LEVEL = 0.1
"""RMS of the reply: -20 dBFS."""
REVERBERATION_S = 0.3
REPLY = (
    "It is a quarter past nine. The weather in Paris is clear, with eighteen degrees in the afternoon. "
    "Tomorrow there may be some rain, so take an umbrella with you. Shall I tell you about the train, too?"
)
VOICES = (("rms", "Stop", 2.2), ("awb", "Wait a moment", 4.0), ("kal16", "No, I meant tomorrow", 6.0))
"""Who says what, at which second of the reply."""

ECHOES_DB = (6, 10, 15, 20, 30)
DELAYS_S = (0.06, 0.12, 0.2)
NOISES_DB = (-70, -55, -45)
LOUDER_DB = (0, 6, 12)

Sound = NDArray[np.float32]
Gates = Mapping[str, Callable[[], EchoGate]]

FIXED = 1_000.0
"""A margin that nothing learnt is within."""

GATES: Gates = {
    "fixed ratio 0.25": lambda: EchoGate(ratio=0.25, margin=FIXED),
    "fixed ratio 0.35": lambda: EchoGate(ratio=0.35, margin=FIXED),
    "fixed ratio 0.5": lambda: EchoGate(ratio=0.5, margin=FIXED),
    "fixed ratio 0.7": lambda: EchoGate(ratio=0.7, margin=FIXED),
    "the default": EchoGate,
    "begins at 0.5": lambda: EchoGate(ratio=0.5),
    "begins at 1": lambda: EchoGate(ratio=1.0),
    "margin 1.2": lambda: EchoGate(margin=1.2),
    "margin 2": lambda: EchoGate(margin=2.0),
    "forgets in 0.5 s": lambda: EchoGate(memory_s=0.5),
    "forgets in 3 s": lambda: EchoGate(memory_s=3.0),
    "holds for 0.2 s": lambda: EchoGate(hold_s=0.2),
    "holds for 0.4 s": lambda: EchoGate(hold_s=0.4),
    "open for 0.1 s": lambda: EchoGate(open_s=0.1),
    "open for 0.4 s": lambda: EchoGate(open_s=0.4),
}


@dataclass(frozen=True)
class Room:
    """Echoes in dB below the reply, noise in dBFS."""

    echo_db: float
    delay_s: float
    noise_db: float


@dataclass
class Tally:
    """Each second of the replies, and each voice: whether it went wrong."""

    false: dict[float, list[bool]] = field(default_factory=dict[float, list[bool]])
    missed: dict[float, list[bool]] = field(default_factory=dict[float, list[bool]])


def chunked(sound: Sound) -> Sound:
    return sound[: len(sound) // CHUNK * CHUNK].reshape(-1, CHUNK)


def levels(sound: Sound) -> Sound:
    return np.sqrt(np.mean(np.square(chunked(sound)), axis=1))


def as_loud(sound: Sound, rms: float) -> Sound:
    """With this RMS where it sounds at all."""
    heard = levels(sound)
    return sound * (rms / np.sqrt(np.mean(np.square(heard[heard > heard.max() / 30]))))


def say(text: str, folder: Path, voice: str = "slt") -> Sound:
    """From its first audible sample to its last."""
    sound = to_float(spoken(text, folder, voice))
    first, *_, last = np.flatnonzero(np.abs(sound) > 0.05 * np.abs(sound).max())
    return as_loud(sound[first:last], LEVEL)


class Studio:
    """The reply, the voices, and what a microphone hears of them in a room."""

    def __init__(self, folder: Path) -> None:
        self.reply = say(REPLY, folder)
        self.voices = [(round(at * RATE), say(text, folder, voice)) for voice, text, at in VOICES]

    def echo(self, room: Room) -> Sound:
        random = np.random.default_rng(1)
        tail = random.normal(size=round(REVERBERATION_S * RATE)) * np.logspace(0, -3, round(REVERBERATION_S * RATE))
        direct = round(room.delay_s * RATE)
        response = np.zeros(direct + len(tail))
        response[direct:] = 0.5 * tail / np.linalg.norm(tail)
        response[direct] += 1.0
        size = 1 << (len(self.reply) + len(response)).bit_length()
        echo = np.fft.irfft(np.fft.rfft(self.reply, size) * np.fft.rfft(response, size), size)[: len(self.reply)]
        return as_loud(echo.astype(np.float32), LEVEL * decibels(-room.echo_db))

    def microphone(self, room: Room, echo: Sound, louder_db: float | None = None) -> Sound:
        noise = np.random.default_rng(2).normal(size=len(echo)) * decibels(room.noise_db)
        heard = echo + noise.astype(np.float32)
        if louder_db is not None:
            for at, voice in self.voices:
                heard[at : at + len(voice)] += voice * decibels(louder_db - room.echo_db)
        return heard

    def passes(self, gate: EchoGate, microphone: Sound) -> NDArray[np.bool_]:
        """Which chunks do."""
        passed: list[bool] = []
        for number, (played, heard) in enumerate(zip(chunked(self.reply), chunked(microphone), strict=True)):
            gate.played(from_float(played), number * CHUNK_S)
            passed.append(any(gate.admit(from_float(heard), (number + 1) * CHUNK_S)))
        return np.array(passed)


def decibels(value: float) -> float:
    return 10 ** (value / 20)


def try_out(studio: Studio, make: Callable[[], EchoGate], rooms: Sequence[Room]) -> Tally:
    tally = Tally()
    for room in rooms:
        echo = studio.echo(room)
        audible = levels(echo) > 2 * decibels(room.noise_db)
        let_through = studio.passes(make(), studio.microphone(room, echo)) & audible
        seconds = (let_through[at : at + SECOND] for at in range(0, len(let_through), SECOND))
        tally.false.setdefault(room.echo_db, []).extend(bool(second.sum() >= ENOUGH) for second in seconds)
        for louder_db in LOUDER_DB:
            passed = studio.passes(make(), studio.microphone(room, echo, louder_db))
            heard = (passed[at // CHUNK : at // CHUNK + HALF] for at, _ in studio.voices)
            tally.missed.setdefault(louder_db, []).extend(bool(first.sum() < ENOUGH) for first in heard)
    return tally


def rooms() -> list[Room]:
    return [Room(*each) for each in product(ECHOES_DB, DELAYS_S, NOISES_DB)]


def cells(tally: Tally) -> Iterator[str]:
    for shares in (tally.false, tally.missed):
        everything = [wrong for each in shares.values() for wrong in each]
        yield from (f"{np.mean(each):.0%}" for each in (*shares.values(), everything))


def table(tallies: Mapping[str, Tally]) -> str:
    echoes = [f"false: echo -{echo_db} dB" for echo_db in ECHOES_DB]
    voices = [f"missed: voice +{louder_db} dB" for louder_db in LOUDER_DB]
    rows: list[Row] = [(name, *cells(tally)) for name, tally in tallies.items()]
    return render(("gate", *echoes, "all false", *voices, "all missed"), rows)


def main() -> None:
    argparse.ArgumentParser(prog="python -m benchmarks.echo", description=__doc__).parse_args()
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        for name, make in GATES.items():
            tell(f"-> {name}")
            tallies[name] = try_out(studio, make, rooms())
    print(table(tallies))


if __name__ == "__main__":
    main()
