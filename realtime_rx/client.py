"""The composition root: everything put together by one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any, Unpack, cast

from realtime_rx import recordings
from realtime_rx.abc import Converter, Endpoint, Provider, Route, TransportFactory
from realtime_rx.callbacks import Callbacks
from realtime_rx.config import SessionConfig
from realtime_rx.dialling import dialler
from realtime_rx.effects import CallTool
from realtime_rx.errors import ConfigurationError, NotConnectedError
from realtime_rx.formats import AudioFormat
from realtime_rx.initial import first_settings, prepared
from realtime_rx.options import Options, known, listed, sampled, settings
from realtime_rx.providers import get_provider
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import Replay, WebSocketTransport

__all__ = ["check_options", "default_model", "use_realtime"]

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
CALLBACKS = tuple(field.name for field in fields(Callbacks))
BASIS = ("tools", "on_tool_call", "tool_limits", "audio_input", "audio_output")
AS_GIVEN = ("state", "max_events", "connect_timeout", "reconnect", "watchdogs")
"""The options that a session has under the same name: of :data:`BASIS`, what must fit together before there is one."""


def default_model() -> str:
    """The model for which there is a key in the environment; without any key, the embedded provider."""
    return next((model for names, model in KEYS.items() if all(map(os.environ.get, names))), "local")


@listed
def use_realtime(model: str | Provider | None = None, **options: Unpack[Options]) -> RealtimeSession:
    """A session for a script, a notebook, a page: not yet connected.

    ``model`` is ``"openai:gpt-realtime"``, ``"local"``, a :class:`Provider`, or nothing: then the provider whose key is
    in the environment, or else the embedded one, which needs no key; ``fallbacks`` take over when it is out of reach.
    ``api={"token": url, "headers": {…}}`` is a setup endpoint: asked before each dial, it says where to go, with which
    token and tools; ``get_token`` is the same as a coroutine function. ``audio_input`` is the microphone of
    ``start_audio_capture()``, which ``auto_capture`` calls after each ``connect()``; ``audio_output`` is the speaker,
    and with ``auto_playback=False`` a page has none either. ``reconnect=False`` makes a lost connection the end.
    ``record=path`` records, ``transport=Replay(path)`` plays a recording instead of dialling. The other ``options`` are
    settings, laid upon ``session_config``, and callbacks: see :class:`Options`. Raises :class:`ConfigurationError`.
    """
    given = known(cast(Mapping[str, Any], options))
    routes = routes_of(model, given, lambda: session.settings)
    basis = basis_of(given, routes[0].provider)
    session = RealtimeSession(routes[0].provider, dial=routes[0].dial, fallbacks=routes[1:], **basis, **rest_of(given))
    return attended(session, given)


def check_options(model: str | Provider | None = None, **options: Unpack[Options]) -> None:
    """Raise the :class:`ConfigurationError` that :func:`use_realtime` would, without making a session."""
    given = known(cast(Mapping[str, Any], options))
    routes = routes_of(model, given, SessionConfig)
    basis = prepared(routes, **basis_of(given, routes[0].provider))
    first_settings(rest_of(given).get("state"), basis.config)


def routes_of(
    model: str | Provider | None, given: Mapping[str, Any], config: Callable[[], SessionConfig]
) -> tuple[Route, ...]:
    """The provider and its fallbacks, and how they are dialled; ``config`` gives the settings of then."""
    transport = transport_of(given)
    if model is None and not isinstance(transport, Replay):
        check_no_token(given)
    provider = chosen(model or recorded_model(transport), given)
    dial = dialler(provider, config, **picked(given, ("api", "get_token")))
    fallbacks = map(get_provider, given.get("fallbacks", ()))
    return (
        Route(provider, nowhere if isinstance(transport, Replay) else dial),
        *(Route(each, dialler(each, config)) for each in fallbacks),
    )


def check_no_token(given: Mapping[str, Any]) -> None:
    """Raise :class:`ConfigurationError` where a token is to be asked for and nobody says whose."""
    for name in ("api", "get_token"):
        if name in given:
            raise ConfigurationError(f'{name} needs a model: use_realtime("openai:gpt-realtime", {name}=…)')


def check_devices(given: Mapping[str, Any]) -> None:
    """Raise :class:`ConfigurationError` where what shall happen by itself does not fit the devices."""
    if given.get("auto_capture") and "audio_input" not in given:
        raise ConfigurationError("auto_capture opens a microphone, and there is none: give audio_input=…")
    if not given.get("auto_playback", True) and "audio_output" in given:
        raise ConfigurationError("auto_playback=False keeps the sound from speakers: leave out audio_output")


def basis_of(given: Mapping[str, Any], provider: Provider) -> dict[str, Any]:
    """What must fit together, and to the providers, before there is a session."""
    check_devices(given)
    config = sampled(settings(given), given, provider.capabilities)
    transport = transport_of(given)
    replaying = isinstance(transport, Replay) and transport.deeds and "on_tool_call" not in given
    answered = {"on_tool_call": answered_later} if replaying else {}
    return {"session_config": config, "convert": converter, **picked(given, BASIS), **answered}


def rest_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """With what else a session is made."""
    transport = transport_of(given)
    clock = {"clock": transport.clock} if isinstance(transport, Replay) else {}
    callbacks = Callbacks(**picked(given, CALLBACKS))
    return {"transport": transport, "callbacks": callbacks, **clock, **picked(given, AS_GIVEN)}


def transport_of(given: Mapping[str, Any]) -> TransportFactory:
    return given.get("transport", WebSocketTransport)


def picked(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def attended(session: RealtimeSession, given: Mapping[str, Any]) -> RealtimeSession:
    """The session, with its replay, its recording and its microphone."""
    transport, path = transport_of(given), given.get("record")
    if isinstance(transport, Replay) and transport.deeds:
        transport.on_deed = session.dispatch
    if path is not None:
        recordings.record(session, path)
    if given.get("auto_capture"):
        capture_when_dialled(session)
    return session


def capture_when_dialled(session: RealtimeSession) -> None:
    """Open the microphone whenever ``connect()`` has succeeded. A lost connection that is found again opens nothing."""

    def begin(_: object) -> None:
        with suppress(NotConnectedError):  # hung up again in the meantime
            session.start_audio_capture()

    statuses = session.select(lambda state: state.status)
    statuses.pairwise().filter(lambda pair: pair == ("connecting", "connected")).subscribe(begin)


def recorded_model(transport: TransportFactory) -> str | None:
    """The provider and the model that were recorded, where a recording is played and says so."""
    return transport.model if isinstance(transport, Replay) else None


async def nowhere() -> Endpoint:
    return Endpoint(url="replay:")


def answered_later(_: CallTool) -> None:
    """The recording knows what the tool returned."""


def chosen(model: str | Provider | None, given: Mapping[str, Any]) -> Provider:
    """The provider that is asked for, or the one for which there is a key."""
    return get_provider(model or default_model(), **picked(given, ("api_key", "base_url")))


def converter(source: AudioFormat, target: AudioFormat) -> Converter:
    """What converts between two formats. Raises :class:`ConfigurationError` where its packages are not installed."""
    try:
        from realtime_rx.audio.conversion import Converter as Streaming  # numpy is an extra
    except ImportError as error:
        raise ConfigurationError(f"the device has {source.rate} Hz, the provider {target.rate} Hz: {error}") from error
    return Streaming(source, target)
