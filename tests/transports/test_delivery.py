"""How a WebSocket's messages are taken: as they are read, each whole, in order, and by nobody when it is over."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.errors import ConnectionLostError
from realtime_rx.transports import WebSocketTransport
from realtime_rx.transports.delivery import READ

from ..support.certificates import self_signed
from ..support.server import Caller, Part, serving
from ..support.waiting import becomes

MEBIBYTE = 2**20
SIZES = (1, READ - 1, READ, READ + 1, 5 * READ, 0, 2)
"""Far smaller and far larger than what is read at a time."""
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@asynccontextmanager
async def opened(
    part: Part, *, server: ssl.SSLContext | None = None, client: ssl.SSLContext | None = None, **options: int
) -> AsyncIterator[WebSocketTransport]:
    """A connection with a server that plays this part."""
    async with serving(part, ssl=server) as there:
        transport = WebSocketTransport(ssl_context=client, **options)
        await transport.open(Endpoint(url=there.base_url.replace("http", "ws" if server is None else "wss", 1)))
        yield transport
        await transport.close()


async def delivered(transport: WebSocketTransport, count: int) -> list[Frame]:
    """The next so many frames."""
    taken: list[Frame] = []
    delivering = asyncio.create_task(transport.deliver(taken.append))
    await becomes(lambda: len(taken) >= count)
    delivering.cancel()
    return taken


async def test_nothing_more_is_read_before_it_is_taken() -> None:
    """What comes before anybody takes it is kept, and slows the server down; it is handed over first."""
    said = asyncio.Event()

    async def part(caller: Caller) -> None:
        await caller.say("first")
        for _ in range(8):
            await caller.say(b"x" * 8 * MEBIBYTE)
        said.set()
        await caller.listen()

    async with opened(part) as transport:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(said.wait(), 0.3)
        taken = await delivered(transport, 9)
        assert (taken[0], len(taken), said.is_set()) == (b"first", 9, True)


async def frames_of_any_size(**tls: ssl.SSLContext) -> None:
    sent = [bytes([size % 251]) * size for size in SIZES] * 3

    async def part(caller: Caller) -> None:
        await caller.say(*sent)
        await caller.listen()

    async with opened(part, **tls) as transport:
        assert await delivered(transport, len(sent)) == sent


@pytest.mark.parametrize("loop", LOOPS)
def test_frames_of_any_size_arrive_whole(loop: str) -> None:
    """Frames of any size arrive whole and in order, behind each other."""
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(frames_of_any_size())


@pytest.mark.parametrize("loop", LOOPS)
def test_so_do_they_with_tls(loop: str, tmp_path: Path) -> None:
    """With TLS they do, too."""
    certificate = self_signed(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, tmp_path / "key.pem")
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(frames_of_any_size(server=server, client=ssl.create_default_context(cafile=certificate)))


async def test_a_message_in_many_frames_is_taken_whole() -> None:
    """A message that comes in fragments is one frame, and so is the one behind it."""

    async def part(caller: Caller) -> None:
        await caller.socket.send(["a", "", "message ", "in parts"])
        await caller.say("another")
        await caller.listen()

    async with opened(part) as transport:
        assert await delivered(transport, 2) == [b"amessage in parts", b"another"]


async def test_fragments_beyond_the_limit() -> None:
    """A message whose fragments are too large together ends the connection with close code 1009."""

    async def part(caller: Caller) -> None:
        await caller.socket.send(["x" * 1000] * 5)
        await caller.listen()

    async with opened(part, max_frame=4096) as transport:
        with pytest.raises(ConnectionLostError) as lost:
            await transport.deliver(unwanted)
        assert lost.value.close_code == 1009


async def test_what_takes_a_frame_may_raise() -> None:
    """What is raised where a frame is taken ends the delivery with it, and no further frame is taken."""
    taken: list[Frame] = []

    def take(frame: Frame) -> None:
        taken.append(frame)
        raise LookupError(str(frame))

    async def part(caller: Caller) -> None:
        await caller.say("one", "two", "three")
        await caller.listen()

    async with opened(part) as transport:
        with pytest.raises(LookupError, match="one"):
            await transport.deliver(take)
        assert taken == [b"one"]


async def test_frames_that_nobody_took_do_not_hold_up_the_close() -> None:
    """A connection that was never read is closed by the handshake, not by its time limit."""
    codes = list[int | None]()

    async def part(caller: Caller) -> None:
        await caller.say("one", "two", "three")
        await caller.listen()
        codes.append(caller.socket.close_code)

    async with opened(part, close_timeout=60) as transport:
        async with asyncio.timeout(10):
            await transport.close()
    assert codes == [1000]


async def test_nothing_is_taken_after_the_delivery_was_cancelled() -> None:
    """When nobody waits for the end of a delivery any more, its frames are nobody's."""
    taken: list[Frame] = []
    said = asyncio.Event()

    async def part(caller: Caller) -> None:
        await caller.say("one")
        await caller.hear()
        await caller.say("two")
        said.set()
        await caller.listen()

    async with opened(part) as transport:
        delivering = asyncio.create_task(transport.deliver(taken.append))
        await becomes(lambda: taken)
        delivering.cancel()
        await asyncio.wait([delivering])
        await transport.send("{}")
        await becomes(said.is_set)
        await transport.close()
        assert taken == [b"one"]


def unwanted(frame: Frame) -> None:
    raise AssertionError(frame)
