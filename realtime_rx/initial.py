"""How a session begins: its settings with its tools and devices in them, and its first state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from realtime_rx.abc import AudioInput, AudioOutput, Convert, Devices, Provider, Route
from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.events import DisconnectRequested
from realtime_rx.matching import closest
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.reducer import reduce
from realtime_rx.sequences import Ring
from realtime_rx.state import Served, SessionState
from realtime_rx.tools import OnToolCall, Tool, Toolbox, check_tools
from realtime_rx.vault import check_given

__all__ = ["Basis", "first_settings", "first_state", "offering", "prepared"]


@dataclass(frozen=True, slots=True)
class Basis:
    """Of what a session is made, where all of it fits together."""

    toolbox: Toolbox
    devices: Devices
    config: SessionConfig


def prepared(
    routes: Sequence[Route],
    session_config: SessionConfig | Mapping[str, Any] | None = None,
    tools: Iterable[Tool | Callable[..., Any]] = (),
    on_tool_call: OnToolCall | None = None,
    tool_limits: ToolLimits | None = None,
    audio_input: AudioInput | None = None,
    audio_output: AudioOutput | None = None,
    convert: Convert | None = None,
) -> Basis:
    """What :class:`RealtimeSession` is called with. Raises :class:`ConfigurationError` where it does not fit."""
    toolbox = Toolbox(tools, on_tool_call, tool_limits)
    devices = Devices(audio_input, audio_output, convert)
    asked = offering(SessionConfig.of(session_config), toolbox, *(route.provider for route in routes))
    return Basis(toolbox, devices, sounding(asked, routes[0].provider.capabilities, devices))


def first_state(
    state: SessionState | None,
    max_events: int | None,
    config: SessionConfig,
    routes: Sequence[Route],
    reconnect: ReconnectPolicy | bool,
    watchdogs: Watchdogs | None,
) -> SessionState:
    """The state to begin with: what was under way in the session that ``state`` comes from is over.

    Raises :class:`ConfigurationError` naming the secret of that session that ``config`` does not give again.
    """
    state = state if state is not None else SessionState.initial()
    return replace(
        reduce(state, DisconnectRequested())[0],
        events=state.events if max_events is None else Ring(max_events, state.events),
        config=first_settings(state, config),
        capabilities=routes[0].provider.capabilities,
        providers=tuple(served(route.provider) for route in routes),
        provider=0,
        reconnect=ReconnectPolicy() if reconnect is True else reconnect or ReconnectPolicy.never(),
        watchdogs=watchdogs or Watchdogs(),
    )


def first_settings(state: SessionState | None, config: SessionConfig) -> SessionConfig:
    """The settings to begin with: those of the state, and ``config`` upon them. Raises as :func:`first_state` does."""
    settings = config if state is None else state.config.merged(config)
    check_given(settings)
    return settings


def served(provider: Provider) -> Served:
    return Served(id=provider.id, model=provider.model, capabilities=provider.capabilities)


def offering(config: SessionConfig, toolbox: Toolbox, *providers: Provider) -> SessionConfig:
    """The settings with the tools behind those that they name already, which ``on_tool_call`` answers.

    Raises :class:`ConfigurationError` naming the tool that one of the providers would refuse.
    """
    given = () if config.tools is UNSET else config.tools
    tools = (*given, *toolbox.definitions)
    offered = config.merged(SessionConfig(tools=tools)) if tools else config
    check_tools(offered, *providers)
    return offered


def sounding(config: SessionConfig, can: Capabilities, devices: Devices) -> SessionConfig:
    """The settings with the formats that the provider shall speak: those of the devices, or what comes closest.

    Raises :class:`ConfigurationError` where that is another one and nothing converts.
    """
    both = (
        ("input_format", devices.microphone, can.input_formats),
        ("output_format", devices.speaker, can.output_formats),
    )
    formats: dict[str, Any] = {}
    for name, device, spoken in both:
        if device is None:
            continue
        asked = getattr(config, name)
        wanted = closest(device.format, spoken) if asked is UNSET else asked
        if wanted != device.format and devices.convert is None:
            raise ConfigurationError(f"{name} is {wanted}, and the device has {device.format}")
        if name not in can.ignored_config:
            formats[name] = wanted
    return config.merged(SessionConfig(**formats))
