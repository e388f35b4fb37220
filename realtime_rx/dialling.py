"""Where a session dials, found anew for each connection: the provider itself, a token, or a setup endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, NotRequired, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

import msgspec

from realtime_rx.abc import Dial, Endpoint, MintsTokens, Provider, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.credentials import address
from realtime_rx.errors import ConfigurationError, ConnectError, MissingKeyError, ProtocolError
from realtime_rx.local import embedded
from realtime_rx.providers import Local
from realtime_rx.setup_protocol import Setup, config_json, read_setup
from realtime_rx.transports.http import fetch_json

__all__ = ["Api", "dialler", "GetToken", "running", "SetupAnswer"]

ANSWER_SECONDS = 10.0


class Api(TypedDict):
    """Where a setup endpoint is, and what it wants to see: ``{"token": "https://…", "headers": {…}}``."""

    token: str
    headers: NotRequired[Mapping[str, str]]


SetupAnswer: TypeAlias = Mapping[str, Any]
"""``{"token", "url", "expiresAt"?, "tools"?}``, as a setup endpoint answers."""
GetToken: TypeAlias = Callable[[], Awaitable[str | SetupAnswer]]


def dialler(
    provider: Provider,
    config: Callable[[], SessionConfig],
    *,
    api: Api | None = None,
    get_token: GetToken | None = None,
) -> Dial:
    """What asks before each dial. ``config`` gives the settings of then, which a setup endpoint is told.

    Raises :class:`ConfigurationError` where ``api`` is no address.
    """
    if api is not None and get_token is not None:
        raise ConfigurationError("api and get_token are two ways to one thing: give one of them")
    request = None if api is None else asking(api)

    async def dial() -> Endpoint:
        if request is not None:
            body = {"sessionConfig": config_json(config())}
            answer = await fetch_json(msgspec.structs.replace(request, body=body), timeout_s=ANSWER_SECONDS)
            return set_up(provider, answer, address(request.url))
        token = await get_token() if get_token is not None else None
        if token is not None and not isinstance(token, str):
            return set_up(provider, token, "get_token()")
        if token is None and provider.capabilities.exchanges_key:
            return await exchanged(provider, config())
        return (await running(provider)).endpoint(token)

    return dial


async def exchanged(provider: Provider, config: SessionConfig) -> Endpoint:
    """Where to dial with what the provider's own key was exchanged for; without a key, where anybody may dial."""
    if not isinstance(provider, MintsTokens):
        return provider.endpoint()
    try:
        request = provider.token_request(config)
    except MissingKeyError:
        return provider.endpoint()
    secret = provider.client_secret(await fetch_json(request, timeout_s=ANSWER_SECONDS))
    return provider.endpoint(secret.token, secret.url)


def asking(api: Api) -> TokenRequest:
    """The request that a setup endpoint wants, without its body."""
    unknown = sorted(cast(Mapping[str, Any], api).keys() - Api.__annotations__.keys())
    url, headers = api.get("token"), api.get("headers", {})
    if unknown:
        raise ConfigurationError(f"api has no {unknown[0]!r}; it has: token, headers")
    if not isinstance(url, str) or not is_http_address(url):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("api['token'] must be the http(s) address of a setup endpoint")
    return TokenRequest(url=url, headers=dict(headers))


def is_http_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def set_up(provider: Provider, answer: SetupAnswer, source: str) -> Endpoint:
    """What a setup endpoint's answer means for this provider."""
    try:
        setup: Setup = read_setup(answer)
    except ProtocolError as error:
        raise ConnectError(f"{source} gave no setup: {error}") from error
    endpoint = provider.endpoint(setup.token, setup.url)
    return msgspec.structs.replace(endpoint, tools=setup.tools)


async def running(provider: Provider) -> Provider:
    """The provider as it is; the embedded one at the address of its server, which is started where nobody did so."""
    if isinstance(provider, Local) and provider.base_url is None:
        return replace(provider, base_url=(await asyncio.to_thread(embedded)).url)
    return provider
