"""A token from the provider, and what is said where there is none: to the client little, to the log more."""

from __future__ import annotations

import logging

from realtime_rx.abc import ClientSecret, MintsTokens, Provider
from realtime_rx.config import SessionConfig
from realtime_rx.dialling import running
from realtime_rx.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectError,
    ConnectTimeoutError,
    ProtocolError,
    RealtimeError,
)
from realtime_rx.setup_endpoint.requests import SetupRefusedError
from realtime_rx.transports.http import fetch_json

__all__ = ["mint", "minting"]

log = logging.getLogger("realtime_rx.setup_endpoint")

TOO_MANY = 429


def minting(provider: Provider) -> MintsTokens:
    """The provider as one that has tokens. Raises :class:`ConfigurationError` where it has none."""
    if not isinstance(provider, MintsTokens) or not provider.capabilities.ephemeral_tokens:
        raise ConfigurationError(f"{provider.id} has no ephemeral tokens: a page cannot be given one")
    return provider


async def mint(provider: Provider, config: SessionConfig, *, expires_s: int | None, timeout_s: float) -> ClientSecret:
    """A fresh token for such a session. Raises :class:`SetupRefusedError` that shows neither key nor settings."""
    try:
        source = minting(await running(provider))
        answer = await fetch_json(source.token_request(config, expires_s=expires_s), timeout_s=timeout_s)
        return source.client_secret(answer)
    except RealtimeError as error:
        log.warning("%s gave no token: %s", provider.id, error)
        refusal = meaning(error)
    raise refusal


def meaning(error: RealtimeError) -> SetupRefusedError:
    """What a failure to get a token is for whoever asked for one."""
    match error:
        case ConnectTimeoutError():
            return SetupRefusedError(504, "the provider did not answer in time", code="provider_timeout")
        case AuthenticationError():
            return SetupRefusedError(502, "the provider refused this server", code="provider_refused")
        case ConnectError(http_status=status) if status == TOO_MANY:
            return SetupRefusedError(503, "the provider is busy: try again later", code="provider_busy")
        case ConnectError() | ProtocolError():
            return SetupRefusedError(502, "the provider gave no token", code="provider_failed")
        case _:
            return SetupRefusedError(500, "this server is not set up for that", code="not_configured")
