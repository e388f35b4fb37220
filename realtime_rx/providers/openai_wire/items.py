"""Items, parts and usage as the OpenAI Realtime protocol writes them, and what they mean."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from realtime_rx.items import (
    AudioPart,
    ImagePart,
    Item,
    ItemStatus,
    Part,
    PartState,
    Role,
    TextPart,
    ToolPart,
    Usage,
)

TEXT = frozenset({"text", "input_text", "output_text"})
AUDIO = frozenset({"audio", "input_audio", "output_audio"})
ROLES: dict[str | None, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
STATUSES: dict[str | None, ItemStatus] = {
    "in_progress": "in_progress",
    "completed": "completed",
    "incomplete": "incomplete",
    "failed": "failed",
}


class WireContent(Struct, frozen=True):
    """A content part. ``response.content_part.*`` says ``text``/``audio`` where items say ``output_text``/…"""

    type: str
    text: str | None = None
    transcript: str | None = None
    image_url: str | None = None

    def part(self, index: int, *, state: PartState) -> Part | None:
        """The part, or None for a kind that we do not know."""
        if self.type in TEXT:
            return TextPart(text=self.text or "", state=state, content_index=index)
        if self.type in AUDIO:
            return AudioPart(transcript=self.transcript or "", state=state, content_index=index)
        if self.type == "input_image":
            return image_part(self.image_url or "", index)
        return None


def image_part(url: str, index: int) -> ImagePart:
    """A picture from its URL; a data URL is taken apart."""
    head, comma, data = url.partition(";base64,")
    if comma and head.startswith("data:"):
        return ImagePart(mime_type=head.removeprefix("data:"), data=data, content_index=index)
    return ImagePart(url=url, content_index=index)


class WireItem(Struct, frozen=True):
    """A conversation item. xAI leaves ``content`` out, gives calls the roles ``user`` and ``tool``, and may have the id
    beside the item."""

    id: str = ""
    type: str = "message"
    role: str | None = None
    status: str | None = None
    content: list[WireContent] | None = None
    name: str | None = None
    call_id: str | None = None
    arguments: str | None = None
    output: Any = None
    error: Any = None

    def item(self) -> Item:
        status = STATUSES.get(self.status)
        match self.type:
            case "message":
                return Item(id=self.id, role=ROLES.get(self.role), status=status, parts=self._parts())
            case "function_call":
                part = self._call(provider_executed=False)
                return Item(id=self.id, type="function_call", status=status, parts=(part,))
            case "mcp_call":
                part = self._mcp_call()
                return Item(id=self.id, type="function_call", status=status, parts=(part,))
            case "function_call_output":
                return Item(id=self.id, type="function_call_output", status=status, parts=(self._output(),))
            case _:
                return Item(id=self.id, type="other", status=status)

    def _parts(self) -> tuple[Part, ...]:
        parts = (content.part(i, state=self._state(content)) for i, content in enumerate(self.content or ()))
        return tuple(part for part in parts if part is not None)

    def _state(self, content: WireContent) -> PartState:
        """What a user said aloud is open until its transcript is there; the rest until the item is over."""
        if content.type == "input_audio":
            return "done" if content.transcript is not None else "streaming"
        return "streaming" if self.status == "in_progress" else "done"

    def _call(self, *, provider_executed: bool) -> ToolPart:
        return ToolPart(
            tool_name=self.name or "",
            tool_call_id=self.call_id or self.id,
            arguments=self.arguments or "",
            provider_executed=provider_executed,
        )

    def _output(self) -> ToolPart:
        call_id = self.call_id or ""
        return ToolPart(tool_name="", tool_call_id=call_id, state="output-available", output=self.output)

    def _mcp_call(self) -> ToolPart:
        """A call that the provider runs: its output is in its item."""
        call = self._call(provider_executed=True)
        if self.error is not None:
            return ToolPart(
                tool_name=call.tool_name,
                tool_call_id=call.tool_call_id,
                state="output-error",
                arguments=call.arguments,
                error=str(self.error),
                provider_executed=True,
            )
        if self.output is None:
            return call
        return ToolPart(
            tool_name=call.tool_name,
            tool_call_id=call.tool_call_id,
            state="output-available",
            arguments=call.arguments,
            output=self.output,
            provider_executed=True,
        )


class WireCached(Struct, frozen=True):
    text_tokens: int = 0
    audio_tokens: int = 0


class WireTokens(Struct, frozen=True):
    text_tokens: int = 0
    audio_tokens: int = 0
    image_tokens: int = 0
    cached_tokens: int = 0
    cached_tokens_details: WireCached | None = None


class WireUsage(Struct, frozen=True):
    total_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    input_token_details: WireTokens | None = None
    output_token_details: WireTokens | None = None

    def usage(self) -> Usage:
        given = self.input_token_details or WireTokens()
        made = self.output_token_details or WireTokens()
        cached = given.cached_tokens_details or WireCached()
        return Usage(
            total_tokens=self.total_tokens,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            input_text_tokens=given.text_tokens,
            input_audio_tokens=given.audio_tokens,
            input_image_tokens=given.image_tokens,
            cached_tokens=given.cached_tokens,
            cached_text_tokens=cached.text_tokens,
            cached_audio_tokens=cached.audio_tokens,
            output_text_tokens=made.text_tokens,
            output_audio_tokens=made.audio_tokens,
        )


class WireTranscriptionUsage(Struct, frozen=True):
    """``type`` is ``tokens`` or ``duration``."""

    type: str = "tokens"
    total_tokens: int = 0
    seconds: float = 0.0

    def usage(self) -> Usage:
        return Usage(transcription_tokens=self.total_tokens, transcription_seconds=self.seconds)
