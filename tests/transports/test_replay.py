"""Recordings that drive sessions."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from realtime_rx import Replay, SessionState, tool, use_realtime
from realtime_rx.errors import DivergenceError
from realtime_rx.state import Message
from realtime_rx.testing import ScriptedTransport, Sent
from realtime_rx.transports import ReplayTransport

from ..support.frames import CREATED, text_turn, tool_turn
from ..support.waiting import until

SCRIPT = [
    CREATED,
    Sent("response.create"),
    *tool_turn(("call_1", "double", '{"number": 21}'), response_id="resp_1"),
    Sent("response.create"),
    *text_turn("It is 42", response_id="resp_2"),
]


@tool
def double(number: int) -> int:
    """Double a number."""
    return number * 2


def timeless(state: SessionState) -> list[Message]:
    return [replace(message, created_at=0.0) for message in state.messages]


async def recorded(path: Path, question: str = "Double 21, please") -> list[Message]:
    """Record a conversation with a tool; gives its messages."""
    script = ScriptedTransport(SCRIPT)
    session = use_realtime(
        "openai", api_key="k", base_url="ws://here", transport=lambda: script, tools=[double], record=path
    )
    async with session:
        session.send_text_message(question)
        state = await until(session, lambda state: state.mode == "idle" and state.messages[-1].text == "It is 42")
    return timeless(state)


def written(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def received(at: float, kind: str = "something.new", connection: int = 1) -> dict[str, Any]:
    data = {"type": kind, **({"session": {}} if kind == "session.created" else {})}
    return {"kind": "message", "direction": "received", "data": data, "at": at, "connection": connection}


async def test_a_replay_says_and_hears_all_again(tmp_path: Path) -> None:
    """A recording replays to the same messages, tool outputs included, without a key, a tool or a word from outside."""
    was = await recorded(tmp_path / "talk.jsonl")
    replay = Replay(tmp_path / "talk.jsonl")
    async with use_realtime(transport=replay) as session:
        await replay.finished.wait()
        assert timeless(session.state) == was
        assert (session.provider.id, replay.played) == ("openai", len(replay.lines))


async def test_a_replay_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    """The recording of a replay is a recording of the same conversation."""
    was = await recorded(tmp_path / "talk.jsonl")
    first = Replay(tmp_path / "talk.jsonl")
    async with use_realtime(transport=first, record=tmp_path / "again.jsonl"):
        await first.finished.wait()
    second = Replay(tmp_path / "again.jsonl")
    async with use_realtime(transport=second) as session:
        await second.finished.wait()
        assert timeless(session.state) == was


async def test_a_strict_replay_passes_where_nothing_changed(tmp_path: Path) -> None:
    """The same program says the same as when it was recorded, apart from ids that are drawn anew."""
    await recorded(tmp_path / "talk.jsonl")
    replay = Replay(tmp_path / "talk.jsonl", strict=True, deeds=False)
    async with use_realtime(transport=replay, tools=[double]) as session:
        session.send_text_message("Double 21, please")
        await replay.finished.wait()
        assert replay.divergence is None
        assert session.state.messages[-1].text == "It is 42"


async def test_a_strict_replay_shows_where_something_changed(tmp_path: Path) -> None:
    """A program that says something else than its recording ends with both, line by line."""
    await recorded(tmp_path / "talk.jsonl")
    replay = Replay(tmp_path / "talk.jsonl", strict=True, deeds=False)
    async with use_realtime(transport=replay, tools=[double], reconnect=False) as session:
        session.send_text_message("Triple 21, please")
        state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert state.error.code == "diverged"
    assert '-        "text": "Double 21, please",' in state.error.message
    assert '+        "text": "Triple 21, please",' in state.error.message
    assert isinstance(replay.divergence, DivergenceError)


async def test_a_strict_replay_does_not_wait_for_ever(tmp_path: Path) -> None:
    """A program that says less than its recording is told what it did not say."""
    await recorded(tmp_path / "talk.jsonl")
    replay = Replay(tmp_path / "talk.jsonl", strict=True, deeds=False, patience=0.01)
    async with use_realtime(transport=replay, tools=[double], reconnect=False):
        await replay.finished.wait()
    assert "nothing was sent" in str(replay.divergence)


async def test_the_original_timing(tmp_path: Path) -> None:
    """With a speed, a replay waits between frames as long as it was then, divided by the speed."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    frames = received(100.0, "session.created"), received(103.0), received(103.0), received(104.0)
    replay = Replay(written(tmp_path / "talk.jsonl", *frames), speed=2.0, sleep=sleep)
    async with use_realtime("openai", transport=replay):
        await replay.finished.wait()
    assert waits == [1.5, 0.5]


async def test_the_virtual_time(tmp_path: Path) -> None:
    """Without a speed nothing is waited for, and yet every event has the time that it had."""
    frames = received(100.0, "session.created"), received(3700.0)
    replay = Replay(written(tmp_path / "talk.jsonl", *frames))
    async with use_realtime("openai", transport=replay) as session:
        await replay.finished.wait()
        await until(session, lambda state: len(state.events) == 2)
        assert [event.at for event in session.state.events] == [100.0, 3700.0]


async def test_a_replay_loses_and_finds_its_connection(tmp_path: Path) -> None:
    """Where the recorded connection was lost, the replayed one is, and the next dial plays the next one."""
    path = written(
        tmp_path / "talk.jsonl",
        received(1.0, "session.created"),
        {"kind": "close", "at": 2.0, "code": 1006, "reason": "gone"},
        received(3.0, "session.created", connection=2),
        received(4.0, "second.life", connection=2),
    )
    replay = Replay(path)
    async with use_realtime("openai", transport=replay) as session:
        await until(session, lambda state: state.status == "connected" and state.connection == 2)
        await replay.finished.wait()
        await until(session, lambda state: "second.life" in str(state.events[-1].raw))
        assert session.state.reconnects == 1


async def test_a_dial_that_failed_fails_again(tmp_path: Path) -> None:
    """A recorded dial that failed fails in the replay, for the recorded reason."""
    path = written(tmp_path / "talk.jsonl", {"kind": "failed", "reason": "not today"})
    session = use_realtime("openai", transport=Replay(path), reconnect=False)
    with pytest.raises(Exception, match="not today"):
        await session.connect()
    await session.aclose()


async def test_a_recording_is_over_once(tmp_path: Path) -> None:
    """A dial more than was recorded is refused, saying so."""
    path = written(tmp_path / "talk.jsonl", received(1.0, "session.created"))
    replay = Replay(path)
    session = use_realtime("openai", transport=replay, reconnect=False)
    await session.connect()
    await session.disconnect()
    with pytest.raises(Exception, match="no further connection"):
        await session.connect()
    await session.aclose()


def test_an_empty_recording_is_over(tmp_path: Path) -> None:
    """A recording without a connection is finished before it begins."""
    path = written(tmp_path / "talk.jsonl", {"kind": "meta", "provider": "openai", "model": "m"})
    replay = Replay(path)
    assert (replay.finished.is_set(), replay.model) == (True, "openai:m")
    assert repr(replay).endswith("talk.jsonl' 0/1>")


def test_one_connection_can_be_replayed_alone() -> None:
    """A replaying transport can be made of plain frames."""
    assert ReplayTransport([b"{}"]).sent == []
