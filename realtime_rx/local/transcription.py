"""Words for the spoken items of a session, and the events that tell them."""

import asyncio
import logging
from collections.abc import Callable

from .conversation import Entry
from .ear import Ear, Hearing
from .errors import HearingError
from .output import Emit
from .protocol import Json
from .sound import resampled
from .tasks import Tasks
from .voice import tokens

log = logging.getLogger(__name__)
NO_RECOGNISER = "no_recogniser"
KIND = "conversation.item.input_audio_transcription"


class Transcriber:
    """`config` gives the session's configuration in force."""

    def __init__(self, emit: Emit, ear: Ear | None, config: Callable[[], Json], tasks: Tasks) -> None:
        self._emit = emit
        self._ear = ear
        self._config = config
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()

    @property
    def hears(self) -> bool:
        return self._ear is not None

    @property
    def running(self) -> tuple[asyncio.Task[None], ...]:
        """The transcriptions that are under way."""
        return tuple(self._running)

    def listen(self) -> Hearing | None:
        """A new utterance, or None where there is no recogniser."""
        return self._ear.listen(self._config()) if self._ear is not None else None

    def transcribe(self, entry: Entry, index: int, hearing: Hearing | None = None) -> asyncio.Task[None]:
        """Put the words into content part `index`; a `hearing` has already heard its sound."""
        task = self._tasks.spawn(self._transcribe(entry, index, hearing))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _transcribe(self, entry: Entry, index: int, hearing: Hearing | None) -> None:
        here: Json = {"item_id": entry.id, "content_index": index}
        try:
            hearing = hearing or self._heard(entry)
            try:
                text = await hearing.words()
            except BaseException:
                hearing.drop()
                raise
        except Exception as error:  # an ear is anybody's code: its failure is this item's, not the session's
            code = error.code if isinstance(error, HearingError) else "transcription_failed"
            if code != NO_RECOGNISER:  # of which the log has been told when the server started
                log.warning("item %s was not transcribed: %s", entry.id, error)
            failure = {"type": "server_error", "code": code, "message": str(error)}
            self._emit(f"{KIND}.failed", **here, error=failure)
            return
        entry.transcribe(index, text)
        if self._config()["audio"]["input"]["transcription"] is not None:
            self._tell(here, text, entry.audio_ms / 1000)

    def _heard(self, entry: Entry) -> Hearing:
        hearing = self.listen()
        if hearing is None:
            raise HearingError("This server has no speech recogniser: send text.", NO_RECOGNISER)
        hearing.feed(resampled(bytes(entry.audio), entry.format))
        return hearing

    def _tell(self, here: Json, text: str, seconds: float) -> None:
        """Word by word, and only now: a recogniser takes words back until the end, and deltas only add up."""
        for word in tokens(text):
            self._emit(f"{KIND}.delta", **here, delta=word)
        usage = {"type": "duration", "seconds": round(seconds, 2)}
        self._emit(f"{KIND}.completed", **here, transcript=text, usage=usage)
