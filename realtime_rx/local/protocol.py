"""The client's half of the OpenAI Realtime GA protocol, as closed structs: what they refuse, we refuse.

Field names, limits and unions follow `openai.types.realtime` 3.52 (`RealtimeClientEvent`). MCP tools, stored prompts
and images have no place here, so they are refused like any other value we do not know.
"""

from typing import Annotated, Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import UNSET, Meta
from msgspec import UnsetType as Unset

Json: TypeAlias = dict[str, Any]


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A struct in which an unknown field is an error."""


class Pcm(Closed, frozen=True, tag_field="type", tag="audio/pcm"):
    rate: Literal[24000] = 24000


class Pcmu(Closed, frozen=True, tag_field="type", tag="audio/pcmu"):
    pass


class Pcma(Closed, frozen=True, tag_field="type", tag="audio/pcma"):
    pass


Format: TypeAlias = Pcm | Pcmu | Pcma
Modalities: TypeAlias = Annotated[list[Literal["audio", "text"]], Meta(min_length=1, max_length=1)]
MaxTokens: TypeAlias = Annotated[int, Meta(ge=1, le=4096)] | Literal["inf"]
ItemId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=32)]
ShortText: TypeAlias = Annotated[str, Meta(max_length=512)]
Metadata: TypeAlias = Annotated[dict[Annotated[str, Meta(max_length=64)], ShortText], Meta(max_length=16)]
Milliseconds: TypeAlias = Annotated[int, Meta(ge=0)]


class FunctionTool(Closed, frozen=True, tag_field="type", tag="function"):
    name: Annotated[str, Meta(max_length=64, pattern="^[a-zA-Z0-9_-]+$")]
    description: Annotated[str, Meta(max_length=1024)] | None = None
    parameters: Json | None = None


class NamedTool(Closed, frozen=True, tag_field="type", tag="function"):
    name: str


ToolChoice: TypeAlias = Literal["none", "auto", "required"] | NamedTool


class VoiceId(Closed, frozen=True):
    id: str


Voice: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)] | VoiceId


class ServerVad(Closed, frozen=True, tag_field="type", tag="server_vad"):
    threshold: Annotated[float, Meta(ge=0, le=1)] | Unset = UNSET
    prefix_padding_ms: Milliseconds | Unset = UNSET
    silence_duration_ms: Milliseconds | Unset = UNSET
    idle_timeout_ms: Milliseconds | Unset | None = UNSET
    create_response: bool | Unset = UNSET
    interrupt_response: bool | Unset = UNSET


class SemanticVad(Closed, frozen=True, tag_field="type", tag="semantic_vad"):
    eagerness: Literal["low", "medium", "high", "auto"] | Unset = UNSET
    create_response: bool | Unset = UNSET
    interrupt_response: bool | Unset = UNSET


class Transcription(Closed, frozen=True):
    model: str | Unset = UNSET
    language: str | Unset | None = UNSET
    languages: list[str] | Unset | None = UNSET
    prompt: str | Unset | None = UNSET
    keywords: list[str] | Unset | None = UNSET
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | Unset = UNSET


class NoiseReduction(Closed, frozen=True):
    type: Literal["near_field", "far_field"] | Unset = UNSET
    strength: float | Unset = UNSET


class AudioInput(Closed, frozen=True):
    format: Format | Unset = UNSET
    noise_reduction: NoiseReduction | Unset | None = UNSET
    transcription: Transcription | Unset | None = UNSET
    turn_detection: ServerVad | SemanticVad | Unset | None = UNSET


class AudioOutput(Closed, frozen=True):
    format: Format | Unset = UNSET
    voice: Voice | Unset = UNSET
    speed: Annotated[float, Meta(ge=0.25, le=1.5)] | Unset = UNSET


class Audio(Closed, frozen=True):
    input: AudioInput | Unset = UNSET
    output: AudioOutput | Unset = UNSET


class Reasoning(Closed, frozen=True):
    effort: str | Unset | None = UNSET


class Shared(Closed, frozen=True):
    """What a session and a single response have in common."""

    instructions: str | Unset = UNSET
    output_modalities: Modalities | Unset = UNSET
    tools: list[FunctionTool] | Unset = UNSET
    tool_choice: ToolChoice | Unset = UNSET
    max_output_tokens: MaxTokens | Unset = UNSET
    parallel_tool_calls: bool | Unset = UNSET
    reasoning: Reasoning | Unset | None = UNSET
    prompt: Unset | None = UNSET


class SessionPatch(Shared, frozen=True, kw_only=True):
    type: Literal["realtime"]
    model: str | Unset = UNSET
    audio: Audio | Unset = UNSET
    include: list[Literal["item.input_audio_transcription.logprobs"]] | Unset | None = UNSET
    tracing: Literal["auto"] | Json | Unset | None = UNSET
    truncation: Literal["auto", "disabled"] | Json | Unset = UNSET


class Part(Closed, frozen=True):
    """One content part; which fields it needs depends on its type and on the role (`conversation.check`)."""

    type: Literal["input_text", "input_audio", "output_text", "output_audio"]
    text: str | Unset = UNSET
    audio: str | Unset = UNSET
    transcript: str | Unset | None = UNSET


class ItemBase(Closed, frozen=True):
    id: ItemId | Unset = UNSET
    object: Literal["realtime.item"] | Unset = UNSET
    status: Literal["completed", "incomplete", "in_progress"] | Unset = UNSET


class Message(ItemBase, frozen=True, kw_only=True, tag_field="type", tag="message"):
    role: Literal["user", "assistant", "system"]
    content: list[Part]


class FunctionCall(ItemBase, frozen=True, kw_only=True, tag_field="type", tag="function_call"):
    name: str
    arguments: str
    call_id: str | Unset = UNSET


class FunctionCallOutput(ItemBase, frozen=True, kw_only=True, tag_field="type", tag="function_call_output"):
    call_id: str
    output: str


class ItemReference(Closed, frozen=True, tag_field="type", tag="item_reference"):
    id: str


Item: TypeAlias = Message | FunctionCall | FunctionCallOutput


class ResponseAudioOutput(Closed, frozen=True):
    format: Format | Unset = UNSET
    voice: Voice | Unset = UNSET


class ResponseAudio(Closed, frozen=True):
    output: ResponseAudioOutput | Unset = UNSET


class ResponseParams(Shared, frozen=True):
    """The overrides of one `response.create`."""

    audio: ResponseAudio | Unset = UNSET
    conversation: Literal["auto", "none"] | None = "auto"
    input: list[Item | ItemReference] | Unset = UNSET
    metadata: Metadata | None = None


class Event(Closed, frozen=True, tag_field="type"):
    event_id: ShortText | None = None


class SessionUpdate(Event, frozen=True, kw_only=True, tag="session.update"):
    session: SessionPatch


class BufferAppend(Event, frozen=True, kw_only=True, tag="input_audio_buffer.append"):
    audio: str


class BufferCommit(Event, frozen=True, kw_only=True, tag="input_audio_buffer.commit"):
    pass


class BufferClear(Event, frozen=True, kw_only=True, tag="input_audio_buffer.clear"):
    pass


class OutputClear(Event, frozen=True, kw_only=True, tag="output_audio_buffer.clear"):
    pass


class ItemCreate(Event, frozen=True, kw_only=True, tag="conversation.item.create"):
    item: Item
    previous_item_id: str | None = None


class ItemDelete(Event, frozen=True, kw_only=True, tag="conversation.item.delete"):
    item_id: str


class ItemRetrieve(Event, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    item_id: str


class ItemTruncate(Event, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    item_id: str
    content_index: Annotated[int, Meta(ge=0)]
    audio_end_ms: Milliseconds


class ResponseCreate(Event, frozen=True, kw_only=True, tag="response.create"):
    response: ResponseParams | None = None


class ResponseCancel(Event, frozen=True, kw_only=True, tag="response.cancel"):
    response_id: str | None = None


ClientEvent: TypeAlias = (
    SessionUpdate
    | BufferAppend
    | BufferCommit
    | BufferClear
    | OutputClear
    | ItemCreate
    | ItemDelete
    | ItemRetrieve
    | ItemTruncate
    | ResponseCreate
    | ResponseCancel
)
CLIENT_EVENT_TYPES: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in get_args(ClientEvent))
