"""What ``use_realtime()`` takes, here and in every binding, and what it means."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypedDict

from realtime_rx.abc import AudioInput, AudioOutput, Provider, TransportFactory
from realtime_rx.config import Eagerness, SessionConfig, Transcription, TurnDetection
from realtime_rx.dialling import Api, GetToken
from realtime_rx.errors import ConfigurationError, RealtimeErrorInfo
from realtime_rx.events import GoAway, ServerEvent
from realtime_rx.formats import AudioFormat
from realtime_rx.items import Usage
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.tools import OnToolCall, Tool

__all__ = ["known", "Options", "settings"]

VadMode = Literal["server", "semantic", "manual"]

VAD_MODES: dict[str, Literal["server_vad", "semantic_vad", "disabled"]] = {
    "server": "server_vad",
    "semantic": "semantic_vad",
    "manual": "disabled",
}
SHORTHANDS = ("vad_mode", "semantic_eagerness")
LIKENESS = 0.75
"""How alike two names are, of 1, where one may have been meant for the other."""


class Options(TypedDict, total=False):
    """All that ``use_realtime()`` takes besides a model, for annotating ``**options: Unpack[Options]``."""

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


SETTINGS = tuple(
    name for name in Options.__annotations__ if name in SessionConfig.__struct_fields__ and name != "tools"
)
"""The options that are settings; ``tools`` are functions, of which the settings have the definitions."""


def known(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, where all of them are options. Raises :class:`ConfigurationError` naming those that are not."""
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise ConfigurationError("; ".join(unknown_option(name) for name in sorted(unknown)))
    return options


def unknown_option(name: str) -> str:
    near = difflib.get_close_matches(name, Options.__annotations__, n=1, cutoff=LIKENESS)
    return f"use_realtime() has no option {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def settings(options: Mapping[str, Any]) -> SessionConfig:
    """``session_config`` with the options that are settings laid upon it, the short ways of saying them said in full.

    Raises :class:`ConfigurationError` naming the one that is wrong, or those that contradict each other.
    """
    base = SessionConfig.of(options.get("session_config"))
    fields = {name: options[name] for name in SETTINGS if name in options}
    mode, eagerness = (options.get(name) for name in SHORTHANDS)
    if mode is not None and mode not in VAD_MODES:
        raise ConfigurationError(f"vad_mode is one of {', '.join(VAD_MODES)}, not {mode!r}")
    if eagerness is not None:
        fields["turn_detection"] = TurnDetection.semantic(eagerness)
    elif mode is not None:
        fields["turn_detection"] = TurnDetection(type=VAD_MODES[mode])
    return base.merged(SessionConfig.of(fields))
