"""The composition root: everything put together by one call."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypedDict, Unpack, cast

from realtime_rx import recordings
from realtime_rx.abc import AudioInput, AudioOutput, Converter, Endpoint, Provider, Route, TransportFactory
from realtime_rx.callbacks import Callbacks
from realtime_rx.config import Eagerness, SessionConfig, Transcription, TurnDetection
from realtime_rx.dialling import Api, GetToken, dialler
from realtime_rx.effects import CallTool
from realtime_rx.errors import ConfigurationError, RealtimeErrorInfo
from realtime_rx.events import GoAway, ServerEvent
from realtime_rx.formats import AudioFormat
from realtime_rx.items import Usage
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.providers import get_provider
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.tools import OnToolCall, Tool
from realtime_rx.transports import Replay, WebSocketTransport

__all__ = ["default_model", "use_realtime"]

KEYS = {
    ("OPENAI_API_KEY",): "openai:gpt-realtime",
    ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"): "azure",
    ("GEMINI_API_KEY",): "google",
    ("GOOGLE_API_KEY",): "google",
    ("GOOGLE_GENERATIVE_AI_API_KEY",): "google",
    ("XAI_API_KEY",): "xai",
    ("AI_GATEWAY_API_KEY",): "gateway",
}
"""The first model for which all of its variables are set. ElevenLabs and Cartesia have none: one needs an agent
besides, the other does not answer."""
VAD_MODES: dict[str, Literal["server_vad", "semantic_vad", "disabled"]] = {
    "server": "server_vad",
    "semantic": "semantic_vad",
    "manual": "disabled",
}
POLICIES = ("reconnect", "tool_limits", "watchdogs")


class Options(TypedDict, total=False):
    """What else :func:`use_realtime` takes: how hard to try, settings of the session, and callbacks."""

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
    vad_mode: Literal["server", "semantic", "manual"]
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


def default_model() -> str:
    """The model for which there is a key in the environment; without any key, the embedded provider."""
    return next((model for names, model in KEYS.items() if all(map(os.environ.get, names))), "local")


def use_realtime(
    model: str | Provider | None = None,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    api: Api | None = None,
    get_token: GetToken | None = None,
    fallbacks: Iterable[str | Provider] = (),
    session_config: SessionConfig | Mapping[str, Any] | None = None,
    tools: Iterable[Tool | Callable[..., Any]] = (),
    on_tool_call: OnToolCall | None = None,
    audio_input: AudioInput | None = None,
    audio_output: AudioOutput | None = None,
    state: SessionState | None = None,
    max_events: int = 500,
    connect_timeout: float = 15.0,
    transport: TransportFactory = WebSocketTransport,
    record: str | os.PathLike[str] | None = None,
    **options: Unpack[Options],
) -> RealtimeSession:
    """A session for a script, a notebook, a page: not yet connected.

    ``model`` is ``"openai:gpt-realtime"``, ``"local"``, a :class:`Provider`, or nothing: then the provider whose key is
    in the environment, or else the embedded one, which needs no key; ``fallbacks`` take over when it is out of reach.
    ``api={"token": url, "headers": {…}}`` is a setup endpoint: asked before each dial, it says where to go, with which
    token and tools; ``get_token`` is the same as a coroutine function. ``audio_input`` is the microphone of
    ``start_audio_capture()``, ``audio_output`` the speaker. ``reconnect=False`` makes a lost connection the end.
    ``record=path`` records, ``transport=Replay(path)`` plays a recording instead of dialling. The other ``options`` are
    settings, laid upon ``session_config``, and callbacks: see :class:`Options`. Raises :class:`ConfigurationError`.
    """
    given = known(cast(Mapping[str, Any], options))
    provider = chosen(model or recorded_model(transport), api_key=api_key, base_url=base_url)
    dial = dialler(provider, lambda: session.state.config, api=api, get_token=get_token)
    usual: dict[str, Any] = {"on_tool_call": on_tool_call, "dial": dial, **policies(given)}
    session = RealtimeSession(
        provider,
        transport=transport,
        fallbacks=[Route(each, dialler(each, lambda: session.state.config)) for each in map(get_provider, fallbacks)],
        session_config=SessionConfig.of(session_config).merged(settings(given)),
        tools=tools,
        callbacks=Callbacks(**{name: value for name, value in given.items() if name.startswith("on_")}),
        audio_input=audio_input,
        audio_output=audio_output,
        convert=converter,
        state=state,
        max_events=max_events,
        connect_timeout=connect_timeout,
        **{**usual, **replaying(transport, on_tool_call)},
    )
    return attended(session, transport, record)


def attended(
    session: RealtimeSession, transport: TransportFactory, path: str | os.PathLike[str] | None
) -> RealtimeSession:
    """The session, with its replay and its recording."""
    if isinstance(transport, Replay) and transport.deeds:
        transport.on_deed = session.dispatch
    if path is not None:
        recordings.record(session, path)
    return session


def replaying(transport: TransportFactory, on_tool_call: OnToolCall | None) -> dict[str, Any]:
    """What is different where a recording is played: nobody is dialled, the time is that of then."""
    if not isinstance(transport, Replay):
        return {}
    answering = on_tool_call or (answered_later if transport.deeds else None)
    return {"dial": nowhere, "clock": transport.clock, "on_tool_call": answering}


def recorded_model(transport: TransportFactory) -> str | None:
    """The provider and the model that were recorded, where a recording is played and says so."""
    return transport.model if isinstance(transport, Replay) else None


async def nowhere() -> Endpoint:
    return Endpoint(url="replay:")


def answered_later(_: CallTool) -> None:
    """The recording knows what the tool returned."""


def policies(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in POLICIES if name in options}


def chosen(model: str | Provider | None, **options: str | None) -> Provider:
    """The provider that is asked for, or the one for which there is a key."""
    given = {name: value for name, value in options.items() if value is not None}
    return get_provider(model or default_model(), **given)


def converter(source: AudioFormat, target: AudioFormat) -> Converter:
    """What converts between two formats. Raises :class:`ConfigurationError` where its packages are not installed."""
    try:
        from realtime_rx.audio.conversion import Converter as Streaming  # numpy is an extra
    except ImportError as error:
        raise ConfigurationError(f"the device has {source.rate} Hz, the provider {target.rate} Hz: {error}") from error
    return Streaming(source, target)


def known(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options, where all of them are options. Raises :class:`ConfigurationError` naming those that are not."""
    unknown = options.keys() - Options.__annotations__.keys()
    if unknown:
        raise ConfigurationError("; ".join(unknown_option(name) for name in sorted(unknown)))
    return options


def unknown_option(name: str) -> str:
    near = difflib.get_close_matches(name, Options.__annotations__, n=1)
    return f"use_realtime() has no option {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def settings(options: Mapping[str, Any]) -> SessionConfig:
    """The options that are settings, with the short ways of saying turn detection said in full."""
    fields = {name: value for name, value in options.items() if not name.startswith("on_") and name not in POLICIES}
    mode, eagerness = fields.pop("vad_mode", None), fields.pop("semantic_eagerness", None)
    if mode is not None and mode not in VAD_MODES:
        raise ConfigurationError(f"vad_mode is one of {', '.join(VAD_MODES)}, not {mode!r}")
    if eagerness is not None:
        fields["turn_detection"] = TurnDetection.semantic(eagerness)
    elif mode is not None:
        fields["turn_detection"] = TurnDetection(type=VAD_MODES[mode])
    return SessionConfig.of(fields)
