"""Translation sessions: three endless streams of deltas, cut into sentences so that they are messages."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.errors import ProtocolError
from realtime_rx.items import AudioPart, Item, Role
from realtime_rx.providers.elision import decoded_size, marked
from realtime_rx.providers.openai_wire.decode import decode
from realtime_rx.providers.openai_wire.dialects import TRANSLATION
from realtime_rx.providers.openai_wire.encode import encode
from realtime_rx.providers.reading import UNREADABLE

__all__ = ["TranslationCodec"]

SENTENCE_ENDS = (".", "!", "?", "…", "。", "\uff01", "\uff1f", "।", "؟")


class Delta(Struct, frozen=True):
    delta: str = ""
    event_id: str | None = None


class Sentence(Struct, frozen=True):
    """What was said so far of one sentence. No words yet: it is still to begin."""

    number: int = 1
    words: str = ""
    open: bool = False

    def after(self, delta: str) -> Sentence:
        return replace(self, words=self.words + delta, open=True)

    def fitting(self, delta: str) -> str:
        """The delta without the space that parts this sentence from the one before it."""
        return delta if self.words else delta.lstrip()

    def next(self) -> Sentence:
        return Sentence(self.number + 1)

    @property
    def is_over(self) -> bool:
        return self.words.rstrip().endswith(SENTENCE_ENDS)


class TranslationCodec:
    """Remembers the sentences that are being said. Their ids count up behind the time of the first frame."""

    def __init__(self) -> None:
        self._prefix: str | None = None
        self._heard = Sentence()
        self._said = Sentence()

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> tuple[ev.ServerEvent, ...]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        event = decode(frame, at=at)
        if self._prefix is None:
            self._prefix = f"tr_{int(at * 1000):x}"
        if not isinstance(event, ev.ProviderEvent):
            return (event,)
        match event.raw_type:
            case "session.input_transcript.delta":
                return self._hear(words(event), event)
            case "session.output_transcript.delta":
                return self._say(words(event), event)
            case "session.output_audio.delta":
                return self._sound(frame, event)
            case "session.closed":
                return (*self._end_heard(event), *self._end_said(event), event)
            case _:
                return (event,)

    def encode(self, event: ev.ClientEvent) -> tuple[str, ...]:
        """The frame that says ``event``; none where translation has no such verb."""
        return encode(event, TRANSLATION)

    def _hear(self, delta: str, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        delta = self._heard.fitting(delta)
        if not delta:
            return ()
        self._heard = self._heard.after(delta)
        heard = ev.InputTranscriptionDelta(self._id("in", self._heard), delta, **of(event))
        return (heard, *(self._end_heard(event) if self._heard.is_over else ()))

    def _end_heard(self, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        if not self._heard.open:
            return ()
        sentence, self._heard = self._heard, self._heard.next()
        return (ev.InputTranscriptionCompleted(self._id("in", sentence), sentence.words, **of(event)),)

    def _say(self, delta: str, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        delta = self._said.fitting(delta)
        if not delta:
            return ()
        begun = self._begin_said(event)
        self._said = self._said.after(delta)
        said = ev.TranscriptDelta(self._id("out", self._said), None, 0, 0, delta, **of(event))
        return (*begun, said, *(self._end_said(event) if self._said.is_over else ()))

    def _begin_said(self, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        if self._said.open:
            return ()
        self._said = self._said.after("")
        return (ev.OutputItemAdded(None, self._item("in_progress"), **of(event)),)

    def _end_said(self, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        if not self._said.open:
            return ()
        item, self._said = self._item("completed"), self._said.next()
        return (ev.ResponseDone(f"{item.id}_response", items=(item,), **of(event)),)

    def _sound(self, frame: str | bytes, event: ev.ServerEvent) -> tuple[ev.ServerEvent, ...]:
        """Sound belongs to the sentence that is being said, or to the last one: it may lag behind its words."""
        sound = words_of(frame)
        size = decoded_size(sound)
        sentence = self._said if self._said.open or self._said.number == 1 else Sentence(self._said.number - 1)
        begun = self._begin_said(event) if sentence.number == self._said.number else ()
        heard = ev.AudioDelta(self._id("out", sentence), None, 0, 0, sound, size, **of(event))
        return (*begun, replace(heard, frame=marked(event.frame, size)))

    def _item(self, status: Any) -> Item:
        role: Role = "assistant"
        state = "done" if status == "completed" else "streaming"
        part = AudioPart(transcript=self._said.words, state=state)
        return Item(id=self._id("out", self._said), role=role, status=status, parts=(part,))

    def _id(self, stream: str, sentence: Sentence) -> str:
        return f"{self._prefix}_{stream}_{sentence.number}"


def of(event: ev.ServerEvent) -> dict[str, Any]:
    """What the events of one frame have in common."""
    return {"at": event.at, "event_id": event.event_id, "frame": event.frame}


def words(event: ev.ServerEvent) -> str:
    return words_of(bytes(event.frame))


def words_of(frame: str | bytes) -> str:
    try:
        return msgspec.json.decode(frame, type=Delta).delta
    except UNREADABLE as error:
        raise ProtocolError(f"a delta of a translation: {error}") from error
