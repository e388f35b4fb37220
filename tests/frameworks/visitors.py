"""Visitors without a browser: each framework's page is fetched, its socket opened as its scripts do, and closed."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import aiohttp
import socketio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.bindings.provider import Provider
from tests.bindings.browser import DEADLINE

VOICE = "reflex___state____state.benchmarks___bindings___served___reflex_page____voice"
READY = {"kind": "MessageSent", "msg_type": "bokeh_event"} | {
    "msg_data": {"type": "event", "name": "document_ready", "values": {"type": "map", "entries": []}}
}

Visit = Callable[[str], AbstractAsyncContextManager[None]]


async def fetched(url: str, headers: dict[str, str] | None = None) -> str:
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url, headers=headers) as answer:
        return await answer.text()


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text[:2_000]
    return match[1]


@asynccontextmanager
async def socket_io(url: str, path: str, namespace: str, query: dict[str, Any]) -> AsyncIterator[socketio.AsyncClient]:
    client = socketio.AsyncClient(reconnection=False)
    options = {"transports": ["websocket"], "socketio_path": path, "namespaces": [namespace]}
    await client.connect(f"{url}/?{urlencode(query)}", **options)
    try:
        yield client
    finally:
        await client.disconnect()


@asynccontextmanager
async def nicegui(url: str) -> AsyncIterator[None]:
    client_id = found(r"client_id['\"]?:\s*['\"]([0-9a-f-]{36})", await fetched(url))
    ids = {"client_id": client_id, "document_id": uuid.uuid4(), "tab_id": uuid.uuid4(), "old_tab_id": "null"}
    query = {**ids, "next_message_id": 0, "implicit_handshake": "true"}
    async with socket_io(url, "/_nicegui_ws/socket.io", "/", query):
        yield


@asynccontextmanager
async def reflex(url: str) -> AsyncIterator[None]:
    token = str(uuid.uuid4())
    async with socket_io(url, "/_event", "/_event", {"token": token}) as client:
        event = {"name": f"{VOICE}.connect", "payload": {}, "token": token}
        await client.emit("event", {**event, "router_data": {"pathname": "/", "query": {}}}, namespace="/_event")
        yield


@asynccontextmanager
async def panel(url: str) -> AsyncIterator[None]:
    token = found(r'"token":\s*"([^"]+)"', await fetched(url))
    address = url.replace("http", "ws", 1) + "/ws"
    async with connect(address, subprotocols=["bokeh", token], origin=url, max_size=None, compression=None) as socket:  # type: ignore[arg-type, list-item]
        for _ in ("header", "metadata", "content"):
            await socket.recv()  # it listens now
        header = {"msgid": uuid.uuid4().hex, "msgtype": "PATCH-DOC"}
        for part in (header, {}, {"events": [READY]}):
            await socket.send(json.dumps(part))
        listening = asyncio.create_task(listen(socket))
        try:
            yield
        finally:
            await socket.close()
            await listening


async def listen(socket: Any) -> None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass


VISITS: dict[str, Visit] = {"nicegui": nicegui, "reflex": reflex, "panel": panel}


async def come_and_go(visit: Visit, url: str, provider: Provider, times: int) -> None:
    """Two visitors at once, so many times: each has a session that is dialled, and leaves."""
    for _ in range(times):
        before = provider.dialled
        async with asyncio.timeout(DEADLINE), visit(url), visit(url):
            while provider.dialled < before + 2:  # noqa: ASYNC110 - nothing announces it
                await asyncio.sleep(0.005)
