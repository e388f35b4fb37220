"""The recogniser, in a process of its own at the end of a pipe. Whoever speaks starts it again when it has crashed."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from .errors import HearingError
from .pipe import BROKEN, Worker
from .protocol import Json
from .session import new_id
from .tasks import Tasks
from .vocabulary import vocabulary, written

log = logging.getLogger(__name__)
ENGINE = "recognition"
WORDS_SECONDS = 20.0
"""Most of the work is done while somebody speaks: what takes this long after the end hangs."""
NO_EAR = 'no recogniser, input is text only: %s. "pip install realtime-rx[local]" brings one.'


class Utterance:
    """A Hearing."""

    def __init__(self, listener: "Listener", session: Json) -> None:
        self._listener = listener
        self._id = new_id("heard")
        self._words = listener.expect(self._id)
        transcription: Json = session["audio"]["input"]["transcription"] or {}
        language: str = transcription.get("language") or "en"
        if not language.lower().startswith("en"):
            self._words.set_exception(HearingError(f"This recogniser understands English only, not '{language}'."))
        self._tell("open", vocabulary=vocabulary(session["instructions"], session["tools"]))

    def feed(self, sound: bytes) -> None:
        if sound:  # a short first chunk is resampled to nothing, and the recogniser dies of nothing
            self._tell("hear", sound)

    async def words(self) -> str:
        """HearingError when the recogniser breaks or takes too long."""
        self._tell("close")
        try:
            return written(await asyncio.wait_for(self._words, WORDS_SECONDS))
        except TimeoutError:
            await self._listener.restart("it takes too long")
            raise HearingError("Speech recognition timed out.") from None

    def drop(self) -> None:
        self._tell("drop")
        self._words.cancel()

    def _tell(self, what: str, sound: bytes = b"", **fields: Json) -> None:
        if not self._words.done():
            self._listener.send({"do": what, "id": self._id, **fields}, sound)


class Listener:
    """An Ear. The utterances of all sessions go through one worker, side by side."""

    def __init__(self, name: str, worker: Worker) -> None:
        self._name = name
        self._worker: Worker | None = worker
        self._waiting: list[tuple[Json, bytes]] = []
        self._expected: dict[str, asyncio.Future[str]] = {}
        self._starting = False
        self._tasks = Tasks()
        self._tasks.spawn(self._read(worker))

    @property
    def name(self) -> str:
        return self._name

    def listen(self, session: Json) -> Utterance:
        return Utterance(self, session)

    def expect(self, utterance: str) -> asyncio.Future[str]:
        """The words of an utterance that is about to be opened."""
        words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._expected[utterance] = words

        def forget(_: asyncio.Future[str]) -> None:
            del self._expected[utterance]
            if not words.cancelled():
                words.exception()  # it may be that nobody asks any more, which is nothing to warn of

        words.add_done_callback(forget)
        return words

    def send(self, request: Json, sound: bytes) -> None:
        """To the worker; while a new one starts, it is kept for it."""
        if self._worker is not None:
            self._worker.send(request, sound)
            return
        self._waiting.append((request, sound))
        if not self._starting:
            self._starting = True
            self._tasks.spawn(self._start())

    async def restart(self, why: str) -> None:
        """End the worker, and with it every open utterance; the next one starts another."""
        worker, self._worker = self._worker, None
        for words in tuple(self._expected.values()):
            if not words.done():
                words.set_exception(HearingError(f"The recogniser broke: {why}."))
        if worker is not None:
            await worker.stop()

    async def aclose(self) -> None:
        await self._tasks.aclose()
        await self.restart("the server stops")

    async def _start(self) -> None:
        waiting = self._waiting
        try:
            self._worker = await Worker.start(ENGINE)
        except OSError as error:
            await self.restart(repr(error))
            return
        finally:
            self._waiting, self._starting = [], False
        for request, sound in waiting:
            self._worker.send(request, sound)
        await self._read(self._worker)

    async def _read(self, worker: Worker) -> None:
        """Hand the words out until the worker ends; a greeting is nobody's words."""
        try:
            while True:
                answer, _ = await worker.read()
                words = self._expected.get(answer.get("id", ""))
                if words is not None and not words.done():
                    words.set_result(answer["text"])
        except BROKEN as error:
            if worker is self._worker:
                log.warning("the recogniser broke and is started again: %r", error)
                await self.restart("its process ended")


@asynccontextmanager
async def start_listener() -> AsyncGenerator[Listener | None, None]:
    """A Listener, or None where there is no recogniser, said in the log."""
    listener = None
    try:
        worker = await Worker.start(ENGINE)
    except OSError as error:
        log.warning(NO_EAR, error)
        yield None
        return
    try:
        greeting, _ = await worker.answer()
        if greeting["engine"] is not None:
            listener = Listener(greeting["engine"], worker)
        else:
            log.warning(NO_EAR, greeting["why"])
    except BROKEN as error:
        log.warning(NO_EAR, f"its process ended ({error!r})")
    try:
        yield listener
    finally:
        await (listener.aclose() if listener else worker.stop())
