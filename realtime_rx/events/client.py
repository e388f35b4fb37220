"""What we say to the model, in no provider's words: OpenAI's GA protocol has the most of these verbs."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from realtime_rx.config import Modality, SessionConfig, ToolDefinition
from realtime_rx.events.base import ClientEvent
from realtime_rx.items import Item

__all__ = [
    "AppendAudio",
    "AppendImage",
    "CancelResponse",
    "ClearAudio",
    "ClearOutputAudio",
    "CommitAudio",
    "CreateItem",
    "CreateResponse",
    "DeleteItem",
    "Pong",
    "RawEvent",
    "RetrieveItem",
    "SendFeedback",
    "TruncateItem",
    "UpdateSession",
]


class UpdateSession(ClientEvent, frozen=True, tag="session-update"):
    """``resume`` is the handle of an earlier connection whose session this one goes on with."""

    config: SessionConfig
    resume: str | None = None


class AppendAudio(ClientEvent, frozen=True, tag="input-audio-append"):
    """``audio`` is sound in the session's input format."""

    audio: bytes


class AppendImage(ClientEvent, frozen=True, tag="input-image-append"):
    """One picture of a moving scene (a camera, a screen): base64 ``data``. It asks for no response."""

    data: str
    mime_type: str = "image/jpeg"


class CommitAudio(ClientEvent, frozen=True, tag="input-audio-commit"):
    """``pause``: it says that no sound follows for now, where the provider itself listens for the end of speech."""

    pause: bool = False


class ClearAudio(ClientEvent, frozen=True, tag="input-audio-clear"):
    pass


class ClearOutputAudio(ClientEvent, frozen=True, tag="output-audio-clear"):
    pass


class CreateItem(ClientEvent, frozen=True, tag="conversation-item-create"):
    """``previous_item_id`` None: at the end; ``"root"``: at the beginning."""

    item: Item
    previous_item_id: str | None = None


class DeleteItem(ClientEvent, frozen=True, tag="conversation-item-delete"):
    item_id: str


class RetrieveItem(ClientEvent, frozen=True, tag="conversation-item-retrieve"):
    item_id: str


class TruncateItem(ClientEvent, frozen=True, tag="conversation-item-truncate"):
    item_id: str
    audio_end_ms: int
    content_index: int = 0


class CreateResponse(ClientEvent, frozen=True, tag="response-create", forbid_unknown_fields=True):
    """Ask for a response. What is given overrides the session for this response alone.

    ``conversation`` ``"none"`` keeps it out of the conversation: it may run beside another, and what it says is in
    ``server_events``, not in the messages. ``options`` are merged last, as they are.
    """

    instructions: str | UnsetType = UNSET
    output_modalities: tuple[Modality, ...] | UnsetType = UNSET
    tools: tuple[ToolDefinition, ...] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    max_output_tokens: int | str | UnsetType = UNSET
    conversation: str | UnsetType = UNSET
    metadata: dict[str, str] | UnsetType = UNSET
    options: dict[str, Any] = {}


class CancelResponse(ClientEvent, frozen=True, tag="response-cancel"):
    response_id: str | None = None


class Pong(ClientEvent, frozen=True, tag="pong"):
    """The answer to a :class:`Ping`."""

    ping_id: int


class SendFeedback(ClientEvent, frozen=True, tag="feedback"):
    """Whether the user liked the last reply."""

    liked: bool


class RawEvent(ClientEvent, frozen=True, tag="custom"):
    """An event in the provider's own words, sent as it is."""

    raw: dict[str, Any]
