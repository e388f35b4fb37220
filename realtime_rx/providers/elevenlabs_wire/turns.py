"""The conversation as ElevenLabs tells it: without item ids, without beginnings, almost without ends.

Words and sound of a reply come in any order. A reply begins with the user's final transcript, or with its first output,
and is over when all of its words are known, when a tool is called, when the user interrupts or speaks again. Its sound
may go on after that: whoever plays it knows when that ends. Ids are made up here: from when the first frame of the
connection came, and a count, so that the same frames give the same ids and two connections never share one.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

from realtime_rx import events as ev
from realtime_rx.events.of_conversation import ResponseStatus
from realtime_rx.items import AudioPart, Item, TextPart
from realtime_rx.providers.elevenlabs_wire.frames import ChatPart
from realtime_rx.providers.elevenlabs_wire.known import Known
from realtime_rx.providers.elevenlabs_wire.listening import Listening
from realtime_rx.providers.elision import decoded_size

# How many replies back a correction may come.
REACH = 8
STILL = -(2**60)
"""Below every event id."""


class Speech:
    """One message of the agent. ``whole``: its words are known to the last; ``over``: the reader was told so."""

    def __init__(self, item_id: str, response_id: str, kind: Literal["text", "audio"], event_id: int) -> None:
        self.id = item_id
        self.response_id = response_id
        self.kind = kind
        self.event_id = event_id
        self.words = ""
        self.whole = False
        self.over = False
        self.sounding = False


class Turns:
    """Turns what happens into events, appended to ``events``; the caller empties it for each frame.

    What returns a truth value says whether there was anything new in it.
    """

    def __init__(self, known: Known) -> None:
        self.events: list[ev.ServerEvent] = []
        self._known = known
        self._prefix: str | None = None
        self._count = 0
        self._response: str | None = None
        self._before: str | None = None
        self._speech: Speech | None = None
        self._spoken: deque[Speech] = deque(maxlen=REACH)
        self._user = Listening(self.new, self.events)
        self._interrupted = STILL
        self._turned = False
        self._late = STILL
        self._called = False

    def born(self, at: float) -> None:
        """A frame came at ``at``; that of the first one names everything. Between frames the user may have written."""
        self._prefix = self._prefix or f"el{int(at * 1000):x}"
        self.events.clear()
        if self._known.turned:
            self._known.turned = False
            self._turn(self._speech.event_id if self._speech is not None else STILL)

    def new(self, kind: str) -> str:
        self._count += 1
        return f"{self._prefix}_{kind}_{self._count}"

    def _turn(self, late: int) -> None:
        """What comes from now on is another reply, but for what has an event id up to ``late``."""
        self._turned, self._late = True, late

    # The user

    def guessed(self, words: str) -> bool:
        """What the user may be saying; it may change."""
        return self._user.guessed(words, self._known)

    def heard(self, words: str, event_id: int) -> bool:
        """What the user said. It may come when the reply to it has begun."""
        if not self._user.speaking and (not words or words == self._known.typed):
            return False
        speech = self._speech
        replied = self._response is not None and speech is not None and not speech.over and speech.event_id >= event_id
        if not replied:
            self._finish("completed")
        self._user.heard(words, self._known, self._before if replied else self._known.last_item)
        if not replied:
            self._turn(event_id - 1 if speech is not None and event_id > speech.event_id else STILL)
            self._hush()
            self.begin()
        return True

    # The agent

    def begin(self) -> str:
        """The id of the response that is under way, which begins now unless it has."""
        if self._response is None:
            self._user.is_done()
            self._response = self.new("response")
            self._before = self._known.last_item
            self.events.append(ev.ResponseCreated(self._response))
        return self._response

    def sounded(self, base64: str, event_id: int) -> bool:
        """Some sound. What belongs to a reply that was interrupted is not heard."""
        if not base64 or event_id < self._interrupted:
            return False
        speech = self._speech
        if speech is None or self._is_another(event_id):
            speech = self._open(event_id)
        self._known.reply = event_id
        speech.event_id, speech.sounding = max(speech.event_id, event_id), True
        index = 0 if speech.kind == "audio" else 1
        self.events.append(ev.AudioDelta(speech.id, speech.response_id, 0, index, base64, decoded_size(base64)))
        if self._known.speechless and not speech.over:
            self._finish("completed")
        return True

    def said(self, words: str, event_id: int) -> bool:
        """All words of a reply: of one that sounds or streams already, or of one that begins."""
        cut = self._cut(event_id)
        if cut is not None:
            self._tell_words(cut, words)
            return True
        speech = self._speech
        if not words or (speech is not None and self._is_repeated(speech, event_id) and speech.words == words):
            self._finish("completed", only_spoken=True)
            return False
        if speech is None or speech.whole or self._is_another(event_id) or self._is_next(speech, event_id):
            speech = self._open(event_id)
        self._known.reply = speech.event_id = event_id
        self._tell_words(speech, words)
        if not speech.over:
            self._finish("completed")
        return True

    def wrote(self, part: ChatPart) -> bool:
        """Some words of a reply, as they are made."""
        speech = self._speech
        event_id = part.event_id if part.event_id is not None else speech.event_id if speech is not None else 0
        if event_id < self._interrupted or (speech is not None and self._is_repeated(speech, event_id)):
            return False
        if part.kind == "stop":
            self._finish("completed", only_spoken=True)
            return True
        begins = part.kind == "start" and speech is not None and bool(speech.words)
        if speech is None or speech.over or begins or self._is_another(event_id):
            speech = self._open(event_id)
        self._known.reply = speech.event_id = event_id
        if part.text:
            speech.words += part.text
            delta = ev.TextDelta if speech.kind == "text" else ev.TranscriptDelta
            self.events.append(delta(speech.id, speech.response_id, 0, 0, part.text))
        return True

    def interrupted(self, event_id: int) -> None:
        """The user spoke: nothing more of this reply shall be heard. What has this very id is the next one."""
        self._interrupted = event_id
        speech, self._speech = self._speech, None
        response = self._response or (speech.response_id if speech is not None else None)
        self.events.append(ev.Interrupted(response, speech.id if speech is not None else None))
        self._end(speech, "cancelled", "interrupted")

    def corrected(self, original: str, heard: str, event_id: int) -> bool:
        """How much of a reply was heard. All of its words stay known."""
        replies = list(reversed(self._spoken))
        same = next((each for each in replies if each.words == original), None)
        speech = same or next((each for each in replies if each.event_id == event_id), None)
        if speech is None:
            return False
        self.events.append(ev.ItemTruncated(speech.id, 0, None, heard))
        return True

    def calling(self) -> str:
        """A tool is called: what was said before is a message of its own. Gives the id of the response."""
        response, speech = self.begin(), self._speech
        if speech is not None and not speech.over:
            self._close(speech, "completed")
        return response

    def called(self, item_id: str) -> None:
        """The call is made. Whether anything follows is the agent's affair: it need not wait for the output."""
        self._known.last_item = item_id
        self._called = True
        self._finish("completed")

    def over(self) -> None:
        """The agent's turn is over, whether or not it said anything."""
        self._finish("completed")

    def ended(self) -> None:
        """The agent says that what it said is all."""
        self._finish("completed", only_spoken=True)

    @property
    def response(self) -> str | None:
        return self._response

    # What belongs together

    def _is_another(self, event_id: int) -> bool:
        """Whether the user has had a turn between the latest reply and this."""
        return self._turned and event_id > self._late

    def _is_next(self, speech: Speech, event_id: int) -> bool:
        """Whether words are not those of a message that ended without them."""
        return speech.over and speech.event_id != event_id

    def _is_repeated(self, speech: Speech, event_id: int) -> bool:
        """Whether all words were known before."""
        return speech.whole and speech.event_id == event_id and not self._called and not self._is_another(event_id)

    def _cut(self, event_id: int) -> Speech | None:
        """The interrupted reply whose words come now."""
        latest = self._spoken[-1] if self._spoken else None
        if latest is None or latest is self._speech or latest.whole or event_id >= self._interrupted:
            return None
        return latest

    # Beginnings and ends

    def _open(self, event_id: int) -> Speech:
        """A new message of the agent."""
        if self._speech is not None and not self._speech.over:
            self._finish("completed")
        self._hush()
        response, kind = self.begin(), "text" if self._known.text_only else "audio"
        speech = self._speech = Speech(self.new("message"), response, kind, event_id)
        self._spoken.append(speech)
        self._turned = self._called = False
        self._known.last_item, self._known.typed = speech.id, None
        part = TextPart(state="streaming") if kind == "text" else AudioPart(state="streaming")
        item = Item(id=speech.id, role="assistant", status="in_progress")
        self.events += (ev.OutputItemAdded(response, item), ev.ContentPartAdded(speech.id, response, 0, 0, part))
        return speech

    def _tell_words(self, speech: Speech, words: str) -> None:
        speech.words, speech.whole = words, True
        done = ev.TextDone if speech.kind == "text" else ev.TranscriptDone
        self.events.append(done(speech.id, speech.response_id, 0, 0, words))

    def _close(self, speech: Speech, status: Literal["completed", "incomplete"]) -> None:
        """No more is written of this message."""
        if speech.words and not speech.whole:
            done = ev.TextDone if speech.kind == "text" else ev.TranscriptDone
            self.events.append(done(speech.id, speech.response_id, 0, 0, speech.words))
        speech.over = True
        item = Item(id=speech.id, role="assistant", status=status)
        self.events.append(ev.OutputItemDone(speech.response_id, item))

    def _hush(self) -> None:
        """No more is heard of the latest reply."""
        speech = self._speech
        if speech is not None and speech.sounding:
            speech.sounding = False
            self.events.append(ev.AudioDone(speech.id, speech.response_id, 0, 0 if speech.kind == "audio" else 1))

    def _finish(self, status: ResponseStatus, *, only_spoken: bool = False) -> None:
        """The response is over; ``only_spoken``: only where it said something."""
        speech = self._speech
        if only_spoken and (speech is None or speech.over):
            return
        self._end(speech, status, None)

    def _end(self, speech: Speech | None, status: ResponseStatus, reason: str | None) -> None:
        response, self._response = self._response, None
        if response is None:
            return
        if speech is not None and not speech.over:
            self._close(speech, "completed" if status == "completed" else "incomplete")
        self.events.append(ev.ResponseDone(response, status, reason))
