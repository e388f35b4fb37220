"""The pipes without a socket: one in memory, one that replays."""

from pathlib import Path

import pytest

from realtime_rx.abc import Endpoint, Frame
from realtime_rx.errors import ConnectError, ConnectionLostError, ProtocolError
from realtime_rx.testing import scripted_session
from realtime_rx.transports import MemoryTransport, ReplayTransport
from realtime_rx.transports.replay import received_frames

from ..support.memory import session_on
from ..support.waiting import tasks, until

HERE = Endpoint(url="ws://here")

RECORDING = """\
{"kind": "message", "direction": "received", "data": {"type": "session.created", "session": {"id": "sess_7"}}}
{"kind": "message", "direction": "sent", "data": {"type": "session.update"}}

{"kind": "message", "direction": "received", "data": {"type": "something.else"}}
{"kind": "close", "data": 1000}
"""


async def delivered(pipe: MemoryTransport) -> list[Frame]:
    """What it delivers until it was closed."""
    taken: list[Frame] = []
    await pipe.deliver(taken.append)
    return taken


async def test_a_memory_pipe_carries_frames_in_order() -> None:
    """Frames go through a memory pipe in order."""
    pipe = MemoryTransport()
    await pipe.open(HERE)
    pipe.receive("one")
    pipe.receive("two")
    await pipe.close()
    assert await delivered(pipe) == ["one", "two"]


async def test_a_memory_pipe_keeps_what_was_sent() -> None:
    """What is sent into a memory pipe can be had at its other end, and where it was dialled."""
    pipe = MemoryTransport()
    await pipe.open(HERE)
    await pipe.send("three")
    assert (pipe.sent.get_nowait(), pipe.endpoint) == ("three", HERE)


async def test_a_memory_pipe_can_refuse() -> None:
    """A memory pipe that is told to refuse raises that instead of opening."""
    with pytest.raises(ConnectError, match="not today"):
        await MemoryTransport(refuse=ConnectError("not today")).open(HERE)


async def test_a_memory_pipe_that_breaks() -> None:
    """A dropped memory pipe is found lost behind the frames that were not read yet."""
    pipe = MemoryTransport()
    pipe.receive("last words")
    pipe.drop(1011, "oops")
    taken: list[Frame] = []
    with pytest.raises(ConnectionLostError, match="oops"):
        await pipe.deliver(taken.append)
    assert taken == ["last words"]


async def test_a_closed_memory_pipe() -> None:
    """A closed memory pipe ends its frames and takes no more."""
    pipe = MemoryTransport()
    await pipe.close()
    await pipe.close()
    assert await delivered(pipe) == []
    with pytest.raises(ConnectionLostError):
        await pipe.send("x")


def test_a_recording_holds_what_was_received(tmp_path: Path) -> None:
    """Of a recording's lines only the received messages are frames."""
    path = tmp_path / "talk.jsonl"
    path.write_text(RECORDING)
    first, second = received_frames(path)
    assert b"sess_7" in bytes(first)  # type: ignore[arg-type]
    assert b"something.else" in bytes(second)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["{", "[]", '{"kind": 7}', "\x00"])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    """A line that is no record is a ProtocolError with the file and the line's number."""
    path = tmp_path / "talk.jsonl"
    path.write_text(f"{RECORDING}{line}\n")
    with pytest.raises(ProtocolError, match=r"talk\.jsonl, line 6"):
        received_frames(path)


async def test_a_session_can_live_on_a_replay(tmp_path: Path) -> None:
    """A session over a replayed recording reads it to its end, keeps what it said, and closes."""
    path = tmp_path / "talk.jsonl"
    path.write_text(RECORDING)
    replay = ReplayTransport.from_recording(path)
    async with session_on(lambda: replay) as session:
        await until(session, lambda state: len(state.events) == 2)
        assert session.state.session_id == "sess_7"
        await until(session, lambda _: replay.sent)
    assert tasks() == set()
    with pytest.raises(ConnectionLostError):
        await replay.send("x")


async def test_a_scripted_session_speaks_to_no_server() -> None:
    """A scripted session dials nobody: its transport opens wherever it points."""
    async with scripted_session([{"type": "session.created", "session": {}}]) as session:
        assert session.state.status == "connected"
