"""The conversation as Gemini Live tells it: without ids, without beginnings, with one end for everything.

A response begins with its first output and ends with the turn. Ids are made up here: from when the connection's first
frame came, and a count, so that the same frames give the same ids and two connections never share one.
"""

from __future__ import annotations

import msgspec

from realtime_rx import events as ev
from realtime_rx.events.of_conversation import ResponseStatus
from realtime_rx.items import AudioPart, Item, ItemStatus, TextPart, ToolPart
from realtime_rx.providers.elision import decoded_size
from realtime_rx.providers.google_wire.frames import FunctionCall
from realtime_rx.providers.google_wire.known import Known

# Why a turn was over that says nothing bad of it.
HARMLESS = frozenset({"TURN_COMPLETE_REASON_UNSPECIFIED", "NEED_MORE_INPUT"})


class Speech:
    """One message of the model, as it grows."""

    def __init__(self, item_id: str) -> None:
        self.id = item_id
        self.kinds: list[str] = []
        self.words: dict[str, str] = {}

    def place(self, kind: str) -> int:
        """The content index of its written or spoken words."""
        return self.kinds.index(kind)


class Turns:
    """Turns what happens into events, appended to ``events``; the caller empties it for each frame."""

    def __init__(self, known: Known) -> None:
        self.events: list[ev.ServerEvent] = []
        self._known = known
        self._prefix: str | None = None
        self._count = 0
        self._before: str | None = None
        self._prompted = False
        self._cut = False
        self._speech: Speech | None = None
        self._user: str | None = None
        self._heard = ""
        self._unsettled = False

    def born(self, at: float) -> None:
        """The first frame came at ``at``; later calls change nothing."""
        self._prefix = self._prefix or f"gl{int(at * 1000):x}"

    @property
    def under_way(self) -> bool:
        """A response has begun and not ended."""
        return self._known.response is not None

    # The user

    def heard(self, words: str, *, finished: bool) -> None:
        """Some of what the user said was understood: maybe only after the reply to it began."""
        replied = self.under_way and not self._cut
        if words and self._user is None:
            self._user, self._heard = self._new("user"), ""
            self._place_user(before_reply=replied and not self._prompted)
        self._heard += words
        if replied or finished:
            self._understood()
        elif words and self._user is not None:
            self._unsettled = True
            self.events.append(ev.InputTranscriptionDelta(self._user, words))

    def _place_user(self, *, before_reply: bool) -> None:
        """The user's message stands behind what was there when the reply began, or at the end."""
        known, user = self._known, self._user or ""
        previous = self._before if before_reply else known.last_item
        self.events.append(ev.AudioCommitted(user, previous))
        if known.last_item == previous:
            known.last_item = user

    def _understood(self) -> None:
        self._unsettled = False
        if self._user is not None:
            self.events.append(ev.InputTranscriptionCompleted(self._user, self._heard))

    def _user_is_done(self) -> None:
        """What the user says from now on is another turn's."""
        if self._unsettled:
            self._understood()
        self._user = None

    # The model

    def begin(self) -> str:
        """The id of the response that is under way, which begins now unless it has."""
        known = self._known
        if known.response is None:
            self._understood()
            known.response = self._new("response")
            self._before = known.last_item
            self._prompted, known.asked, known.committed = known.asked, False, False
            self.events.append(ev.ResponseCreated(known.response))
        return known.response

    def wrote(self, text: str) -> None:
        if text:
            self._grow("text", text)

    def spoke(self, words: str) -> None:
        """Some words of what is heard: the words of one turn together are what was said."""
        if words:
            self._known.modality = "audio"
            self._grow("audio", words)

    def sounded(self, base64: str) -> None:
        """Some sound. What is still under way when the user interrupts is not heard."""
        self._known.modality = "audio"
        response = self.begin()
        if self._cut:
            return
        speech = self._speaking("audio")
        index = speech.place("audio")
        clean = base64.replace("-", "+").replace("_", "/")
        self.events.append(ev.AudioDelta(speech.id, response, 0, index, clean, decoded_size(base64)))

    def _grow(self, kind: str, words: str) -> None:
        response = self.begin()
        speech = self._speaking(kind)
        speech.words[kind] += words
        if self._cut:
            return
        delta = ev.TextDelta if kind == "text" else ev.TranscriptDelta
        self.events.append(delta(speech.id, response, 0, speech.place(kind), words))

    def _speaking(self, kind: str) -> Speech:
        """The message that is being said, with a part for these words."""
        response = self.begin()
        if self._speech is None:
            self._speech = Speech(self._new("message"))
            self._known.last_item = self._speech.id
            item = Item(id=self._speech.id, role="assistant", status="in_progress")
            self.events.append(ev.OutputItemAdded(response, item))
        speech = self._speech
        if kind not in speech.kinds:
            speech.kinds.append(kind)
            speech.words[kind] = ""
            part = TextPart(state="streaming") if kind == "text" else AudioPart(state="streaming")
            self.events.append(ev.ContentPartAdded(speech.id, response, 0, speech.place(kind), part))
        return speech

    def generated(self) -> None:
        """No more sound will come of this turn."""
        speech = self._speech
        if speech is not None and "audio" in speech.kinds and not self._cut:
            self.events.append(ev.AudioDone(speech.id, self._known.response, 0, speech.place("audio")))

    def called(self, call: FunctionCall) -> None:
        """The model wants a tool to be run. What it said before is a message of its own."""
        response = self.begin()
        self._say_it_all("completed")
        item_id, name = self._new("call"), call.name or ""
        call_id, arguments = call.id or item_id, msgspec.json.encode(call.args or {}).decode()
        part = ToolPart(tool_name=name, tool_call_id=call_id, arguments=arguments)
        item = Item(id=item_id, type="function_call", role="assistant", status="in_progress", parts=(part,))
        self._known.last_item = item_id
        self.events += (
            ev.OutputItemAdded(response, item),
            ev.ToolArgumentsDone(item_id, call_id, response, name, arguments),
            ev.OutputItemDone(response, msgspec.structs.replace(item, status="completed")),
        )

    def interrupted(self) -> None:
        """The user spoke: nothing more of this turn shall be heard, and what they say is a turn of its own."""
        self._user_is_done()
        self._cut = self.under_way
        self.events.append(ev.Interrupted(self._known.response))

    def over(self, reason: str | None) -> None:
        """The turn is over. A reply that was waited for, or refused, and is empty began and ended now."""
        refused = reason is not None and reason not in HARMLESS
        if self.under_way or self._known.asked or self._known.committed or refused:
            self._end(reason, "cancelled" if self._cut else "failed" if refused else "completed")
        elif self._user is not None:
            self._user_is_done()

    def _end(self, reason: str | None, status: ResponseStatus) -> None:
        response = self.begin()
        self._say_it_all("completed" if status == "completed" else "incomplete")
        why = "interrupted" if self._cut else reason.lower() if reason is not None else None
        self.events.append(ev.ResponseDone(response, status, why, why if status == "failed" else None))
        if not self._cut:
            self._user_is_done()
        self._known.response, self._cut = None, False

    def _say_it_all(self, status: ItemStatus) -> None:
        """The message that was being said is whole: its words once more, together, and its end."""
        speech, self._speech = self._speech, None
        if speech is None:
            return
        for kind, words in speech.words.items():
            index = speech.place(kind)
            if kind == "text":
                self.events.append(ev.TextDone(speech.id, self._known.response, 0, index, words))
            else:
                self.events.append(ev.TranscriptDone(speech.id, self._known.response, 0, index, words))
        item = Item(id=speech.id, role="assistant", status=status)
        self.events.append(ev.OutputItemDone(self._known.response, item))

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{self._prefix}_{kind}_{self._count}"
