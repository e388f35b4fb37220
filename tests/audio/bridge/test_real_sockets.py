"""Good and hostile pages on real sockets, of each server that the bridge is made for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from websockets.asyncio.client import ClientConnection, connect

from realtime_rx.audio.bridge import AudioBridge, Bridges
from tests.audio.bridge.fakes import hello, sound
from tests.audio.bridge.servers import SERVERS
from tests.audio.fakes import Listener
from tests.support.waiting import DEADLINE, becomes


@dataclass
class Place:
    """A server, and a bridge that a visitor may have."""

    url: str
    bridge: AudioBridge
    token: str

    def dial(self) -> connect:
        """As a browser does, which always offers to compress."""
        return connect(self.url, compression="deflate")


@pytest.fixture(params=SERVERS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    bridges, bridge = Bridges(), AudioBridge()
    async with SERVERS[request.param](bridges) as url:
        yield Place(url, bridge, bridges.add(bridge))
        bridge.close()


async def say(socket: ClientConnection, message: object) -> None:
    await socket.send(json.dumps(message) if isinstance(message, dict) else message)  # type: ignore[arg-type]


async def welcomed(socket: ClientConnection, token: str) -> str:
    """The token for the next socket."""
    await say(socket, hello(token))
    welcome = json.loads(await socket.recv())
    assert welcome["type"] == "welcome"
    return str(welcome["token"])


async def closed(socket: ClientConnection) -> tuple[int | None, str | None]:
    await asyncio.wait_for(socket.wait_closed(), DEADLINE)
    return socket.close_code, socket.close_reason


async def test_sound_is_not_compressed(place: Place) -> None:
    """A server does not agree to compress, whatever a browser offers, and sound passes both ways as it is."""
    async with place.dial() as socket:
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        assert socket.protocol.extensions == []
        await welcomed(socket, place.token)
        await place.bridge.speaker.open(Listener())
        place.bridge.speaker.play("a", 0, bytes(960))
        frame = await socket.recv()
        assert isinstance(frame, bytes)
        assert len(frame) == 8 + 960
        hearing = asyncio.create_task(anext(place.bridge.microphone.chunks()))
        await becomes(lambda: place.bridge.microphone.is_wanted)
        await say(socket, sound(b"ab"))
        assert await hearing == b"ab"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (hello("not.it"), 4401),
        (hello(""), 4401),
        ({"type": "hello", "input_rate": 24_000, "output_rate": 24_000}, 4400),
        (sound(b"ab"), 4400),
    ],
    ids=["a wrong token", "an empty token", "no token", "sound before it"],
)
async def test_strangers_are_refused(place: Place, first: object, code: int) -> None:
    """Who shows a wrong token or none is closed, and the visitor is not disturbed by it."""
    async with place.dial() as visitor, place.dial() as stranger:
        await welcomed(visitor, place.token)
        await say(stranger, first)
        assert (await closed(stranger))[0] == code
        assert place.bridge.is_connected
        assert visitor.close_code is None


async def test_a_replayed_token_is_refused(place: Place) -> None:
    """A token that was used opens nothing once its page has the next one, and that one opens the bridge."""
    async with place.dial() as page, place.dial() as thief:
        following = await welcomed(page, place.token)
        await say(page, {"type": "renewed"})
        await say(page, {"type": "speaker", "state": "live"})
        await becomes(lambda: place.bridge.speaker.state == "live")
        await say(thief, hello(place.token))
        assert await closed(thief) == (4401, "wrong token")
        assert page.close_code is None
    async with place.dial() as page:
        assert await welcomed(page, following) != following


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 4400),
        ({"type": "reboot"}, 4400),
        ({"type": "played", "generation": 1, "played": 9, "heard": 9}, 4400),
        (b"\7" + bytes(20), 4400),
        (sound(b"abc"), 4400),
        ("x" * 5_000, 1009),
        (sound(bytes(20_000)), 1009),
    ],
    ids=lambda value: f"{value!r:.20}" if not isinstance(value, int) else str(value),
)
async def test_a_hostile_frame_ends_its_socket_only(place: Place, message: object, code: int) -> None:
    """An oversized or malformed frame closes its socket with a code that says so, and the visitor may come back."""
    async with place.dial() as socket:
        await welcomed(socket, place.token)
        await say(socket, message)
        assert (await closed(socket))[0] == code
    async with place.dial() as socket:
        await welcomed(socket, place.token)
        assert place.bridge.is_connected


async def test_a_huge_frame_ends_its_socket(place: Place) -> None:
    """A frame of a megabyte, which is both too long and too much, closes its socket."""
    async with place.dial() as socket:
        await welcomed(socket, place.token)
        await say(socket, sound(bytes(1_000_000)))
        assert (await closed(socket))[0] in (1008, 1009)


async def test_a_second_socket_replaces_the_first(place: Place) -> None:
    """A second socket of one visitor takes over: the first is closed and told why, and sound goes to the second."""
    async with place.dial() as first, place.dial() as second:
        following = await welcomed(first, place.token)
        await welcomed(second, following)
        assert await closed(first) == (4409, "another socket of this page took over")
        await place.bridge.speaker.open(Listener())
        place.bridge.speaker.play("a", 0, bytes(960))
        assert len(await second.recv()) == 8 + 960
