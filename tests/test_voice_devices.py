"""Spoken conversations with the embedded provider through a sound server: its null sinks are the air between them."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE

import numpy as np
import pytest
from numpy.typing import NDArray

from realtime_rx import RealtimeSession, Transcription, use_realtime
from realtime_rx.audio.devices import Microphone, Speaker
from realtime_rx.audio.pcm import to_float
from realtime_rx.effects import Effect, PlayAudio, Send
from realtime_rx.events import TruncateItem
from realtime_rx.items import AudioPart

from .audio import conftest as sound_server
from .audio.pulse import MONITOR, SPEAKER, PulseServer
from .local.spoken import BYTES_PER_MS, RATE, chunks, say, silence
from .support.waiting import until

pytestmark = pytest.mark.pulse

pulse_folder, pulse = sound_server.pulse_folder, sound_server.pulse

MOUTH, MOUTH_MONITOR = "mouth", "mouth.monitor"
"""Where the session speaks; it listens to what is played into the server's first sink."""

STREAM = f"--raw --format=s16le --channels=1 --rate={RATE} --latency-msec=20".split()
PATIENCE = 60.0
PIECE_MS, GAP_MS = 200, 500
LATER_MS = 400
"""How much later than it sounds something may be recorded; less than until the answer to the second utterance."""
STEP = 20 * BYTES_PER_MS
GAPS_MS = 1500
SLACK = RATE // 1000
AUDIBLE = 0.003

TEXT_TURN = """
import asyncio
from realtime_rx import use_realtime
from realtime_rx.audio.devices import Speaker

async def main():
    answered, complained = asyncio.Event(), asyncio.Event()
    session = use_realtime(
        "local",
        audio_output=Speaker(),
        on_message=lambda message: message.role == "assistant" and answered.set(),
        on_error=lambda error: complained.set(),
    )
    async with session, asyncio.timeout(30):
        await complained.wait()
        print(session.state.error.message)
        session.send_text_message("What is 2 plus 3?")
        await answered.wait()
        print(session.state.status, session.state.messages[-1].text, sep="\\n")

asyncio.run(main())
"""


class Ear:
    """What a recorder that is none of ours hears at the session's speaker."""

    def __init__(self) -> None:
        self._heard = bytearray()
        self._news = asyncio.Condition()

    async def follow(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(1 << 16):
            async with self._news:
                self._heard += data
                self._news.notify_all()

    async def listen(self, ms: int) -> bytes:
        """What was heard up to now, and for so long from now on."""
        upto = len(self._heard) // 2 * 2 + ms * BYTES_PER_MS
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self._heard) >= upto)
        return bytes(self._heard[:upto])


class Model:
    """What came from the model to be played, by item, and the truncations that went back to it."""

    def __init__(self, session: RealtimeSession) -> None:
        self.said: defaultdict[str, bytes] = defaultdict(bytes)
        self.truncations: list[TruncateItem] = []
        session.effects.subscribe(self._watch)

    def _watch(self, effect: Effect) -> None:
        match effect:
            case PlayAudio(item_id=item_id, audio=audio):
                self.said[item_id] += base64.b64decode(audio)
            case Send(event=TruncateItem() as event):
                self.truncations.append(event)
            case _:
                pass


@asynccontextmanager
async def recording() -> AsyncGenerator[Ear, None]:
    ear = Ear()
    program = await asyncio.create_subprocess_exec("parec", f"--device={MOUTH_MONITOR}", *STREAM, stdout=PIPE)
    assert program.stdout is not None
    following = asyncio.create_task(ear.follow(program.stdout))
    try:
        yield ear
    finally:
        program.terminate()
        await following
        await program.wait()


@asynccontextmanager
async def talking(pulse: PulseServer, sound: bytes) -> AsyncGenerator[tuple[RealtimeSession, Model, Ear], None]:
    """A session into whose microphone this sound begins to be played."""
    pulse.control("load-module", "module-null-sink", f"sink_name={MOUTH}", "norewinds=1")
    microphone, heard = Microphone(MONITOR), asyncio.Event()
    loop = asyncio.get_running_loop()
    microphone.meter.tap(lambda pcm, rate: loop.call_soon_threadsafe(heard.set) and None)
    session = use_realtime("local", transcription=Transcription(), audio_input=microphone, audio_output=Speaker(MOUTH))
    async with recording() as ear, session:
        model = Model(session)
        session.start_audio_capture()
        await until(session, lambda state: state.flow.has_output)
        await heard.wait()
        player = await asyncio.create_subprocess_exec("pacat", "--playback", f"--device={SPEAKER}", *STREAM, stdin=PIPE)
        assert player.stdin is not None
        player.stdin.write(sound)
        player.stdin.close()
        yield session, model, ear
        await player.wait()


def likenesses(part: bytes, whole: bytes) -> NDArray[np.float64]:
    """How alike the part and each place of the whole are: 1 is the same but for loudness."""
    a, b = to_float(part).astype(np.float64), to_float(whole).astype(np.float64)
    size = 1 << (len(a) + len(b)).bit_length()
    products = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(b) - len(a) + 1]
    energy = np.concatenate(([0.0], np.cumsum(b * b)))
    norms = np.sqrt(np.maximum(energy[len(a) :] - energy[: len(energy) - len(a)], 1e-3) * np.dot(a, a))
    likeness: NDArray[np.float64] = products / norms
    return likeness


def place(part: bytes, whole: bytes) -> tuple[int, float]:
    """Where in the whole the part is, in samples, and how alike they are there."""
    likeness = likenesses(part, whole)
    best = int(np.argmax(likeness))
    return best, float(likeness[best])


def likeness(said: bytes, heard: bytes) -> float:
    """How much of what was said is in what was heard, in order; a busy machine may have put gaps between its pieces."""
    at = 2 * place(said[: PIECE_MS * BYTES_PER_MS], heard)[0]
    likes: list[float] = []
    weights: list[float] = []
    for piece in chunks(said, PIECE_MS):
        begin = max(0, at - 20 * BYTES_PER_MS)
        offset, like = place(piece, heard[begin : at + len(piece) + GAP_MS * BYTES_PER_MS])
        likes.append(like)
        weights.append(float(np.square(to_float(piece)).sum()))
        at = begin + 2 * offset + len(piece) if like > 0.5 else at + len(piece)
    return float(np.average(likes, weights=weights))


def heard_bytes(said: bytes, heard: bytes) -> int:
    """How much of what was said was heard, up to its last sound.

    A busy machine puts gaps between its pieces, so each comes as much later as the one before it, or more: that says
    which of the places where it is heard is its own, as sounds come again. The longest such chain is what was heard.
    """
    first = 2 * place(said[: PIECE_MS * BYTES_PER_MS], heard)[0]
    chains: list[tuple[int, int, int]] = []  # how late its latest piece is, how many pieces it has, where it ends
    for begin in range(0, len(said), STEP):
        piece, after = said[begin : begin + STEP], heard[first + begin :][: STEP + GAPS_MS * BYTES_PER_MS]
        if len(after) < STEP or len(piece) < STEP or not np.any(np.abs(to_float(piece)) > AUDIBLE):
            continue
        lates = peaks(likenesses(piece, after))
        chains += [
            (late, 1 + max((count for before, count, _ in chains if before <= late + SLACK), default=0), begin + STEP)
            for late in lates
        ]
    return max(chains, key=lambda chain: chain[1:])[2]


def peaks(likeness: NDArray[np.float64]) -> list[int]:
    """The places that are alike, each once."""
    alike = np.flatnonzero(likeness > 0.95)
    runs = np.split(alike, np.flatnonzero(np.diff(alike) > 1) + 1) if len(alike) else []
    return [int(run[np.argmax(likeness[run])]) for run in runs]


def wrong_ms(told_ms: int, said: bytes, heard: bytes) -> float:
    """By how much what the model was told differs from what was heard. One silence of a pause is like another."""
    reached = heard_bytes(said, heard)
    audible = np.flatnonzero(np.abs(to_float(said[reached:])) > AUDIBLE)
    until = reached + 2 * int(audible[0]) if len(audible) else len(said)
    return max(reached / BYTES_PER_MS - told_ms, told_ms - until / BYTES_PER_MS, 0.0)


async def test_a_question_through_the_air_is_understood_and_its_answer_is_heard(pulse: PulseServer) -> None:
    """What is spoken at the microphone becomes the user's message, and what sounds at the speaker is the answer."""
    async with talking(pulse, say("What time is it", after_ms=1500)) as (session, model, ear):
        await until(session, lambda state: state.is_playing)
        state = await until(session, lambda state: len(state.messages) == 2 and state.mode == "listening")
        heard = await ear.listen(LATER_MS)
    question, reply = state.messages
    assert "time" in question.text.lower()
    assert reply.text.startswith("It is")
    assert not reply.interrupted
    assert likeness(model.said[reply.id], heard) > 0.9


async def test_speaking_over_the_answer_through_the_air_tells_the_model_what_was_heard(pulse: PulseServer) -> None:
    """A second utterance silences the speaker; one truncation follows, at what really sounded, to 60 ms."""
    sound = say("Count to thirty", after_ms=3500) + say("Stop", after_ms=1000) + silence(1000)
    async with talking(pulse, sound) as (session, model, ear):
        await until(session, lambda state: any(message.interrupted for message in state.messages))
        heard = await ear.listen(LATER_MS)
        state = await until(session, lambda state: len(state.messages) == 4 and state.mode == "listening")
    (told,) = model.truncations
    assert wrong_ms(told.audio_end_ms, model.said[told.item_id], heard) <= 60
    (counted,) = (message for message in state.messages if message.interrupted)
    part = counted.parts[0]
    assert isinstance(part, AudioPart)
    assert (counted.id, part.heard_ms) == (told.item_id, told.audio_end_ms)


def test_without_a_sound_server_one_talks_in_writing(tmp_path: Path) -> None:
    """Where no sound server answers, all can be imported, a question is answered, and the error says what to do."""
    script = tmp_path / "text_turn.py"
    script.write_text(TEXT_TURN)
    nowhere = {"XDG_RUNTIME_DIR": str(tmp_path), "PULSE_SERVER": f"unix:{tmp_path}/none"}
    paths = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    ran = subprocess.run(
        [sys.executable, "-W", "error", script],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, **nowhere, **paths},
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    error, status, answer = ran.stdout.splitlines()
    assert status == "connected"
    assert "5" in answer
    assert error == "no sound server answers: start PulseAudio or PipeWire, or set PULSE_SERVER to where one is"
