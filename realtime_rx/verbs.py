"""What one can say to a session. Each verb dispatches an event and returns at once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from reactivex import Observable

from realtime_rx.abc import Provider
from realtime_rx.config import SessionConfig, checked
from realtime_rx.errors import ConfigurationError, NotConnectedError, RealtimeErrorInfo, ToolError
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    CancelRequested,
    ClearAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    EventSubmitted,
    InterruptRequested,
    LocalEvent,
    PlaybackStopRequested,
    RawEvent,
    ResponseRequested,
    RetrieveItem,
    SendFeedback,
    ToolApproved,
    ToolFailed,
    ToolRejected,
    ToolReturned,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.items import ImagePart, Item, Part, TextPart
from realtime_rx.reducer.requests import GONE
from realtime_rx.sound import Sound
from realtime_rx.store import Store
from realtime_rx.tools import check_tools, result_of
from realtime_rx.vault import Vault

__all__ = ["Verbs"]

E = TypeVar("E", bound=ClientEvent)

SHORTEST_COMMIT_MS = 100.0
"""OpenAI refuses to commit less."""


class Verbs:
    """The verbs over a store. ``send_now`` is the way past the store, for sound: it changes no state."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float],
        send_now: Callable[[ClientEvent], None],
        sound: Sound,
        vault: Vault,
    ) -> None:
        self._store = store
        self._clock = clock
        self._send_now = send_now
        self._sound = sound
        self._vault = vault

    @property
    def provider(self) -> Provider:
        """Who is talked to."""
        raise NotImplementedError

    # What happened on our side

    @property
    def local_events(self) -> Observable[LocalEvent]:
        """Everything that happened on our side, after the state that it led to: verbs, tools, sockets, sound."""
        return self._store.local_events

    def dispatch(self, event: LocalEvent) -> None:
        """Let this have happened, as a replay does: the verbs dispatch such events themselves."""
        self._store.dispatch(event)

    # Speaking and hearing

    def start_audio_capture(self) -> None:
        """Let the model hear the microphone. A microphone that fails is an error in the state."""
        self._need_connection("start_audio_capture")
        self._sound.start_capture()

    def stop_audio_capture(self) -> None:
        """Let the model hear no more, and answer what it has heard. May be called at any time."""
        self._sound.stop_capture()

    def start_listening(self) -> None:
        """Push to talk: the key is down. What was playing is interrupted."""
        self._need_connection("start_listening")
        self.interrupt()
        self._sound.start_capture()

    def stop_listening(self) -> None:
        """Push to talk: the key is up. What was said is committed and answered; less than 100 ms is forgotten.

        Who takes no commits hears silence instead, and ends the turn by itself.
        """
        self._sound.stop_capture(self._answer_speech)

    def _answer_speech(self, captured_ms: float) -> None:
        state = self._store.state
        if state.status in GONE or not state.capabilities.manual_turns:
            return
        if captured_ms < SHORTEST_COMMIT_MS:  # or what was said went down with its connection
            self.clear_audio_buffer()
            return
        self.commit_audio()
        self.request_response()

    def stop_playback(self) -> None:
        """Be silent now; the response goes on in writing."""
        self._store.dispatch(PlaybackStopRequested(at=self._clock()))

    # Talking

    def send_text_message(self, text: str, *, id: str | None = None, respond: bool = True) -> str:
        """Say something in writing and, unless told otherwise, ask for a response. Gives the message's id.

        The message is in the state at once, under ``id`` where given (at most 32 characters for OpenAI).
        """
        return self._send_message("send_text_message", (TextPart(text=typed(text)),), id, respond)

    def send_image(
        self,
        data: str | None = None,
        *,
        url: str | None = None,
        mime_type: str = "image/png",
        text: str | None = None,
        id: str | None = None,
        respond: bool = True,
    ) -> str:
        """Show a picture: base64 ``data`` or a ``url``, with words or without."""
        if (data is None) == (url is None):
            raise ConfigurationError("send_image() takes either base64 data or a url")
        if not self.provider.capabilities.image_input:
            raise ConfigurationError(f"{self.provider.id} takes no pictures")
        words: tuple[Part, ...] = (TextPart(text=typed(text)),) if text is not None else ()
        image = ImagePart(mime_type=mime_type, data=data, url=url, content_index=len(words))
        return self._send_message("send_image", (*words, image), id, respond)

    def _send_message(self, verb: str, parts: tuple[Part, ...], message_id: str | None, respond: bool) -> str:
        item = Item(id=message_id or f"msg_{secrets.token_hex(12)}", role="user", parts=parts)
        self._submit(verb, CreateItem(item, event_id=item.id))
        if respond:
            self.request_response()
        return item.id

    def send_video_frame(self, data: str, *, mime_type: str = "image/jpeg") -> None:
        """Let the model see one picture of a moving scene: base64 ``data``. It asks for no response."""
        if not self.provider.capabilities.video_input:
            raise ConfigurationError(f"{self.provider.id} takes no video")
        self._submit("send_video_frame", AppendImage(data, mime_type))

    def send_feedback(self, *, liked: bool) -> None:
        """Tell the provider whether the user liked the last reply, where it wants to know."""
        self._submit("send_feedback", SendFeedback(liked))

    def send_audio(self, audio: bytes) -> None:
        """Let the model hear this sound, in the session's input format."""
        self._need_connection("send_audio")
        self._send_now(AppendAudio(audio))

    def commit_audio(self) -> None:
        """Make what was sent as sound a user message. Only where turn detection is disabled."""
        self._submit("commit_audio", CommitAudio())

    def clear_audio_buffer(self) -> None:
        """Forget the sound that was sent and is not yet a message."""
        self._submit("clear_audio_buffer", ClearAudio())

    def request_response(self, request: CreateResponse | None = None, /, **options: Any) -> None:
        """Ask for a response; ``options`` are the fields of :class:`CreateResponse`. Waits for the active one's end."""
        self._need_connection("request_response")
        asked = sendable(request or checked(CreateResponse, options))
        self._store.dispatch(ResponseRequested(self._vault.hidden(asked), at=self._clock()))

    def cancel_response(self, response_id: str | None = None) -> None:
        """Cancel this response, or the active one, which has no more tools run. What waits for its end is not asked."""
        self._need_connection("cancel_response")
        self._store.dispatch(CancelRequested(response_id, at=self._clock()))

    def interrupt(self) -> None:
        """Be silent now: stop what is played, cancel the active response, drop what still comes of it.

        What waits is not asked. A tool at work goes on, and the model is told its output without being asked to speak;
        a provider that goes on from outputs by itself does so.
        """
        self._need_connection("interrupt")
        self._store.dispatch(InterruptRequested(at=self._clock()))

    def add_tool_output(self, call_id: str, output: Any = None, *, error: str | None = None) -> None:
        """Answer a tool call, once: with anything that is JSON, or with what went wrong."""
        self._need_connection("add_tool_output")
        at = self._clock()
        if error is not None:
            info = RealtimeErrorInfo.of(ToolError(error), at=at)
            self._store.dispatch(ToolFailed(call_id, info, at=at))
        else:
            result = result_of(output, call_id)
            self._store.dispatch(ToolReturned(call_id, result.output, result.images, at=at))

    def approve(self, call_id: str) -> None:
        """Let a tool run that waits for approval. Of several words on a call the first one counts."""
        self._need_connection("approve")
        self._store.dispatch(ToolApproved(call_id, at=self._clock()))

    def reject(self, call_id: str, reason: str | None = None) -> None:
        """Do not let a tool run that waits for approval; the model is told so, and why."""
        self._need_connection("reject")
        self._store.dispatch(ToolRejected(call_id, reason, at=self._clock()))

    def update_session(self, config: SessionConfig | Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Change settings: those given, the rest stays. Before ``connect()`` they are kept for it."""
        given = SessionConfig.of(config).merged(SessionConfig.of(fields))
        check_tools(given, self.provider)
        update = sendable(UpdateSession(given, event_id=f"update_{secrets.token_hex(8)}"))
        self._store.dispatch(EventSubmitted(self._vault.hidden(update), at=self._clock()))

    def delete_item(self, item_id: str) -> None:
        """Remove an item from the conversation."""
        self._submit("delete_item", DeleteItem(item_id))

    def retrieve_item(self, item_id: str) -> None:
        """Ask how the provider has an item; the answer updates its message."""
        self._submit("retrieve_item", RetrieveItem(item_id))

    def truncate_item(self, item_id: str, audio_end_ms: int, content_index: int = 0) -> None:
        """Tell the model that only the first ``audio_end_ms`` of what it said was heard."""
        self._submit("truncate_item", TruncateItem(item_id, audio_end_ms, content_index))

    def send_event(self, event: Mapping[str, Any]) -> None:
        """Send an event in the provider's own words, as it is."""
        if not isinstance(event.get("type"), str):
            raise ConfigurationError("send_event() takes an event with a 'type'")
        self._submit("send_event", sendable(RawEvent(dict(event))))

    def _submit(
        self,
        verb: str,
        event: CreateItem
        | CommitAudio
        | ClearAudio
        | DeleteItem
        | RetrieveItem
        | TruncateItem
        | AppendImage
        | SendFeedback
        | RawEvent,
    ) -> None:
        self._need_connection(verb)
        self._store.dispatch(EventSubmitted(event, at=self._clock()))

    def _need_connection(self, verb: str) -> None:
        if self._store.state.status in GONE:
            raise NotConnectedError(f"{verb} needs a connection: call connect() first")


def sendable(event: E) -> E:
    """The event, where all of it is JSON. Raises :class:`ConfigurationError` in the caller's face, not on the wire."""
    try:
        msgspec.json.encode(event)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ConfigurationError(f"{event.type} is not JSON: {error}") from error
    return event


def typed(text: str) -> str:
    """The text as JSON can hold it: half an emoji, where a browser cut one in two, becomes a question mark."""
    return text.encode(errors="replace").decode()
