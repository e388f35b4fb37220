"""What a session can be asked to be, in no provider's words. What is not given is left to the provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType, field, structs

from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import AudioFormat

__all__ = ["checked", "SessionConfig", "ToolDefinition", "Transcription", "TurnDetection"]

S = TypeVar("S", bound=Struct)

Modality = Literal["text", "audio"]
Eagerness = Literal["low", "medium", "high", "auto"]


class TurnDetection(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who decides when the user's turn is over.

    ``server_vad`` listens for silence, ``semantic_vad`` for the end of a thought, ``disabled`` leaves it to
    ``commit_audio()`` and ``request_response()`` (push-to-talk). Times are milliseconds; ``threshold`` is 0 to 1.
    """

    type: Literal["server_vad", "semantic_vad", "disabled"] = "server_vad"
    threshold: float | UnsetType = UNSET
    prefix_padding_ms: int | UnsetType = UNSET
    silence_duration_ms: int | UnsetType = UNSET
    idle_timeout_ms: int | UnsetType | None = UNSET
    eagerness: Eagerness | UnsetType = UNSET
    create_response: bool | UnsetType = UNSET
    interrupt_response: bool | UnsetType = UNSET

    @classmethod
    def disabled(cls) -> TurnDetection:
        return cls(type="disabled")

    @classmethod
    def semantic(cls, eagerness: Eagerness | UnsetType = UNSET, **options: Any) -> TurnDetection:
        return cls(type="semantic_vad", eagerness=eagerness, **options)

    @classmethod
    def server(cls, **options: Any) -> TurnDetection:
        return cls(type="server_vad", **options)


class Transcription(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the user's speech is written down. ``model`` is the provider's name of it."""

    model: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    prompt: str | UnsetType = UNSET


def no_parameters() -> dict[str, Any]:
    """The JSON schema of a tool that takes nothing."""
    return {"type": "object", "properties": {}}


class ToolDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model is told of a tool. ``parameters`` is a JSON schema of type object."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=no_parameters)


class SessionConfig(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The whole of a session's settings; every field is optional and None means "off" where that makes sense.

    ``provider_options`` are merged last into what the provider is sent, key by key, so anything that this type does
    not know can still be said. Keys and tokens in them (an MCP server's ``authorization`` or ``headers``) reach the
    provider and stay out of the session's state, which has marks for them: with a saved state they are given again.
    """

    instructions: str | UnsetType = UNSET
    voice: str | UnsetType = UNSET
    speed: float | UnsetType = UNSET
    output_modalities: tuple[Modality, ...] | UnsetType = UNSET
    input_format: AudioFormat | UnsetType = UNSET
    output_format: AudioFormat | UnsetType = UNSET
    transcription: Transcription | UnsetType | None = UNSET
    noise_reduction: Literal["near_field", "far_field"] | UnsetType | None = UNSET
    turn_detection: TurnDetection | UnsetType = UNSET
    tools: tuple[ToolDefinition, ...] | UnsetType = UNSET
    tool_choice: str | dict[str, Any] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    temperature: float | UnsetType = UNSET
    max_output_tokens: int | Literal["inf"] | UnsetType = UNSET
    truncation: str | dict[str, Any] | UnsetType = UNSET
    prompt: dict[str, Any] | UnsetType | None = UNSET
    tracing: str | dict[str, Any] | UnsetType | None = UNSET
    include: tuple[str, ...] | UnsetType | None = UNSET
    provider_options: dict[str, Any] = {}

    @property
    def is_push_to_talk(self) -> bool:
        """Whether it is the user who says when they have spoken."""
        return isinstance(self.turn_detection, TurnDetection) and self.turn_detection.type == "disabled"

    def merged(self, newer: SessionConfig) -> SessionConfig:
        """These settings with every field that ``newer`` gives; ``provider_options`` are merged key by key."""
        given = {name: value for name, value in structs.asdict(newer).items() if value is not UNSET}
        given["provider_options"] = {**self.provider_options, **newer.provider_options}
        return structs.replace(self, **given)

    @classmethod
    def of(cls, value: SessionConfig | Mapping[str, Any] | None) -> SessionConfig:
        """A config from a config, from a mapping of its fields, or from nothing.

        Raises :class:`ConfigurationError` naming the field that is wrong or not there.
        """
        return checked(cls, structs.asdict(value) if isinstance(value, SessionConfig) else value or {})


def checked(kind: type[S], fields: Mapping[str, Any]) -> S:
    """``kind`` made of these fields, nested ones included, each of its type. Raises :class:`ConfigurationError`."""
    try:
        made = msgspec.convert(given(fields), kind)
        return msgspec.convert(plain(made), kind)  # once more, as msgspec takes structs as they are
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{kind.__name__}: {error}") from error


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not UNSET}


def plain(value: object) -> object:
    """The value with its structs as mappings."""
    match value:
        case Struct():
            return {name: plain(each) for name, each in given(structs.asdict(value)).items()}
        case tuple():
            return tuple(map(plain, cast(tuple[object, ...], value)))
        case _:
            return value
