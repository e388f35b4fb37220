"""The embedded provider on a socket of the websockets library."""

import logging

import pytest
from websockets.asyncio.client import connect

from realtime_rx.local import LocalServer

KEY = "sk-not-for-the-log"


async def test_a_clients_key_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What a client shows at the handshake is in no log of the server, not even at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    quiet = logging.getLogger("websockets.client")
    quiet.setLevel(logging.INFO)  # the client here is not ours, and would log its own key
    headers = {"Authorization": f"Bearer {KEY}"}
    async with (
        LocalServer(adapter="websockets", speech=False) as server,
        connect(server.url, additional_headers=headers) as socket,
    ):
        assert "session.created" in str(await socket.recv())
    assert KEY not in caplog.text
