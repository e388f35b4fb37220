"""The input audio buffer of a session, with and without turn detection.

Rules. With turn detection a turn is heard while it is spoken, and committed when it ends; without, everything since the
last commit is heard as it comes, and the client commits. Time is the sound's own: a position counts all samples ever
received, so a client may send faster than real time, and one that sends nothing lets no time pass (idle time-outs too).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from .conversation import KEPT_SECONDS, Conversation, Entry, spoken_entry
from .ear import Hearing
from .errors import ClientError
from .output import Emit
from .protocol import Json
from .responses import Responses
from .session import new_id
from .sound import BYTES_PER_SAMPLE, HEARD_RATE, RATE, Resampler
from .tape import Tape
from .tasks import Tasks
from .transcription import Transcriber
from .turns import SAMPLES_PER_MS, SpeechStarted, SpeechStopped, TurnDetector, TurnRules
from .vad import FRAME, Vad

log = logging.getLogger(__name__)
SHORTEST_COMMIT_MS = 100
FRAMES_AT_ONCE = 32
"""A second of sound, which takes about 30 ms to look at: then everybody else gets a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a session's speech input works with. `config` gives its `audio.input` in force."""

    emit: Emit
    config: Callable[[], Json]
    conversation: Conversation
    transcriber: Transcriber
    responses: Responses
    tasks: Tasks


class Silence:
    """The Hearing of a turn in which nobody spoke."""

    def feed(self, sound: bytes) -> None:
        pass

    async def words(self) -> str:
        return ""

    def drop(self) -> None:
        pass


class SpeechInput:
    """`vad` is None where turns cannot be detected; then `turn_detection` is kept and has no effect."""

    def __init__(self, around: Surroundings, vad: Vad | None) -> None:
        self._around = around
        self._vad = vad
        self._heard = Tape(2)
        self._detector = TurnDetector()
        self._item_id = new_id("item")
        self._hearing: Hearing | None = None
        self._idle_since: int | None = None
        self._looking: asyncio.Task[None] | None = None
        self._rules: TurnRules | None = None
        self._has_warned = False
        self._format = ""
        self._sound = Tape(2)
        self._resampler: Resampler | None = None
        around.responses.on_begin, around.responses.on_end = self._answering, self._answered
        self.configure()

    def configure(self) -> None:
        """Follow the session's settings, which have changed. Sound of another format is thrown away."""
        config = self._around.config()
        detection: Json | None = config["turn_detection"]
        rules = TurnRules.of(detection) if detection and self._vad else None
        if config["format"]["type"] != self._format:
            self._flush()
            self._format = config["format"]["type"]
            self._resampler = Resampler(self._format) if self._around.transcriber.hears else None
            self._sound = Tape(BYTES_PER_SAMPLE[self._format], self._there(self._heard.end))
            self._begin_anew()
        elif (rules is None) != (self._rules is None):
            self._begin_anew()
        self._rules = rules

    # ------------------------------------------------------------------ the client's events

    def append(self, sound: bytes) -> None:
        is_first = self._sound.is_empty
        if self._rules is None and not self._has_warned and self._around.config()["turn_detection"]:
            self._has_warned = True
            log.warning("audio comes in, but nothing here detects turns: end them with input_audio_buffer.commit")
        self._sound.write(sound)
        was_cut = self._sound.forget(self._sound.end - KEPT_SECONDS * RATE[self._format])
        if self._resampler is None:
            return
        if self._rules is None and (is_first or was_cut):
            self._begin_anew()
            self._hearing = self._around.transcriber.listen() if is_first else None
        self._take(self._resampler.feed(sound))
        if self._look(FRAMES_AT_ONCE) and (self._looking is None or self._looking.done()):
            self._looking = self._around.tasks.spawn(self._look_on())

    def clear(self) -> None:
        self._flush()
        self._catch_up()
        self._begin_anew()
        self._sound.forget(self._sound.end)
        self._around.emit("input_audio_buffer.cleared")

    def commit(self) -> None:
        """What the client holds to be a turn; it has to ask for the response, too."""
        self._catch_up()
        held_ms = 1000 * (self._sound.end - self._sound.begin) / RATE[self._format]
        if held_ms < SHORTEST_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {held_ms:.2f}ms of audio."
            )
            raise ClientError(message, "input_audio_buffer_commit_empty")
        self._flush()
        if self._detector.is_speaking and self._hearing is not None:
            self._hearing.feed(self._heard.read(self._detector.heard, self._heard.end))
        item_id = self._item_id if self._detector.is_speaking else new_id("item")
        hearing, self._hearing = self._hearing, None
        self._commit(item_id, hearing, self._sound.begin, self._sound.end)
        self._begin_anew()

    # ------------------------------------------------------------------ what responses do to it

    def _answering(self) -> None:
        """A response begins: the user's idle time is over."""
        self._idle_since = None

    def _answered(self, unplayed_ms: float) -> None:
        """A response is done; its sound goes on for `unplayed_ms`. From then on the user is idle."""
        self._idle_since = self._heard.end + int(unplayed_ms * SAMPLES_PER_MS)

    @property
    def is_free(self) -> bool:
        """Nobody speaks whom an answer would disturb."""
        return not (self._detector.is_speaking and self._rules and self._rules.interrupts)

    def close(self) -> None:
        if self._hearing is not None:
            self._hearing.drop()

    # ------------------------------------------------------------------ hearing

    def _begin_anew(self) -> None:
        """Between turns, with nothing heard of the next one."""
        self.close()
        self._hearing = None
        self._detector = TurnDetector.at(self._heard.end)

    def _flush(self) -> None:
        """Hear what the resampler holds back, so that what is heard and what came in end at the same time."""
        if self._resampler is not None:
            self._take(self._resampler.flush())

    def _take(self, heard: bytes) -> None:
        """Sound as it is heard. Without turn detection what a commit would hold is heard as it comes."""
        self._heard.write(heard)
        self._heard.forget(self._heard.end - KEPT_SECONDS * HEARD_RATE)
        if self._rules is None and self._hearing is not None:
            self._hearing.feed(heard)

    def _catch_up(self) -> None:
        while self._look(FRAMES_AT_ONCE):
            pass

    async def _look_on(self) -> None:
        more = True
        while more:
            await asyncio.sleep(0)
            more = self._look(FRAMES_AT_ONCE)

    def _look(self, frames: int) -> bool:
        """Detect turns in the next frames; True while there are more."""
        for _ in range(frames):
            start = self._detector.heard
            if self._vad is None or self._rules is None or self._heard.end - start < FRAME:
                return False
            self._look_at(self._heard.read(start, start + FRAME), self._vad, self._rules)
        return True

    def _look_at(self, frame: bytes, vad: Vad, rules: TurnRules) -> None:
        self._detector, fact = self._detector.hear(vad.probability(frame), FRAME, rules)
        if self._hearing is not None:
            self._hearing.feed(frame)
        match fact:
            case SpeechStarted(begun):
                self._start(begun, rules)
            case SpeechStopped(begun, at):
                self._stop(begun, at, rules)
            case None:
                self._prompt(rules)

    def _start(self, begun: int, rules: TurnRules) -> None:
        around = self._around
        self._item_id = new_id("item")
        start_ms = begun // SAMPLES_PER_MS
        around.emit("input_audio_buffer.speech_started", audio_start_ms=start_ms, item_id=self._item_id)
        if rules.interrupts:
            around.responses.interrupt()
        self._idle_since = None
        self._hearing = around.transcriber.listen()
        if self._hearing is not None:
            self._hearing.feed(self._heard.read(begun, self._detector.heard))

    def _stop(self, begun: int, at: int, rules: TurnRules) -> None:
        end_ms = at // SAMPLES_PER_MS
        self._around.emit("input_audio_buffer.speech_stopped", audio_end_ms=end_ms, item_id=self._item_id)
        hearing, self._hearing = self._hearing, None
        entry, heard = self._commit(self._item_id, hearing, self._there(begun), self._there(at))
        if rules.creates:
            self._answer(entry, heard)

    def _prompt(self, rules: TurnRules) -> None:
        """Respond to somebody who has said nothing for `idle_timeout_ms` since the last response was played."""
        since, now = self._idle_since, self._detector.heard
        if since is None or not rules.idle_ms or self._detector.is_speaking:
            return
        if now - since < rules.idle_ms * SAMPLES_PER_MS:
            return
        self._idle_since, item_id = None, new_id("item")
        place = {"audio_start_ms": since // SAMPLES_PER_MS, "audio_end_ms": now // SAMPLES_PER_MS}
        self._around.emit("input_audio_buffer.timeout_triggered", **place, item_id=item_id)
        self._detector = TurnDetector.at(now)
        self._answer(*self._commit(item_id, Silence(), self._there(since), self._there(now)))

    def _commit(self, item_id: str, hearing: Hearing | None, start: int, stop: int) -> tuple[Entry, asyncio.Task[None]]:
        around = self._around
        entry = spoken_entry(item_id, self._format, self._sound.read(start, stop))
        self._sound.forget(stop)
        last = around.conversation.last_id
        around.emit("input_audio_buffer.committed", item_id=entry.id, previous_item_id=last)
        around.conversation.add(entry, None, around.emit)
        return entry, around.transcriber.transcribe(entry, 0, hearing)

    def _answer(self, entry: Entry, heard: asyncio.Task[None]) -> None:
        self._around.tasks.spawn(self._around.responses.answer(entry, heard, lambda: self.is_free))

    def _there(self, position: int) -> int:
        """A position among the samples that are heard, as one among those that came in."""
        return position * RATE[self._format] // HEARD_RATE
