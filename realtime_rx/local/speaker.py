"""The synthesiser, in a process of its own at the end of a pipe: restarted when it crashes, one sentence at a time."""

import asyncio
import logging
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from .errors import SpeechError
from .protocol import Json
from .voice import Utterance, align

log = logging.getLogger(__name__)
WORKER = Path(__file__).with_name("speech_worker.py")
ANSWER_SECONDS = 15
"""A sentence takes about 10 ms with espeak-ng and 0.1 s with flite; what takes this long hangs."""
STOP_SECONDS = 2
TRIES = 2
NO_VOICE = 'no synthesiser, answers are text only: %s. "pip install realtime-rx[local]" brings one.'
_BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError)
BYTES_PER_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}


class Worker:
    """One running process. Every method raises OSError, IncompleteReadError or TimeoutError when it is broken."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, engines: Sequence[str]) -> "Worker":
        command = (sys.executable, "-P", str(WORKER), *engines)
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE))

    async def read(self) -> tuple[Json, bytes]:
        async with asyncio.timeout(ANSWER_SECONDS):
            return msgspec.json.decode(await self._block()), await self._block()

    async def ask(self, request: Json) -> tuple[Json, bytes]:
        body = msgspec.json.encode(request)
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(struct.pack("<I", len(body)) + body)
        await self._process.stdin.drain()
        return await self.read()

    async def stop(self) -> None:
        """Close the pipe, which ends the worker; kill one that does not listen."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _block(self) -> bytes:
        if self._process.stdout is None:
            raise BrokenPipeError
        (size,) = struct.unpack("<I", await self._process.stdout.readexactly(4))
        return await self._process.stdout.readexactly(size)


class Speaker:
    """A Voice. Sentences of all sessions go through one worker, in turn."""

    def __init__(self, name: str, worker: Worker, engines: Sequence[str]) -> None:
        self._name = name
        self._worker: Worker | None = worker
        self._engines = engines
        self._turn = asyncio.Lock()
        self._asking: set[asyncio.Task[Utterance]] = set()

    @property
    def name(self) -> str:
        return self._name

    async def say(self, text: str, voice: str, speed: float, audio_format: str) -> Utterance:
        """Raises SpeechError where the engine refuses, or breaks twice. A cancelled caller breaks nothing: the
        exchange with the worker goes on to its end, so question and answer stay in step.
        """
        request: Json = {"text": text, "voice": voice, "speed": speed, "format": audio_format}
        asking = asyncio.create_task(self._ask(request))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)
        return await asyncio.shield(asking)

    async def aclose(self) -> None:
        await asyncio.gather(*self._asking, return_exceptions=True)
        async with self._turn:
            await self._drop()

    async def _ask(self, request: Json) -> Utterance:
        async with self._turn:
            for _ in range(TRIES):
                try:
                    return _utterance(request, *await (await self._running()).ask(request))
                except _BROKEN as error:
                    log.warning("the synthesiser broke and is started again: %r", error)
                    await self._drop()
        raise SpeechError(f"The synthesiser broke {TRIES} times at the same sentence.")

    async def _running(self) -> Worker:
        if self._worker is None:
            self._worker = await Worker.start(self._engines)
            await self._worker.read()
        return self._worker

    async def _drop(self) -> None:
        if self._worker is not None:
            await self._worker.stop()
            self._worker = None


def _utterance(request: Json, answer: Json, sound: bytes) -> Utterance:
    if "error" in answer:
        raise SpeechError(answer["error"])
    duration_ms = len(sound) / BYTES_PER_MS[request["format"]]
    return Utterance(sound, align(request["text"], answer["words"], duration_ms))


@asynccontextmanager
async def start_speaker(engines: Sequence[str] = ()) -> AsyncGenerator[Speaker | None, None]:
    """A Speaker with the first of `engines` (default: all that are known) that works, or None, said in the log."""
    speaker = None
    try:
        worker = await Worker.start(engines)
    except OSError as error:
        log.warning(NO_VOICE, error)
        yield None
        return
    try:
        hello, _ = await worker.read()
        if hello["engine"] is not None:
            speaker = Speaker(hello["engine"], worker, engines)
        else:
            log.warning(NO_VOICE, hello["why"])
    except _BROKEN as error:
        log.warning(NO_VOICE, f"its process ended ({error!r})")
    try:
        yield speaker
    finally:
        await (speaker.aclose() if speaker else worker.stop())
