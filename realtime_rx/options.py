"""What ``use_realtime()`` takes, here and in every binding, and what it means."""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, TypedDict, TypeVar, Union, get_args, get_origin, get_type_hints, is_typeddict

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from realtime_rx.abc import AudioInput, AudioOutput, Provider, TransportFactory
from realtime_rx.capabilities import Capabilities
from realtime_rx.config import Eagerness, SessionConfig, Transcription, TurnDetection
from realtime_rx.dialling import Api, GetToken
from realtime_rx.errors import ConfigurationError, RealtimeErrorInfo
from realtime_rx.events import GoAway, ServerEvent
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.items import Usage
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.tools import OnToolCall, Tool

__all__ = ["known", "listed", "Options", "page_formats", "sampled", "settings"]

VadMode = Literal["server", "semantic", "manual"]

VAD_MODES: dict[str, Literal["server_vad", "semantic_vad", "disabled"]] = {
    "server": "server_vad",
    "semantic": "semantic_vad",
    "manual": "disabled",
}
SHORTHANDS = ("vad_mode", "semantic_eagerness")
NO_LESS_THAN_NOTHING = ("max_events", "connect_timeout")
SEVERAL = ("tools", "fallbacks")
LIKENESS = 0.8
"""How alike two names are, of 1, where one may have been meant for the other."""


class Options(TypedDict, total=False):
    """All that ``use_realtime()`` takes besides a model; what passes it on says ``**options: Unpack[Options]``.

    ``sample_rate``, in Hz, is that of the formats that are not given. ``auto_capture`` opens the microphone whenever
    ``connect()`` has succeeded; ``auto_playback=False`` gives no speaker any sound. ``max_events`` is 500 and
    ``connect_timeout`` 15 seconds unless given. ``vad_mode`` and ``semantic_eagerness`` say ``turn_detection`` in a
    word. The settings are those of :class:`SessionConfig`, the callbacks those of :class:`Callbacks`.
    """

    api_key: str | None
    base_url: str | None
    api: Api | None
    get_token: GetToken | None
    fallbacks: Iterable[str | Provider]
    session_config: SessionConfig | Mapping[str, Any] | None
    tools: Iterable[Tool | Callable[..., Any]]
    on_tool_call: OnToolCall | None
    audio_input: AudioInput | None
    audio_output: AudioOutput | None
    auto_capture: bool
    auto_playback: bool
    state: SessionState | None
    max_events: int
    connect_timeout: float
    transport: TransportFactory
    record: str | os.PathLike[str] | None
    reconnect: ReconnectPolicy | bool
    tool_limits: ToolLimits
    watchdogs: Watchdogs
    instructions: str
    voice: str
    speed: float
    output_modalities: Iterable[Literal["text", "audio"]]
    sample_rate: int
    input_format: AudioFormat
    output_format: AudioFormat
    transcription: Transcription | None
    noise_reduction: Literal["near_field", "far_field"] | None
    turn_detection: TurnDetection
    vad_mode: VadMode
    semantic_eagerness: Eagerness
    tool_choice: str | dict[str, Any]
    temperature: float
    max_output_tokens: int | Literal["inf"]
    provider_options: dict[str, Any]
    on_event: Callable[[ServerEvent], Any]
    on_error: Callable[[RealtimeErrorInfo], Any]
    on_status_change: Callable[[Status], Any]
    on_mode_change: Callable[[Mode], Any]
    on_message: Callable[[Message], Any]
    on_connect: Callable[[], Any]
    on_disconnect: Callable[[], Any]
    on_interrupted: Callable[[], Any]
    on_usage: Callable[[Usage], Any]
    on_go_away: Callable[[GoAway], Any]


F = TypeVar("F", bound=Callable[..., Any])

SETTINGS = Options.__annotations__.keys() & {*SessionConfig.__struct_fields__} - {"tools"}
"""The options that are settings; ``tools`` are functions, of which the settings have the definitions."""


def listed(function: F) -> F:
    """Has the signature of a function with ``**options: Unpack[Options]`` name each of them.

    For who asks at run time, as notebooks do to complete a name: ``help()`` and ``inspect.signature()``.
    """
    signature = inspect.signature(function)
    named = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    said = {name: getattr(hint, "__forward_arg__", hint) for name, hint in Options.__annotations__.items()}
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=UNSET, annotation=hint)
        for name, hint in said.items()
    ]
    vars(function)["__signature__"] = signature.replace(parameters=[*named, *options])
    return function


def known(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are given: None is as good as nothing, but for settings, which it may switch off.

    Raises :class:`ConfigurationError` naming those that there are not, or that are of another kind, as far as that can
    be seen. No value is shown: it may be a secret.
    """
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise ConfigurationError("; ".join(unknown_option(name) for name in sorted(unknown)))
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None or name in SETTINGS}
    for name in sorted(given.keys() - SETTINGS):
        if not is_of_kind(given[name], kinds()[name]):
            raise ConfigurationError(f"{name} cannot be of type {type(given[name]).__name__}")
    for name in NO_LESS_THAN_NOTHING:
        if given.get(name, 0) < 0:
            raise ConfigurationError(f"{name} cannot be less than 0: {given[name]}")
    # An iterator is there once, and these are looked through more often: to check them, and for each session.
    return {name: tuple(value) if name in SEVERAL else value for name, value in given.items()}


def unknown_option(name: str) -> str:
    near = difflib.get_close_matches(name, Options.__annotations__, n=1, cutoff=LIKENESS)
    return f"use_realtime() has no option {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


@cache
def kinds() -> dict[str, Any]:
    return get_type_hints(Options)


def is_of_kind(value: object, kind: Any) -> bool:
    """Whether the value may be what the annotation says: functions, mappings and classes are told apart, no more."""
    origin = get_origin(kind)
    if isinstance(kind, UnionType) or origin is Union:
        return any(is_of_kind(value, each) for each in get_args(kind))
    if is_typeddict(kind):
        return isinstance(value, Mapping)
    seen = origin or kind
    if not isinstance(seen, type) or getattr(seen, "_is_protocol", False):
        return True
    return isinstance(value, (int, float) if seen is float else seen)


def settings(options: Mapping[str, Any]) -> SessionConfig:
    """``session_config`` with the options that are settings laid upon it, the short ways of saying them said in full.

    Raises :class:`ConfigurationError` naming the one that is wrong, or those that contradict each other.
    """
    base = SessionConfig.of(options.get("session_config"))
    fields = {name: options[name] for name in SETTINGS if name in options}
    short = {name: options[name] for name in SHORTHANDS if name in options}
    if short and "turn_detection" in fields:
        raise ConfigurationError(f"turn_detection says all of it: leave out {' and '.join(short)}")
    if short:
        fields["turn_detection"] = spelt_out(base.turn_detection, **short)
    return base.merged(SessionConfig.of(fields))


def spelt_out(
    before: TurnDetection | UnsetType, *, vad_mode: str | None = None, semantic_eagerness: Eagerness | None = None
) -> TurnDetection:
    """What the short ways mean; what the settings say of the same kind of turn detection holds."""
    mode = vad_mode or "semantic"
    if mode not in VAD_MODES:
        raise ConfigurationError(f"vad_mode is one of {', '.join(VAD_MODES)}, not {mode!r}")
    if semantic_eagerness is not None and mode != "semantic":
        raise ConfigurationError(f"semantic_eagerness is for vad_mode='semantic', not for {mode!r}")
    kind = VAD_MODES[mode]
    same = before if isinstance(before, TurnDetection) and before.type == kind else TurnDetection(type=kind)
    return same if semantic_eagerness is None else replace(same, eagerness=semantic_eagerness)


def sampled(config: SessionConfig, options: Mapping[str, Any], can: Capabilities) -> SessionConfig:
    """The settings with PCM16 of ``sample_rate`` where they give no format.

    Raises :class:`ConfigurationError` where that is no rate, or none that the provider speaks.
    """
    rate, formats = options.get("sample_rate"), dict[str, Any]()
    if rate is None:
        return config
    for name, spoken in (("input_format", can.input_formats), ("output_format", can.output_formats)):
        if getattr(config, name) is not UNSET or name in can.ignored_config:
            continue
        formats[name] = pcm16(rate)
        if spoken and formats[name] not in spoken:
            rates = ", ".join(str(each.rate) for each in spoken if each.encoding == "pcm16")
            raise ConfigurationError(f"sample_rate={rate}: the provider's {name} is PCM16 at {rates} Hz")
    return config.merged(SessionConfig(**formats))


def page_formats(options: Mapping[str, Any]) -> tuple[AudioFormat, AudioFormat]:
    """What a device of ours speaks that can speak anything: as the settings say, the microphone's and the speaker's."""
    config, usual = settings(options), pcm16(options.get("sample_rate", PCM16_24K.rate))
    return config.input_format or usual, config.output_format or usual


def pcm16(rate: int) -> AudioFormat:
    if not isinstance(rate, int) or rate <= 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"sample_rate is in samples a second, like 24000, not {rate!r}")
    return AudioFormat(rate=rate)
