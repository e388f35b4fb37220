"""One realtime session without a socket: client frames in (`feed`), server events out (`out`).

Rules: `feed` never raises and never waits; what the client got wrong comes out as an `error` event that names its
`event_id`. An event handed to `out` is never changed afterwards. The engine owns its tasks: whoever made it closes it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from . import protocol as p
from .brain import Brain
from .conversation import BYTES_PER_SECOND, KEPT_SECONDS, Conversation, Entry, decode_audio, new_entry
from .ear import Ear
from .errors import ClientError
from .pace import Pace
from .parsing import load, parse
from .protocol import Json
from .response import Plan, Response, Stage
from .session import check_tool_choice, default_session, merged, new_id, with_output
from .voice import Voice

log = logging.getLogger(__name__)
SHORTEST_COMMIT_MS = 100


class Engine:
    """`out` gets one event at a time, on the loop, in order. `session` is the patch of a client secret."""

    def __init__(
        self,
        out: Callable[[Json], None],
        *,
        brain: Brain,
        voice: Voice | None = None,
        ear: Ear | None = None,
        pace: Pace | None = None,
        model: str = "local",
        session: p.SessionPatch | None = None,
    ) -> None:
        self._out = out
        self._ear = ear
        self._conversation = Conversation()
        self._stage = Stage(
            emit=self.emit, conversation=self._conversation, brain=brain, voice=voice, pace=pace or Pace()
        )
        self._session = default_session(model)
        if session is not None:
            self._session = merged(self._session, session)
        self._buffer = bytearray()
        self._responses: dict[str, tuple[Response, asyncio.Task[None]]] = {}
        self._hearing: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_spoken = False
        self._closed = False
        self._handlers: dict[type[p.ClientEvent], Callable[[Any], None]] = {
            p.SessionUpdate: self._update_session,
            p.BufferAppend: self._append,
            p.BufferCommit: self._commit,
            p.BufferClear: self._clear,
            p.OutputClear: self._clear_output,
            p.ItemCreate: self._create_item,
            p.ItemDelete: self._delete_item,
            p.ItemRetrieve: self._retrieve_item,
            p.ItemTruncate: self._truncate_item,
            p.ResponseCreate: self._create_response,
            p.ResponseCancel: self._cancel_response,
        }

    @property
    def session(self) -> Json:
        """The configuration in force, as the last `session.created` or `session.updated` told it."""
        return self._session

    def open(self) -> None:
        self.emit("session.created", session=self._session)

    async def aclose(self) -> None:
        """Stop everything; nothing comes out any more. Idempotent."""
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def emit(self, kind: str, **fields: Any) -> None:
        if not self._closed:
            self._has_spoken = self._has_spoken or kind == "response.output_audio.delta"
            self._out({"type": kind, "event_id": new_id("event"), **fields})

    def feed(self, frame: str | bytes) -> None:
        """One client frame, as text or as UTF-8 bytes."""
        raw: Json = {}
        try:
            raw = load(frame)
            event = parse(raw)
            self._handlers[type(event)](event)
        except ClientError as error:
            event_id = raw.get("event_id")
            self._refuse(error, event_id if isinstance(event_id, str) else None)

    def _refuse(self, error: ClientError, event_id: str | None) -> None:
        self.emit(
            "error",
            error={
                "type": error.kind,
                "code": error.code,
                "message": error.message,
                "param": error.param,
                "event_id": event_id,
            },
        )

    # ------------------------------------------------------------------ session and items

    def _update_session(self, event: p.SessionUpdate) -> None:
        new = merged(self._session, event.session)
        self._check_voice(new, "session.audio.output.voice")
        if new["audio"]["input"]["format"] != self._input["format"]:
            self._buffer.clear()  # bytes of the old format would be noise in the new one
        self._session = new
        self.emit("session.updated", session=new)

    def _check_voice(self, config: Json, param: str) -> None:
        if self._has_spoken and config["audio"]["output"]["voice"] != self._session["audio"]["output"]["voice"]:
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise ClientError(message, "cannot_update_voice", param)

    def _create_item(self, event: p.ItemCreate) -> None:
        if isinstance(event.item, p.FunctionCallOutput):
            self._conversation.require_call(event.item.call_id)
        self._add(new_entry(event.item, self._input["format"]["type"]), event.previous_item_id)

    def _add(self, entry: Entry, after: str | None) -> None:
        previous = self._conversation.insert(entry, after)
        self.emit("conversation.item.added", previous_item_id=previous, item=entry.item)
        self.emit("conversation.item.done", previous_item_id=previous, item=entry.item)
        if (index := entry.unheard) is not None:
            self._hearing.add(task := self._spawn(self._transcribe(entry, index)))
            task.add_done_callback(self._hearing.discard)

    def _delete_item(self, event: p.ItemDelete) -> None:
        self._conversation.delete(event.item_id)
        self.emit("conversation.item.deleted", item_id=event.item_id)

    def _retrieve_item(self, event: p.ItemRetrieve) -> None:
        entry = self._conversation.get(event.item_id, "retrieve")
        self.emit("conversation.item.retrieved", item=entry.with_audio())

    def _truncate_item(self, event: p.ItemTruncate) -> None:
        entry = self._conversation.get(event.item_id, "truncate")
        entry.truncate(event.content_index, event.audio_end_ms)
        self.emit(
            "conversation.item.truncated",
            item_id=event.item_id,
            content_index=event.content_index,
            audio_end_ms=event.audio_end_ms,
        )

    # ------------------------------------------------------------------ speech input

    @property
    def _input(self) -> Json:
        return self._session["audio"]["input"]

    def _append(self, event: p.BufferAppend) -> None:
        if self._ear is None and self._input["turn_detection"] is not None and not self._buffer:
            log.warning("audio comes in, but nothing here detects turns: end them with input_audio_buffer.commit")
        self._buffer += decode_audio(event.audio, "audio")
        most = KEPT_SECONDS * BYTES_PER_SECOND[self._input["format"]["type"]]
        del self._buffer[: max(0, len(self._buffer) - most)]  # the oldest: a microphone may stay open for hours

    def _clear(self, event: p.BufferClear) -> None:
        self._buffer.clear()
        self.emit("input_audio_buffer.cleared")

    def _clear_output(self, event: p.OutputClear) -> None:
        raise ClientError("output_audio_buffer.clear exists over WebRTC and SIP only.", "invalid_event", "type")

    def _commit(self, event: p.BufferCommit) -> None:
        audio_format = self._input["format"]["type"]
        held_ms = 1000 * len(self._buffer) / BYTES_PER_SECOND[audio_format]
        if held_ms < SHORTEST_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {held_ms:.2f}ms of audio."
            )
            raise ClientError(message, "input_audio_buffer_commit_empty")
        content = [{"type": "input_audio", "transcript": None}]
        item: Json = {"id": new_id("item"), "object": "realtime.item", "type": "message", "status": "completed"}
        entry = Entry({**item, "role": "user", "content": content}, format=audio_format)
        entry.hear(bytes(self._buffer))
        self._buffer.clear()
        self.emit("input_audio_buffer.committed", item_id=entry.id, previous_item_id=self._conversation.last_id)
        self._add(entry, None)

    async def _transcribe(self, entry: Entry, index: int) -> None:
        """Put the words of a spoken item into it, and tell them when the session asked for transcription."""
        here: Json = {"item_id": entry.id, "content_index": index}
        wanted: Json | None = self._input["transcription"]
        try:
            if self._ear is None:
                raise ClientError("This server has no speech recogniser: send text.", "no_recogniser")
            language = wanted.get("language") if wanted else None
            text = await self._ear.transcribe(bytes(entry.audio), entry.format, language)
        except Exception as error:  # an ear is anybody's code: its failure is this item's, not the session's
            code = error.code if isinstance(error, ClientError) else "transcription_failed"
            log.warning("item %s was not transcribed: %s", entry.id, error)
            failure = {"type": "server_error", "code": code, "message": str(error)}
            self.emit("conversation.item.input_audio_transcription.failed", **here, error=failure)
            return
        entry.transcribe(index, text)
        if wanted is not None:
            kind = "conversation.item.input_audio_transcription"
            usage = {"type": "duration", "seconds": round(entry.audio_ms / 1000, 2)}
            self.emit(f"{kind}.delta", **here, delta=text)
            self.emit(f"{kind}.completed", **here, transcript=text, usage=usage)

    # ------------------------------------------------------------------ responses

    def _create_response(self, event: p.ResponseCreate) -> None:
        plan = self._plan(event.response or p.ResponseParams())
        if plan.in_conversation and (active := self._active()):
            message = f"Conversation already has an active response in progress: {active[0].id}. Wait for its end."
            raise ClientError(message, "conversation_already_has_active_response")
        response = Response(self._stage, plan, self._forget)
        response.start()
        self._responses[response.id] = response, self._spawn(response.run(tuple(self._hearing)))

    def _active(self) -> tuple[Response, asyncio.Task[None]] | None:
        """The response that writes into the conversation: there is one at most."""
        return next((pair for pair in self._responses.values() if pair[0].plan.in_conversation), None)

    def _forget(self, response: Response) -> None:
        self._responses.pop(response.id, None)

    def _plan(self, params: p.ResponseParams) -> Plan:
        overrides: Json = msgspec.to_builtins(params)
        output = with_output(self._session["audio"]["output"], overrides.get("audio", {}).get("output", {}))
        config: Json = {**self._session, **overrides, "audio": {**self._session["audio"], "output": output}}
        check_tool_choice(config, "response.tool_choice")
        self._check_voice(config, "response.audio.output.voice")
        return Plan(
            config=config,
            context=self._context(params),
            in_conversation=params.conversation != "none",
            metadata=params.metadata,
            asked=overrides.get("instructions", ""),
        )

    def _context(self, params: p.ResponseParams) -> tuple[Entry, ...]:
        """The items a response sees: the conversation, or what came with the response."""
        if isinstance(params.input, msgspec.UnsetType):
            return tuple(self._conversation)
        return tuple(
            self._conversation.get(item.id, "retrieve")
            if isinstance(item, p.ItemReference)
            else new_entry(item, self._input["format"]["type"], f"response.input[{index}]")
            for index, item in enumerate(params.input)
        )

    def _cancel_response(self, event: p.ResponseCancel) -> None:
        found = self._responses.get(event.response_id) if event.response_id else self._active()
        if found is None:
            raise ClientError("Cancellation failed: no active response found", "response_cancel_not_active")
        response, task = found
        response.stop("client_cancelled")
        task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
