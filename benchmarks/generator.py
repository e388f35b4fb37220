"""A deterministic voice conversation as an OpenAI Realtime server would send it, with the messages it must lead to.

A turn is a spoken question and a spoken answer, in the event mix of a real session: 200 ms audio deltas that run ahead
of real time, a transcript delta a word, items, rate limits and usage. Every fourth turn calls two tools before it
answers. The `full` stream has the audio deltas (13 kB each); `noaudio` is the same without them, as a side channel or a
text session sees it.
"""

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from benchmarks import wire
from benchmarks.wire import Json, Wire

Kind = Literal["full", "noaudio"]
AUDIO_DELTA = "response.output_audio.delta"
CITIES = ("Berlin", "Lisbon", "Kyoto", "München")
VOCABULARY = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you
were all her she there would their we him been has when who will no more if out so up said what its about than into them
can only other time new some could these two may first then do any like my now over such our man me even most made after
also did many off before must well back through years where much your way weather booking flight tomorrow morning
temperature Berlin degrees cloudy reservation confirmed please account balance schedule appointment actually probably
certainly something everything naïve café fiancée jalapeño crème brûlée — résumé
"""  # a few words are not ASCII, so that no peer gets away with reading UTF-8 as Latin-1
WORDS = VOCABULARY.split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What one turn is made of. An audio delta of 9,600 bytes is 200 ms of 24 kHz PCM16."""

    audio_bytes: int = 9600
    audio_deltas: int = 80
    transcript_words: int = 60
    user_words: int = 10
    tool_every: int = 4
    argument_deltas: int = 12


DEFAULT_MIX = Mix()


class Conversation:
    """Generates the events of a conversation, and keeps the messages a correct client shows at its end."""

    def __init__(self, seed: int = 20240917, mix: Mix = DEFAULT_MIX) -> None:
        self.mix = mix
        self.wire = Wire(seed)
        self.random = self.wire.random
        self.messages: list[Json] = []
        self.heard_ms = 0
        # The payloads have randomness of their own, so that leaving the audio out changes nothing else.
        self._noise = random.Random(seed + 1)
        self._payloads = [base64.b64encode(self._noise.randbytes(mix.audio_bytes)).decode() for _ in range(64)]

    def events(self, turns: int) -> Iterator[Json]:
        yield self.wire.session("session.created")
        yield self.wire.session("session.updated")
        for turn in range(turns):
            yield from self._turn(calls_tools=turn % self.mix.tool_every == self.mix.tool_every - 1)

    def _turn(self, *, calls_tools: bool) -> Iterator[Json]:
        item_id = self.wire.new_id("item")
        words = self._words(self.mix.user_words)
        yield from self._question(item_id, words)
        # A transcription usually completes after the response to it has begun.
        transcribed = self.wire.event(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript="".join(words),
            usage=wire.transcription_usage(),
        )
        if calls_tools:
            yield from self._tool_calls(transcribed)
            yield from self._answer(None)
        else:
            yield from self._answer(transcribed)

    def _question(self, item_id: str, words: list[str]) -> Iterator[Json]:
        w = self.wire
        yield w.event("input_audio_buffer.speech_started", audio_start_ms=self.heard_ms, item_id=item_id)
        self.heard_ms += 2400
        yield w.event("input_audio_buffer.speech_stopped", audio_end_ms=self.heard_ms, item_id=item_id)
        yield w.event("input_audio_buffer.committed", previous_item_id=w.previous_item_id, item_id=item_id)
        item = wire.user_speech(item_id)
        yield w.item_added(item)
        yield w.item_done(item)
        for word in words:
            yield w.delta("conversation.item.input_audio_transcription.delta", word, item_id=item_id, content_index=0)
        self.messages.append({"role": "user", "parts": [["text", "".join(words)]]})

    def _answer(self, transcribed: Json | None) -> Iterator[Json]:
        w = self.wire
        response_id, item = w.new_id("resp"), wire.assistant_message(w.new_id("item"))
        yield w.response("response.created", response_id, [])
        if transcribed:
            yield transcribed
        yield w.event("response.output_item.added", response_id=response_id, output_index=0, item=item)
        yield w.item_added(item)
        words = self._words(self.mix.transcript_words)
        yield from self._speech(words, response_id=response_id, item_id=item["id"], output_index=0, content_index=0)
        text = "".join(words)
        said = item | {"status": "completed", "content": [{"type": "output_audio", "transcript": text}]}
        yield w.item_done(said)
        yield w.event("response.output_item.done", response_id=response_id, output_index=0, item=said)
        yield w.response("response.done", response_id, [said], wire.response_usage(400))
        yield w.rate_limits()
        self.heard_ms += self.mix.audio_deltas * 200
        self.messages.append({"role": "assistant", "parts": [["text", text]]})

    def _speech(self, words: list[str], **place: Any) -> Iterator[Json]:
        w = self.wire
        text = "".join(words)
        yield w.event("response.content_part.added", **place, part={"type": "audio", "transcript": ""})
        spoken = 0
        for index in range(self.mix.audio_deltas):
            due = self._words_due(index)
            for word in words[spoken:due]:
                yield w.delta("response.output_audio_transcript.delta", word, **place)
            spoken = max(spoken, due)
            yield w.event(AUDIO_DELTA, **place, delta=self._noise.choice(self._payloads))
        yield w.event("response.output_audio.done", **place)
        yield w.event("response.output_audio_transcript.done", **place, transcript=text)
        yield w.event("response.content_part.done", **place, part={"type": "audio", "transcript": text})

    def _words_due(self, audio_index: int) -> int:
        """Words sent before this audio delta: the transcript is complete at three fifths of the audio."""
        return min(
            self.mix.transcript_words,
            1 + (audio_index + 1) * self.mix.transcript_words * 5 // (self.mix.audio_deltas * 3),
        )

    def _tool_calls(self, transcribed: Json) -> Iterator[Json]:
        w = self.wire
        response_id = w.new_id("resp")
        yield w.response("response.created", response_id, [])
        yield transcribed
        calls: list[Json] = []
        for index, tool in enumerate(wire.TOOLS):
            call = wire.function_call(w.new_id("item"), w.new_id("call"), tool["name"])
            call["arguments"] = self._arguments()
            yield from self._tool_call(call, response_id, index)
            calls.append(call | {"status": "completed"})
        yield w.response("response.done", response_id, calls, wire.response_usage(60))
        yield w.rate_limits()
        for call in calls:
            output = wire.function_call_output(w.new_id("item"), call["call_id"])
            yield w.item_added(output)
            yield w.item_done(output)
        parts = [["tool", call["name"], json.loads(call["arguments"])] for call in calls]
        self.messages.append({"role": "assistant", "parts": parts})

    def _tool_call(self, call: Json, response_id: str, output_index: int) -> Iterator[Json]:
        w = self.wire
        arguments, begun = call["arguments"], call | {"arguments": ""}
        yield w.event("response.output_item.added", response_id=response_id, output_index=output_index, item=begun)
        yield w.item_added(begun)
        place = {"response_id": response_id, "item_id": call["id"], "output_index": output_index}
        place["call_id"] = call["call_id"]
        for part in slices(arguments, self.mix.argument_deltas):
            yield w.delta("response.function_call_arguments.delta", part, **place)
        yield w.event("response.function_call_arguments.done", **place, name=call["name"], arguments=arguments)
        done = call | {"status": "completed"}
        yield w.item_done(done)
        yield w.event("response.output_item.done", response_id=response_id, output_index=output_index, item=done)

    def _words(self, count: int) -> list[str]:
        first, *rest = self.random.choices(WORDS, k=count)
        return [first, *(f" {word}" for word in rest)]

    def _arguments(self) -> str:
        date = f"2025-11-{self.random.randint(1, 28):02d}"
        return dumps({"city": self.random.choice(CITIES), "date": date, "limit": self.random.randint(1, 9)})


def slices(text: str, count: int) -> list[str]:
    cuts = [len(text) * index // count for index in range(count + 1)]
    return [text[start:end] for start, end in pairwise(cuts)]


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def frames(conversation: Conversation, turns: int, kind: Kind) -> Iterator[str]:
    """The text frames of the stream, in order. Both kinds lead to the same messages."""
    for event in conversation.events(turns):
        if kind == "full" or event["type"] != AUDIO_DELTA:
            yield dumps(event)


def digest(messages: list[Json]) -> str:
    """One hash of all messages: role, texts, tool names and inputs. Every peer computes it in this way."""
    canonical = json.dumps(messages, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
