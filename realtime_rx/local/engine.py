"""One realtime session without a socket: client frames in (`feed`), server events out (`out`).

Rules: `feed` never raises and never waits; what the client got wrong comes out as an `error` event that names its
`event_id`. An event handed to `out` is never changed afterwards. The engine owns its tasks: whoever made it closes it.
"""

from collections.abc import Callable
from typing import Any

from . import protocol as p
from .brain import Brain
from .conversation import Conversation, decode_audio, new_entry
from .ear import Ear
from .errors import ClientError
from .pace import Pace
from .parsing import load, parse
from .protocol import Json
from .response import Stage
from .responses import Responses
from .session import default_session, merged, new_id
from .speech_input import SpeechInput, Surroundings
from .tasks import Tasks
from .transcription import Transcriber
from .vad import Vad
from .voice import Voice


class Engine:
    """`out` gets one event at a time, on the loop, in order. `session` is the patch of a client secret."""

    def __init__(
        self,
        out: Callable[[Json], None],
        *,
        brain: Brain,
        voice: Voice | None = None,
        ear: Ear | None = None,
        vad: Callable[[], Vad] | None = None,
        pace: Pace | None = None,
        model: str = "local",
        session: p.SessionPatch | None = None,
    ) -> None:
        self._out = out
        self._session = default_session(model, detects_turns=ear is not None and vad is not None)
        if session is not None:
            self._session = merged(self._session, session)
        self._has_spoken = False
        self._closed = False
        self._tasks = Tasks()
        self._conversation = Conversation()
        self._transcriber = Transcriber(self.emit, ear, lambda: self._session, self._tasks)
        stage = Stage(emit=self.emit, conversation=self._conversation, brain=brain, voice=voice, pace=pace or Pace())
        self._responses = Responses(stage, lambda: self._session, self._transcriber, self._tasks, self._check_voice)
        around = Surroundings(
            emit=self.emit,
            config=lambda: self._input,
            conversation=self._conversation,
            transcriber=self._transcriber,
            responses=self._responses,
            tasks=self._tasks,
        )
        self._hearing = SpeechInput(around, vad() if ear is not None and vad is not None else None)
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

    @property
    def _input(self) -> Json:
        return self._session["audio"]["input"]

    def open(self) -> None:
        self.emit("session.created", session=self._session)

    async def aclose(self) -> None:
        """Stop everything; nothing comes out any more. Idempotent."""
        self._closed = True
        self._hearing.close()
        await self._tasks.aclose()

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
        self._session = new
        self._hearing.configure()
        self.emit("session.updated", session=new)

    def _check_voice(self, config: Json, param: str) -> None:
        if self._has_spoken and config["audio"]["output"]["voice"] != self._session["audio"]["output"]["voice"]:
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise ClientError(message, "cannot_update_voice", param)

    def _create_item(self, event: p.ItemCreate) -> None:
        if isinstance(event.item, p.FunctionCallOutput):
            self._conversation.require_call(event.item.call_id)
        entry = new_entry(event.item, self._input["format"]["type"])
        self._conversation.add(entry, event.previous_item_id, self.emit)
        if (index := entry.unheard) is not None:
            self._transcriber.transcribe(entry, index)

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

    # ------------------------------------------------------------------ speech input and responses

    def _append(self, event: p.BufferAppend) -> None:
        self._hearing.append(decode_audio(event.audio, "audio"))

    def _commit(self, event: p.BufferCommit) -> None:
        self._hearing.commit()

    def _clear(self, event: p.BufferClear) -> None:
        self._hearing.clear()

    def _clear_output(self, event: p.OutputClear) -> None:
        raise ClientError("output_audio_buffer.clear exists over WebRTC and SIP only.", "invalid_event", "type")

    def _create_response(self, event: p.ResponseCreate) -> None:
        self._responses.create(event.response or p.ResponseParams())

    def _cancel_response(self, event: p.ResponseCancel) -> None:
        self._responses.cancel(event.response_id)
