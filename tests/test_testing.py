"""The test kit for one's own conversations."""

from pathlib import Path

import pytest

from realtime_rx import tool
from realtime_rx.errors import ConnectionLostError, ProtocolError
from realtime_rx.testing import (
    FakeClock,
    ScriptedTransport,
    Sent,
    record_events,
    reduce_events,
    reduce_recording,
    save_recording,
    scripted_session,
)

from .support.frames import CREATED, audio_delta, text_turn, tool_turn
from .support.waiting import until


async def test_a_script_waits_for_what_the_session_says() -> None:
    """A script's step that waits is passed when the session has sent that event, and not before."""
    transport = ScriptedTransport(
        [CREATED, Sent("response.create"), *text_turn("One"), Sent("response.create"), *text_turn("Two", item_id="b")]
    )
    async with scripted_session(transport) as session:
        session.send_text_message("first")
        await until(session, lambda state: len(state.messages) == 2 and state.mode == "idle")
        session.send_text_message("second")
        state = await until(session, lambda state: len(state.messages) == 4 and state.mode == "idle")
    assert [message.text for message in state.messages] == ["first", "One", "second", "Two"]
    assert [frame["type"] for frame in transport.sent] == ["conversation.item.create", "response.create"] * 2


async def test_a_script_can_end_with_the_connection() -> None:
    """A script may end in the loss of the connection."""
    session = scripted_session([CREATED, *text_turn("Bye")[:5], ConnectionLostError(1011)])
    await session.connect()
    state = await until(session, lambda state: state.status == "error")
    assert state.messages[0].status == "incomplete"
    await session.aclose()


async def test_a_tool_can_be_tested_by_a_script() -> None:
    """A scripted call runs the tool that the session has."""

    @tool
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    transport = ScriptedTransport([CREATED, *tool_turn(("c1", "double", '{"number": 21}')), Sent("response.create")])
    async with scripted_session(transport, tools=[double]) as session:
        await until(session, lambda state: not state.flow.calls and len(state.messages) == 1)
        await until(session, lambda _: len(transport.sent) == 3)
    assert transport.sent[1]["item"]["output"] == "42"


async def test_recorded_events_reduce_to_what_the_session_had() -> None:
    """Reducing the recorded events gives the messages that the live session had."""
    session = scripted_session([CREATED, *text_turn("All the same")])
    events = record_events(session)
    async with session:
        state = await until(session, lambda state: state.messages and state.mode == "idle")
    assert reduce_events(events).messages == state.messages


async def test_recorded_events_can_be_saved_and_reduced_again(tmp_path: Path) -> None:
    """A saved recording reduces to the same conversation, and holds no sound."""
    session = scripted_session(
        [CREATED, audio_delta("AAAA" * 100), *text_turn("All the same")], clock=FakeClock(), provider="openai"
    )
    events = record_events(session)
    async with session:
        state = await until(session, lambda state: state.messages and state.events[-1].type == "response-done")
    save_recording(tmp_path / "talk.jsonl", events)
    assert reduce_recording(tmp_path / "talk.jsonl").messages == state.messages
    assert "AAAA" not in (tmp_path / "talk.jsonl").read_text()


@pytest.mark.parametrize("line", ["nonsense", '{"kind": "message", "data": ' + "[" * 5_000])
def test_a_recording_that_is_none(tmp_path: Path, line: str) -> None:
    """A file that is no recording is a ProtocolError with the line's number."""
    path = tmp_path / "talk.jsonl"
    path.write_text(f'{{"kind": "message", "data": {{"type": "x"}}}}\n{line}\n')
    with pytest.raises(ProtocolError, match="line 2"):
        reduce_recording(path)


async def test_the_clock_stands_still() -> None:
    """With a FakeClock, times in the state are the times that the test chose."""
    clock = FakeClock(100.0)
    async with scripted_session([CREATED], clock=clock) as session:
        clock.advance(5)
        session.send_text_message("Hello", respond=False)
        assert session.state.messages[0].created_at == 105.0
