"""The user, as the agent understands them: guesses that change, and a final transcript that may come late."""

from __future__ import annotations

from collections.abc import Callable

from realtime_rx import events as ev
from realtime_rx.items import AudioPart
from realtime_rx.providers.elevenlabs_wire.known import Known


class Listening:
    """What the user says, as events."""

    def __init__(self, new: Callable[[str], str], events: list[ev.ServerEvent]) -> None:
        self._new = new
        self._events = events
        self._item: str | None = None
        self._guess = ""
        self._done = False

    @property
    def speaking(self) -> bool:
        """Something was understood of which there is no final transcript."""
        return self._item is not None

    def guessed(self, words: str, known: Known) -> bool:
        """What the user may be saying: it grows, or is something else now."""
        if not words or (words == self._guess and not self._done):
            return False
        if self._item is None or self._done:
            item = self._begin(known, known.last_item)
            self._events += (ev.SpeechStarted(item), ev.InputTranscriptionDelta(item, words))
        elif words.startswith(self._guess):
            self._events.append(ev.InputTranscriptionDelta(self._item, words.removeprefix(self._guess)))
        else:
            part = AudioPart(transcript=words, state="streaming")
            self._events.append(ev.ContentPartAdded(self._item, part=part))
        self._guess = words
        return True

    def heard(self, words: str, known: Known, previous: str | None) -> None:
        """What the user said; its message stands behind ``previous`` unless it has its place."""
        item = self._item or self._begin(known, previous)
        if not self._done:
            self._events.append(ev.SpeechStopped(item))
        self._events.append(ev.InputTranscriptionCompleted(item, words))
        self._item, self._guess, self._done = None, "", False

    def is_done(self) -> None:
        """A reply begins. Where no transcript came before it, the last guess stands until one comes."""
        if self._item is not None and not self._done:
            self._done = True
            self._events += (ev.SpeechStopped(self._item), ev.InputTranscriptionCompleted(self._item, self._guess))

    def _begin(self, known: Known, previous: str | None) -> str:
        self._item, self._guess, self._done = self._new("user"), "", False
        self._events.append(ev.AudioCommitted(self._item, previous))
        if known.last_item == previous:
            known.last_item = self._item
        return self._item
