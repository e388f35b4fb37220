"""The synthesiser, in a process of its own at the end of a pipe: restarted when it crashes, one sentence at a time."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from .errors import SpeechError
from .pipe import BROKEN, Worker
from .protocol import Json
from .voice import Utterance, align

log = logging.getLogger(__name__)
ENGINE = "speech"
TRIES = 2
NO_VOICE = 'no synthesiser, answers are text only: %s. "pip install realtime-rx[local]" brings one.'
BYTES_PER_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8}


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
                except BROKEN as error:
                    log.warning("the synthesiser broke and is started again: %r", error)
                    await self._drop()
        raise SpeechError(f"The synthesiser broke {TRIES} times at the same sentence.")

    async def _running(self) -> Worker:
        if self._worker is None:
            self._worker = await Worker.start(ENGINE, *self._engines)
            await self._worker.answer()
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
        worker = await Worker.start(ENGINE, *engines)
    except OSError as error:
        log.warning(NO_VOICE, error)
        yield None
        return
    try:
        hello, _ = await worker.answer()
        if hello["engine"] is not None:
            speaker = Speaker(hello["engine"], worker, engines)
        else:
            log.warning(NO_VOICE, hello["why"])
    except BROKEN as error:
        log.warning(NO_VOICE, f"its process ended ({error!r})")
    try:
        yield speaker
    finally:
        await (speaker.aclose() if speaker else worker.stop())
