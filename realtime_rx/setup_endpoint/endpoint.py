"""The endpoint that makes tokens: every check, in order, before the provider is asked."""

from __future__ import annotations

import asyncio
import inspect
import logging
import math
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, overload

from aiohttp import web
from msgspec.structs import replace as with_fields

from realtime_rx.abc import ClientSecret, Provider
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, ProtocolError
from realtime_rx.setup_endpoint.adapters import Receive, Scope, Send, aiohttp_response, asgi
from realtime_rx.setup_endpoint.minting import mint
from realtime_rx.setup_endpoint.origins import Origins
from realtime_rx.setup_endpoint.requests import SetupAnswer, SetupRefusedError, SetupRequest, read_body
from realtime_rx.setup_protocol import FIELDS, as_object, read_config, setup_json

__all__ = ["Authorize", "Limit", "SetupEndpoint"]

log = logging.getLogger("realtime_rx.setup_endpoint")

Authorize: TypeAlias = Callable[[SetupRequest], bool | Awaitable[bool]]
"""Whether this request may have a token."""
Limit: TypeAlias = Callable[[SetupRequest], float | Awaitable[float]]
"""Seconds until this client may ask again; 0: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an endpoint gives, and to whom."""

    provider: Provider
    config: SessionConfig
    authorize: Authorize | None
    limit: Limit | None
    origins: Origins
    fields: frozenset[str]
    other_fields: Literal["strip", "refuse"]
    expires_s: int | None
    public_url: str | None
    max_body: int
    timeout_s: float


class SetupEndpoint:
    """A handler for aiohttp, ``app.router.add_route("*", path, endpoint)``, and an ASGI application,
    ``app.add_route(path, endpoint)`` in NiceGUI, FastAPI and Starlette. Its own checks need no framework's help.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        declare_coroutine(self)

    def __repr__(self) -> str:
        return f"<SetupEndpoint {self._policy.provider.id}:{self._policy.provider.model}>"

    @overload
    async def __call__(self, scope: web.Request, /) -> web.Response: ...
    @overload
    async def __call__(self, scope: Scope, receive: Receive, send: Send, /) -> None: ...
    async def __call__(self, scope: Any, receive: Receive | None = None, send: Send | None = None, /) -> Any:
        """aiohttp gives a request and takes a response; ASGI gives a scope and two functions."""
        if receive is None or send is None:
            return await aiohttp_response(self.answer, scope)
        return await asgi(self.answer, scope, receive, send)

    async def answer(self, request: SetupRequest, chunks: AsyncIterator[bytes]) -> SetupAnswer:
        """The answer to a request with that body, for any other framework. Never raises for what a client sent."""
        try:
            answer = await self._answered(request, chunks)
        except SetupRefusedError as refusal:
            answer = refusal.answer()
        except Exception:
            log.exception("a setup request could not be answered")
            answer = SetupRefusedError(500, "something went wrong here").answer()
        return replace(answer, headers={**answer.headers, **self._policy.origins.headers(request)})

    async def _answered(self, request: SetupRequest, chunks: AsyncIterator[bytes]) -> SetupAnswer:
        policy = self._policy
        if request.method == "OPTIONS":
            return policy.origins.preflight(request)
        if request.method != "POST":
            raise SetupRefusedError(405, "only POST is answered here", headers={"Allow": "POST"})
        policy.origins.check(request)
        await self._check_limit(request)
        await self._check_authorization(request)
        config = self._config(await self._body(request, chunks))
        secret = await mint(policy.provider, config, expires_s=policy.expires_s, timeout_s=policy.timeout_s)
        tools = policy.config.tools or ()
        return SetupAnswer.of(200, setup_json(self._reachable(secret), tools))

    async def _check_limit(self, request: SetupRequest) -> None:
        wait_s = await decided(self._policy.limit(request)) if self._policy.limit is not None else 0.0
        if wait_s:
            headers = {"Retry-After": str(max(1, math.ceil(wait_s)))}
            raise SetupRefusedError(429, "too many requests: try again later", headers=headers)

    async def _check_authorization(self, request: SetupRequest) -> None:
        if self._policy.authorize is not None and not await decided(self._policy.authorize(request)):
            raise SetupRefusedError(401, "not allowed", headers={"WWW-Authenticate": "Bearer"})

    async def _body(self, request: SetupRequest, chunks: AsyncIterator[bytes]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._policy.timeout_s):
                return await read_body(request, chunks, self._policy.max_body)
        except TimeoutError:
            raise SetupRefusedError(408, "the body did not come") from None

    def _config(self, body: Mapping[str, Any]) -> SessionConfig:
        """What a token is asked for: what the client may say, and over it what this server says."""
        try:
            given = body.get("sessionConfig")
            asked = {} if given is None else as_object(given, "'sessionConfig'")
            allowed = {name: value for name, value in asked.items() if name in self._policy.fields}
            others = sorted(asked.keys() - allowed.keys())
            if others and self._policy.other_fields == "refuse":
                raise ProtocolError(f"'sessionConfig.{others[0][:64]}' is not for the client to say")
            return read_config(allowed).merged(self._policy.config)
        except ProtocolError as error:
            raise SetupRefusedError(400, str(error), code="bad_session_config") from error

    def _reachable(self, secret: ClientSecret) -> ClientSecret:
        """The token with the address that the client can reach, with what the provider asks in its query."""
        if self._policy.public_url is None:
            return secret
        query = secret.url.partition("?")[2]
        return with_fields(secret, url=f"{self._policy.public_url}?{query}" if query else self._policy.public_url)


def field_names(fields: Iterable[str]) -> frozenset[str]:
    """Settings by their names in JSON; ours will do. Raises :class:`ConfigurationError` for what is none."""
    ours = {name: theirs for theirs, name in FIELDS.items()}
    named = {name: ours.get(name, name) for name in fields}
    unknown = sorted(name for name, theirs in named.items() if theirs not in FIELDS)
    if unknown:
        raise ConfigurationError(f"allowed_fields: there is no setting {unknown[0]!r}; there are: {', '.join(FIELDS)}")
    return frozenset(named.values())


async def decided(verdict: Any) -> Any:
    return await verdict if inspect.isawaitable(verdict) else verdict


def declare_coroutine(handler: Any) -> None:
    """Say that calling this object gives a coroutine: aiohttp asks, and does not look at ``__call__``."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(handler)
    else:
        handler._is_coroutine = asyncio.coroutines._is_coroutine  # pyright: ignore
