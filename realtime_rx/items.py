"""The things a conversation is made of, in no provider's words: parts, items, usage."""

from __future__ import annotations

import base64
from typing import Any, Literal

from msgspec import Struct

__all__ = [
    "AudioPart",
    "ImagePart",
    "Item",
    "ItemStatus",
    "ItemType",
    "Part",
    "PartState",
    "RateLimit",
    "Role",
    "TextPart",
    "ToolApproval",
    "ToolPart",
    "ToolState",
    "Usage",
]

Role = Literal["user", "assistant", "system"]
PartState = Literal["streaming", "done"]
ToolState = Literal[
    "input-streaming",
    "input-available",
    "approval-requested",
    "approval-responded",
    "output-available",
    "output-error",
    "output-denied",
]
ItemStatus = Literal["in_progress", "completed", "incomplete", "failed"]
ItemType = Literal["message", "function_call", "function_call_output", "other"]


class TextPart(Struct, frozen=True, kw_only=True, gc=False, tag="text"):
    """Written words."""

    text: str = ""
    state: PartState = "done"
    content_index: int = 0


class AudioPart(Struct, frozen=True, kw_only=True, gc=False, tag="audio"):
    """Spoken words: the transcript, never the sound.

    ``heard_ms`` is how much of it reached the listener where that is known to be less than all, ``heard`` the words of
    that where the provider tells them. ``error`` says why there is no transcript.
    """

    transcript: str = ""
    heard_ms: int | None = None
    heard: str | None = None
    state: PartState = "done"
    error: str | None = None
    content_index: int = 0


class ImagePart(Struct, frozen=True, kw_only=True, gc=False, tag="image"):
    """A picture: either base64 ``data`` or a ``url``."""

    mime_type: str = "image/png"
    data: str | None = None
    url: str | None = None
    content_index: int = 0

    @classmethod
    def of(cls, image: bytes, mime_type: str = "image/png") -> ImagePart:
        """A picture made of a file's bytes."""
        return cls(mime_type=mime_type, data=base64.b64encode(image).decode())


class ToolApproval(Struct, frozen=True, kw_only=True, gc=False):
    """What a person was asked of a call, and said: ``approved`` None: nothing yet."""

    id: str
    approved: bool | None = None
    reason: str | None = None


class ToolPart(Struct, frozen=True, kw_only=True, tag="tool"):
    """One tool call and what came of it.

    ``arguments`` is the text as the model wrote it, ``input`` the same decoded. ``images`` are pictures that belong to
    the output. ``preliminary``: the tool is still at work, and this is how far it got. ``approval``: a person was asked
    whether the tool may run. ``provider_executed`` marks calls that the provider runs itself (MCP): nobody here answers
    those. The states have the names that the AI SDK gives them.
    """

    tool_name: str
    tool_call_id: str
    state: ToolState = "input-streaming"
    arguments: str = ""
    input: Any = None
    output: Any = None
    error: str | None = None
    images: tuple[ImagePart, ...] = ()
    preliminary: bool = False
    approval: ToolApproval | None = None
    provider_executed: bool = False
    content_index: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether it has been answered."""
        return self.is_failed or (self.state == "output-available" and not self.preliminary)

    @property
    def is_failed(self) -> bool:
        """Whether it has been answered with an error, a refusal included."""
        return self.state in ("output-error", "output-denied")


Part = TextPart | AudioPart | ImagePart | ToolPart


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One entry of the provider's conversation, as it described it.

    A ``function_call`` holds one :class:`ToolPart`; a ``function_call_output`` holds one whose ``output`` is the text
    that was sent. ``other`` is an entry that no reader of the conversation sees (an MCP tool list, say).
    """

    id: str
    type: ItemType = "message"
    role: Role | None = None
    status: ItemStatus | None = None
    parts: tuple[Part, ...] = ()


class RateLimit(Struct, frozen=True, kw_only=True, gc=False):
    name: str
    limit: float
    remaining: float
    reset_seconds: float = 0.0


class Usage(Struct, frozen=True, kw_only=True, gc=False):
    """Tokens, by direction and modality. ``cached_tokens`` are part of ``input_tokens``.

    ``thought_tokens`` are what the model thought without saying it, ``tool_use_tokens`` what tools that the provider
    runs itself gave it to read, where the provider counts them apart.
    """

    total_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    input_text_tokens: int = 0
    input_audio_tokens: int = 0
    input_image_tokens: int = 0
    cached_tokens: int = 0
    cached_text_tokens: int = 0
    cached_audio_tokens: int = 0
    output_text_tokens: int = 0
    output_audio_tokens: int = 0
    transcription_tokens: int = 0
    transcription_seconds: float = 0.0
    thought_tokens: int = 0
    tool_use_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})

    def __sub__(self, other: Usage) -> Usage:
        return Usage(**{name: getattr(self, name) - getattr(other, name) for name in self.__struct_fields__})
