"""The sockets of the NiceGUI demo, as a browser asks for them."""

from __future__ import annotations

import sys
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec

import pytest
from aiohttp import ClientSession
from realtime_rx_nicegui.page_audio import SOCKETS
from websockets.asyncio.client import connect

from .browser import ROOT, environment, free_port, listening, stop


@pytest.mark.parametrize("path", [SOCKETS, "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"], ids=["sound", "page"])
async def test_nothing_is_compressed(path: str) -> None:
    """The demo's server does not agree to compress sound, nor what it says to its pages, whatever a browser offers."""
    port = free_port()
    server = await create_subprocess_exec(
        *(sys.executable, "-m", "realtime_rx_nicegui", "--port", str(port)),
        cwd=ROOT,
        env=environment(),
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        await listening(port, server)
        async with ClientSession() as visitor, visitor.get(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        async with connect(f"ws://127.0.0.1:{port}{path}", compression="deflate") as socket:
            assert socket.response is not None
            assert "Sec-WebSocket-Extensions" not in socket.response.headers
    finally:
        await stop(server)
