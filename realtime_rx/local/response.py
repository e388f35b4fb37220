"""One response, from `response.created` to `response.done`.

Whatever ends it (the brain is done, a cancel, a failure) closes the open item and emits `response.done` at once and in
one go, so a client that cancels and asks again finds the way free.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .brain import Brain, ToolCall, Turn, arguments_json, history, think
from .conversation import BYTES_PER_SECOND, Conversation, Entry
from .errors import SpeechError
from .output import CallOutput, Emit, MessageOutput, new_item
from .pace import Pace, Pacer
from .protocol import Json
from .session import new_id
from .usage import RATE_LIMITS, usage
from .voice import Voice, Word, sentences, tokens

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every response of a session works with."""

    emit: Emit
    conversation: Conversation
    brain: Brain
    voice: Voice | None
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What this one response was asked for: the session's configuration with the client's overrides in it."""

    config: Json
    context: Sequence[Entry]
    in_conversation: bool = True
    metadata: Json | None = None
    asked: str = ""

    @property
    def spoken(self) -> bool:
        return self.config["output_modalities"] == ["audio"]

    @property
    def audio(self) -> Json:
        return self.config["audio"]["output"]

    def turn(self) -> Turn:
        config = self.config
        return Turn(
            history=history(entry.item for entry in self.context),
            instructions=config["instructions"],
            tools=config["tools"],
            tool_choice=config["tool_choice"],
            asked=self.asked,
        )


class Response:
    """A running response. `on_done` is called once, right before `response.done` goes out."""

    def __init__(self, stage: Stage, plan: Plan, on_done: Callable[["Response"], None]) -> None:
        self.id = new_id("resp")
        self.plan = plan
        self._stage = stage
        self._on_done = on_done
        self._outputs: list[Entry] = []
        self._open: MessageOutput | None = None
        self._pacer = Pacer(stage.pace)
        self._spoken_ms = 0.0
        self._words_left = float(plan.config["max_output_tokens"])
        self._done = False

    def start(self) -> None:
        self._stage.emit("response.created", response=self._as_json("in_progress", None, None))
        self._stage.emit("rate_limits.updated", rate_limits=list(RATE_LIMITS))

    async def run(self, pending: Sequence[asyncio.Task[None]]) -> None:
        """Think and perform; waits first for transcriptions that are still under way. Never raises but on cancel."""
        try:
            if pending:
                await asyncio.wait(pending)
            for part in await think(self._stage.brain, self.plan.turn()):
                await self._perform(part)
        except Exception as error:  # a brain is anybody's code: its failure is this response's, not the session's
            log.exception("response %s failed", self.id)
            self._fail(error)
        else:
            self._complete()

    def stop(self, reason: str) -> None:
        """End as `cancelled`; `reason` is "client_cancelled" or "turn_detected". The caller cancels the task."""
        self._close("incomplete")
        self._pacer = Pacer(self._stage.pace)  # a player that is interrupted does not play on
        self._finish("cancelled", {"type": "cancelled", "reason": reason})

    @property
    def unplayed_ms(self) -> float:
        """How long its sound goes on at a client that played it from its first delta on."""
        return 1000 * self._pacer.unplayed

    def _complete(self) -> None:
        cut = self._words_left < 0
        details: Json | None = {"type": "incomplete", "reason": "max_output_tokens"} if cut else None
        self._finish("incomplete" if cut else "completed", details)

    def _fail(self, error: Exception) -> None:
        self._close("incomplete")
        code = "speech_failed" if isinstance(error, SpeechError) else "brain_failed"
        message = f"{type(error).__name__}: {error}"
        self._finish("failed", {"type": "failed", "error": {"type": "server_error", "code": code, "message": message}})

    def _finish(self, status: str, details: Json | None) -> None:
        if self._done:
            return
        self._done = True
        self._on_done(self)
        counted = usage(self.plan.config["instructions"], self.plan.context, self._outputs)
        self._stage.emit("response.done", response=self._as_json(status, details, counted))

    def _close(self, status: str) -> None:
        if self._open is not None:
            self._open.close(status)
            self._open = None

    def _as_json(self, status: str, details: Json | None, counted: Json | None) -> Json:
        audio = {key: self.plan.audio[key] for key in ("format", "voice")}
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [entry.item for entry in self._outputs],
            "conversation_id": self._stage.conversation.id if self.plan.in_conversation else None,
            "output_modalities": self.plan.config["output_modalities"],
            "max_output_tokens": self.plan.config["max_output_tokens"],
            "audio": {"output": audio},
            "usage": counted,
            "metadata": self.plan.metadata,
        }

    # ------------------------------------------------------------------ output items

    async def _perform(self, part: str | ToolCall) -> None:
        if self._words_left < 0:
            return
        if isinstance(part, ToolCall):
            self._call(part)
        elif text := part.strip():
            await self._say(text)

    def _call(self, call: ToolCall) -> None:
        entry = Entry(new_item("function_call", name=call.name, call_id=new_id("call"), arguments=""))
        output = CallOutput(
            emit=self._stage.emit,
            response_id=self.id,
            output_index=len(self._outputs),
            conversation=self._stage.conversation if self.plan.in_conversation else None,
            entry=entry,
        )
        self._outputs.append(entry)
        output.stream(arguments_json(call))
        output.done()

    async def _say(self, text: str) -> None:
        entry = Entry(new_item("message", role="assistant", content=[]), format=self.plan.audio["format"]["type"])
        message = MessageOutput(
            emit=self._stage.emit,
            response_id=self.id,
            output_index=len(self._outputs),
            conversation=self._stage.conversation if self.plan.in_conversation else None,
            entry=entry,
            spoken=self.plan.spoken,
        )
        self._outputs.append(entry)
        message.open()
        self._open, self._spoken_ms = message, 0.0
        for sentence in sentences(self._affordable(text)):
            await self._deliver(message, sentence)
        self._close("incomplete" if self._words_left < 0 else "completed")

    def _affordable(self, text: str) -> str:
        """As many words of `text` as `max_output_tokens` leaves; a negative rest says that some were cut."""
        words = tokens(text)
        allowed = words[: int(min(len(words), self._words_left))]
        self._words_left -= len(words)
        return "".join(allowed)

    async def _deliver(self, message: MessageOutput, sentence: str) -> None:
        if self.plan.spoken and self._stage.voice is not None:
            await self._speak(message, sentence, self._stage.voice)
            return
        for word in tokens(sentence):
            message.write(word)
            await asyncio.sleep(self._stage.pace.word)

    async def _speak(self, message: MessageOutput, sentence: str, voice: Voice) -> None:
        """Sound in paced deltas, each word's transcript just before the delta in which it starts to sound."""
        audio = self.plan.audio
        audio_format = audio["format"]["type"]
        uttered = await voice.say(sentence, audio["voice"], audio["speed"], audio_format)
        rate = BYTES_PER_SECOND[audio_format]
        size = max(2, int(rate * self._stage.pace.chunk) // 2 * 2)
        words = list(uttered.words)
        for at in range(0, len(uttered.sound), size):
            chunk = uttered.sound[at : at + size]
            await self._pacer.send(len(chunk) / rate)
            self._write_until(message, words, 1000 * (at + size) / rate)
            message.sound(chunk)
        self._write_until(message, words, float("inf"))
        self._spoken_ms += 1000 * len(uttered.sound) / rate

    def _write_until(self, message: MessageOutput, words: list[Word], end_ms: float) -> None:
        while words and words[0].at_ms < end_ms:
            word = words.pop(0)
            message.write(word.text, self._spoken_ms + word.at_ms)
