"""How an open WebSocket ends: by a close, a break, silence, or a server that will not let go; and what is too large."""

import asyncio
import base64
import json

import pytest
from websockets.utils import accept_key

from realtime_rx.errors import ConnectionLostError
from realtime_rx.events import AudioDelta
from realtime_rx.providers import OpenAI
from realtime_rx.transports import WebSocketTransport

from ..support.frames import CREATED, audio_delta, text_turn
from ..support.server import KEY, Caller, listening, saying, serving, session_at
from ..support.waiting import tasks, until


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 4000])
async def test_a_close_is_told_with_its_code(code: int) -> None:
    """A server that hangs up in the middle of a turn is an error with its code, clean or not, without our key."""

    async def part(caller: Caller) -> None:
        await caller.say(CREATED, *text_turn("half of it")[:4])
        await caller.hear("session.update")
        await caller.socket.close(code, f"no {KEY}")

    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=False)
        await session.connect()
        state = await until(session, lambda state: state.status == "error")
        assert state.error is not None
        assert (state.error.code, "no ***" in state.error.message) == (f"close_{code}", True)
        assert state.messages[0].text == "half"
        await session.aclose()


async def test_a_reason_is_told_without_the_key() -> None:
    """What a lost connection raises has the server's reason without our key, and nothing that led to it."""

    async def part(caller: Caller) -> None:
        await caller.socket.close(1008, f"no {KEY}")

    async with serving(part) as server:
        transport = WebSocketTransport()
        await transport.open(OpenAI(api_key=KEY, base_url=server.base_url).endpoint())
        for act in (transport.deliver(lambda _: None), transport.send(b"{}")):
            with pytest.raises(ConnectionLostError, match=r"1008: no \*\*\*") as caught:
                await act
            assert (caught.value.__cause__, caught.value.__context__) == (None, None)
        await transport.close()


async def test_a_connection_that_just_breaks() -> None:
    """A TCP connection that breaks without a close frame is close code 1006."""

    async def part(caller: Caller) -> None:
        await caller.say(CREATED)
        await caller.hear("session.update")
        caller.socket.transport.abort()

    async with serving(part) as server:
        session = session_at(server.base_url, reconnect=False)
        await session.connect()
        state = await until(session, lambda state: state.status == "error")
        assert state.error is not None
        assert state.error.code == "close_1006"
        await session.aclose()


async def greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do a WebSocket server's handshake by hand and greet."""
    request = await reader.readuntil(b"\r\n\r\n")
    (key,) = [line.split(b": ")[1] for line in request.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
    head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    writer.write(f"{head}{accept_key(key.decode())}\r\n\r\n".encode())
    greeting = json.dumps(CREATED).encode()
    writer.write(b"\x81\x7e" + len(greeting).to_bytes(2, "big") + greeting)
    await writer.drain()


async def test_a_server_that_says_close_and_stays() -> None:
    """A server that says Close and keeps the TCP connection open is gone after the close timeout, not after minutes."""

    async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greeted(reader, writer)
        await reader.read(1)  # the session's settings: nothing else is sent, so only the reader can notice
        writer.write(b"\x88\x02\x03\xe8")
        await asyncio.Event().wait()

    async with listening(stay) as address:
        session = session_at(f"http://{address}", ping_interval=None, close_timeout=0.1, reconnect=False)
        await session.connect()
        state = await asyncio.wait_for(until(session, lambda state: state.status == "error"), 3)
        assert state.error is not None
        assert state.error.code == "close_1000"
        await session.aclose()


async def test_a_half_open_connection() -> None:
    """A peer that no longer answers pings is found out."""

    async def vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greeted(reader, writer)
        await asyncio.Event().wait()

    async with listening(vanish) as address:
        session = session_at(f"http://{address}", ping_interval=0.05, ping_timeout=0.05, reconnect=False)
        await session.connect()
        state = await until(session, lambda state: state.status == "error")
        assert state.error is not None
        assert state.error.code == "close_1011"
        assert "ping" in state.error.message
        await session.aclose()


async def test_hanging_up_on_a_server_that_does_not_answer() -> None:
    """disconnect() takes no longer than the close timeout where the server never answers the Close."""

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greeted(reader, writer)
        await asyncio.Event().wait()

    async with listening(ignore) as address:
        session = session_at(f"http://{address}", close_timeout=0.1, reconnect=False)
        await session.connect()
        await asyncio.wait_for(session.aclose(), 3)
        assert tasks() == set()


async def test_a_frame_of_two_mebibytes() -> None:
    """A frame far beyond the library's own limit is read, and its sound counted."""
    sound = bytes(3 * 2**19)
    part = saying(audio_delta(base64.b64encode(sound).decode()))
    async with serving(part) as server, session_at(server.base_url) as session:
        state = await until(session, lambda state: len(state.events) == 2)
        event = state.events[-1]
        assert isinstance(event, AudioDelta)
        assert (event.byte_count, event.audio) == (len(sound), "")


async def test_a_frame_beyond_the_limit() -> None:
    """A frame larger than max_frame ends the connection with close code 1009."""
    async with serving(saying({"type": "big", "data": "x" * 5000})) as server:
        session = session_at(server.base_url, max_frame=4096, reconnect=False)
        await session.connect()
        state = await until(session, lambda state: state.status == "error")
        assert state.error is not None
        assert state.error.code == "close_1009"
        await session.aclose()


async def test_a_transport_that_is_not_open() -> None:
    """Sending or reading before opening is a lost connection, not an attribute error."""
    transport = WebSocketTransport()
    with pytest.raises(ConnectionLostError):
        await transport.send("x")
    with pytest.raises(ConnectionLostError):
        await transport.deliver(print)
    await transport.close()
