"""The server's half of a setup endpoint: a page asks it for a short-lived token, and the key stays here.

It speaks the AI SDK's protocol (see :mod:`realtime_rx.setup_protocol`), so that ``useRealtime`` in a browser and
``use_realtime(model, api={"token": …})`` in Python can ask it alike. What it does unasked: POST and JSON only, pages
of its own origin only, a small body, ten requests a minute for each client, nothing cached; of the settings that a
client sends, those that shape the sound and no other; and no word to anybody of what the provider says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from realtime_rx.abc import Provider
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.initial import offering
from realtime_rx.providers import get_provider
from realtime_rx.setup_endpoint.endpoint import Authorize, Limit, Policy, SetupEndpoint, field_names
from realtime_rx.setup_endpoint.limits import RateLimit
from realtime_rx.setup_endpoint.minting import minting
from realtime_rx.setup_endpoint.origins import Origins
from realtime_rx.setup_endpoint.requests import SetupRefusedError, SetupRequest
from realtime_rx.setup_protocol import is_socket_address
from realtime_rx.tools import Tool, Toolbox

__all__ = [
    "CLIENT_FIELDS",
    "RateLimit",
    "setup_endpoint",
    "SetupEndpoint",
    "SetupRefusedError",
    "SetupRequest",
]

CLIENT_FIELDS = (
    "voice",
    "speed",
    "output_modalities",
    "input_format",
    "output_format",
    "transcription",
    "noise_reduction",
    "turn_detection",
)
"""The settings that a client may say by default: how it sounds, not what it is told, may do or may cost."""


def setup_endpoint(
    model_or_provider: str | Provider,
    *,
    tools: Iterable[Tool | Callable[..., Any]] = (),
    session_config: SessionConfig | Mapping[str, Any] | None = None,
    authorize: Authorize | None = None,
    limit: Limit | Literal["default"] | None = "default",
    allowed_origins: Iterable[str] = (),
    allowed_fields: Iterable[str] = CLIENT_FIELDS,
    other_fields: Literal["strip", "refuse"] = "strip",
    expires_s: int | None = 60,
    public_url: str | None = None,
    max_body: int = 65_536,
    timeout_s: float = 10.0,
    **provider_options: Any,
) -> SetupEndpoint:
    """An endpoint that gives out tokens for sessions with this model, as an aiohttp handler and an ASGI application.

    ``tools`` and ``session_config`` are the session's, whatever the client asks for; the definitions of the tools are
    in the answer. ``authorize`` sees each request, sync or async, and says whether it may have a token; without one
    everybody may. ``limit`` says how many seconds a client has to wait: a :class:`RateLimit`, a function, None for no
    limit. ``allowed_origins`` are those of other sites' pages that may ask. ``allowed_fields`` are the settings that a
    client may say; what else it says is stripped, or refused where ``other_fields`` is ``"refuse"``. A token can be
    used for ``expires_s`` seconds where the provider lets one choose (None: the provider's own choice).
    ``public_url`` is where a client reaches the provider where that is not where the provider says: behind a proxy.
    ``timeout_s`` seconds for the client's body, and again for the provider. ``provider_options`` (``api_key``,
    ``base_url``, …) go to the provider.

    Raises :class:`ConfigurationError` naming what does not fit.
    """
    provider = get_provider(model_or_provider, **provider_options)
    minting(provider)
    _check(public_url, allowed_origins, allowed_fields)
    config = offering(SessionConfig.of(session_config), Toolbox(tools), provider)
    policy = Policy(
        provider=provider,
        config=config,
        authorize=authorize,
        limit=RateLimit() if limit == "default" else limit,
        origins=Origins(allowed_origins),
        fields=field_names(allowed_fields),
        other_fields=other_fields,
        expires_s=expires_s,
        public_url=public_url,
        max_body=max_body,
        timeout_s=timeout_s,
    )
    return SetupEndpoint(policy)


def _check(public_url: str | None, *lists: Iterable[str]) -> None:
    if public_url is not None and not is_socket_address(public_url):
        raise ConfigurationError(f"public_url must be a ws:// or wss:// address, not {public_url!r}")
    if any(isinstance(each, str) for each in lists):
        raise ConfigurationError("allowed_origins and allowed_fields are lists")
