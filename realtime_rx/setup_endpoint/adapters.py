"""aiohttp's requests and ASGI's scopes as ours, and our answers as theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeAlias

from aiohttp import web

from realtime_rx.setup_endpoint.requests import SetupAnswer, SetupRefusedError, SetupRequest

__all__ = ["aiohttp_response", "Answerer", "asgi", "Receive", "Scope", "Send"]

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answerer: TypeAlias = Callable[[SetupRequest, AsyncIterator[bytes]], Awaitable[SetupAnswer]]


CUT = "the body was cut off"


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in small letters. One that is there twice is both: no check takes that for either."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def aiohttp_response(answer: Answerer, request: web.Request) -> web.Response:
    asked = SetupRequest(
        method=request.method, headers=joined(request.headers.items()), client=request.remote, native=request
    )
    given = await answer(asked, arriving(request))
    return web.Response(status=given.status, body=given.body, headers=given.headers)


async def arriving(request: web.Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.content.iter_any():
            yield chunk
    except (web.RequestPayloadError, ConnectionError):
        raise SetupRefusedError(400, CUT) from None


async def asgi(answer: Answerer, scope: Scope, receive: Receive, send: Send) -> None:
    match scope["type"]:
        case "http":
            await asgi_http(answer, scope, receive, send)
        case "lifespan":
            await asgi_lifespan(receive, send)
        case _:
            await send({"type": "websocket.close", "code": 1000})


async def asgi_http(answer: Answerer, scope: Scope, receive: Receive, send: Send) -> None:
    headers = joined((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    client = scope.get("client")
    asked = SetupRequest(method=scope["method"], headers=headers, client=client[0] if client else None, native=scope)
    given = await answer(asked, received(receive))
    await send({"type": "http.response.start", "status": given.status, "headers": encoded(given)})
    await send({"type": "http.response.body", "body": given.body})


def encoded(given: SetupAnswer) -> list[tuple[bytes, bytes]]:
    headers: Mapping[str, str] = {"Content-Length": str(len(given.body)), **given.headers}
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def received(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise SetupRefusedError(400, CUT)
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def asgi_lifespan(receive: Receive, send: Send) -> None:
    """For a server whose whole application this is. There is nothing to start and nothing to stop."""
    while True:
        stage = (await receive())["type"]
        await send({"type": f"{stage}.complete"})
        if stage == "lifespan.shutdown":
            return
