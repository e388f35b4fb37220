"""What is taken out of a socket's bytes without the library's parser: the same messages, wherever reads end."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from realtime_rx.transports.framing import BINARY, TEXT, frame_at, is_fragment
from realtime_rx.transports.websocket import READ, Socket

LIMIT = 2 * READ
SIZES = (0, 1, 125, 126, 127, 2**16 - 1, 2**16, READ - 4, READ - 3, READ + 1)
PING = Frame(Opcode.PING, b"are you there")


def whole(opcode: Opcode, size: int) -> list[Frame]:
    return [Frame(opcode, b"x" * size)]


def fragments(sizes: list[int]) -> list[Frame]:
    last = len(sizes) - 1
    return [
        Frame(Opcode.CONT if index else Opcode.TEXT, b"%d" % index * size, fin=index == last)
        for index, size in enumerate(sizes)
    ]


MESSAGES = st.one_of(
    st.builds(whole, st.sampled_from((Opcode.TEXT, Opcode.BINARY)), st.sampled_from(SIZES)),
    st.builds(fragments, st.lists(st.sampled_from((0, 3, 200)), min_size=2, max_size=4)),
    st.just([PING]),
)


class Sent(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def pause_reading(self) -> None:
        """All that is fed comes anyway."""

    resume_reading = pause_reading

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing waits."""

    def can_write_eof(self) -> bool:
        return False

    def is_closing(self) -> bool:
        return False

    close = abort = pause_reading


def answered(request: bytes) -> bytes:
    """What a server says to this handshake."""
    server = ServerProtocol()
    server.receive_data(request)
    [asked] = server.events_received()
    server.send_response(server.accept(asked))  # pyright: ignore[reportArgumentType]
    return b"".join(server.data_to_send())


async def connected(frames: Iterable[bytes], cuts: Sequence[int] = ()) -> tuple[Socket, Sent]:
    """A socket that was fed the answer to its handshake and these frames, cut into reads there."""
    protocol = ClientProtocol(parse_uri("ws://nowhere.invalid/"), max_size=LIMIT)
    socket, transport = Socket(protocol, limit=LIMIT, close_timeout=0.0), Sent()
    socket.connection_made(transport)
    protocol.send_request(protocol.connect())
    data = answered(b"".join(protocol.data_to_send())) + b"".join(frames)
    for start, end in pairwise((0, *sorted(cut % len(data) for cut in cuts), len(data))):
        feed(socket, data[start:end])
    return socket, transport


def feed(socket: Socket, data: bytes) -> None:
    """As a loop does: into the socket's own buffer, as much as fits into it."""
    while data:
        buffer = socket.get_buffer(-1)
        size = min(len(buffer), len(data))
        assert size
        buffer[:size] = data[:size]
        socket.buffer_updated(size)
        data = data[size:]


def served(frames: Iterable[Frame]) -> list[bytes]:
    return [frame.serialize(mask=False) for frame in frames]


@given(st.lists(MESSAGES, max_size=6), st.lists(st.integers(0, 2**20), max_size=6))
async def test_messages_are_the_same_wherever_reads_end(messages: list[list[Frame]], cuts: list[int]) -> None:
    """Whole, fragmented and oversize messages arrive in their order, and each ping is answered, however bytes come."""
    socket, transport = await connected(served(frame for frames in messages for frame in frames), cuts)
    said = [b"".join(bytes(frame.data) for frame in frames) for frames in messages if frames[0].opcode != Opcode.PING]
    assert [await socket.recv(decode=False) for _ in said] == said
    assert transport.written.count(b"\x8a") >= sum(frames[0].opcode == Opcode.PING for frames in messages)


@pytest.mark.parametrize(
    "wrong",
    [
        Frame(Opcode.TEXT, b"masked").serialize(mask=True),
        b"\xc1\x00",
        b"\x83\x00",
        Frame(Opcode.TEXT, b"x" * (LIMIT + 1)).serialize(mask=False),
        Frame(Opcode.TEXT, b"begun", fin=False).serialize(mask=False) + b"\x81\x00",
    ],
    ids=["masked", "reserved bit", "reserved opcode", "too large", "inside of another"],
)
async def test_a_frame_that_is_wrong_ends_the_connection(wrong: bytes) -> None:
    """What RFC 6455 forbids is no message: the library is given it, and hangs up."""
    socket, _ = await connected([*served([Frame(Opcode.TEXT, b"right")]), wrong])
    assert await socket.recv(decode=False) == b"right"
    socket.connection_lost(None)
    with pytest.raises(ConnectionClosedError):
        await socket.recv(decode=False)


async def test_nothing_counts_after_a_close() -> None:
    """A message behind the server's Close is not one."""
    close = Frame(Opcode.CLOSE, b"\x03\xe8")
    socket, _ = await connected(served([close, Frame(Opcode.TEXT, b"late")]))
    assert not socket.recv_messages.frames
    socket.connection_lost(None)


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_is_found_where_it_lies(size: int) -> None:
    """The kind, the beginning of the payload and the end of a frame are those that the library wrote."""
    data = b"--" + Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
    found = frame_at(memoryview(data), 2, len(data))
    assert found == (TEXT, len(data) - size, len(data))
    assert frame_at(memoryview(data), 2, 3) is None


def test_kinds_of_frames() -> None:
    """Fragments have more behind them, their last one has not, and a control frame is of no message."""
    frames = (
        Frame(Opcode.BINARY, b""),
        Frame(Opcode.TEXT, b"", fin=False),
        Frame(Opcode.CONT, b"", fin=False),
        Frame(Opcode.CONT, b""),
        Frame(Opcode.PING, b""),
    )
    kinds = [found[0] for data in served(frames) if (found := frame_at(memoryview(data), 0, len(data)))]
    assert kinds[0] == BINARY
    assert [is_fragment(kind) for kind in kinds] == [False, True, True, False, None]
