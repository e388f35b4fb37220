"""Recording a session: what is in the file, and what happens where it cannot be written."""

import base64
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from realtime_rx import record
from realtime_rx.errors import ConfigurationError, ProtocolError
from realtime_rx.recordings.lines import Message, Meta, read_lines

from .support.frames import CREATED, audio_delta, text_turn
from .support.memory import Wire, connected
from .support.waiting import until

SOUND = base64.b64encode(b"\x01\x02" * 100).decode()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_both_directions_are_recorded(tmp_path: Path) -> None:
    """A recording has the dial, what was done, what was sent and received, and the end, each with its time."""
    wire, path = Wire(), tmp_path / "talk.jsonl"
    session = await connected(wire)
    with record(session, path):
        session.send_text_message("Hello", id="m1")
        await wire.hear_types(2)
        wire.say(*text_turn("Hi there"))
        await until(session, lambda state: state.mode == "idle" and len(state.messages) == 2)
        await session.aclose()
    meta, *rest = lines(path)
    assert (meta["kind"], meta["provider"], meta["model"]) == ("meta", "openai", "gpt-realtime")
    kinds = [(line["kind"], line.get("direction") or line.get("event", {}).get("type")) for line in rest]
    assert kinds[:4] == [
        ("event", "event-submitted"),
        ("event", "response-requested"),
        ("message", "sent"),
        ("message", "sent"),
    ]
    assert kinds[-1] == ("close", None)
    assert next(line["data"]["type"] for line in rest if line.get("direction") == "received") == "response.created"
    assert all("at" in line for line in rest)


async def test_the_dial_is_in_the_recording(tmp_path: Path) -> None:
    """A session that is recorded from the start has its dial in the file, without the query."""
    wire, path = Wire(), tmp_path / "talk.jsonl"
    session = await connected(wire)
    await session.disconnect()
    recording = record(session, path)
    wire.renew()
    connecting = session.connect()
    wire.say(CREATED)
    await connecting
    await session.aclose()
    opened = next(line for line in lines(path) if line["kind"] == "open")
    assert (opened["connection"], opened["address"]) == (2, "ws://localhost/realtime")
    assert recording.is_closed


async def test_sound_is_left_out_unless_asked_for(tmp_path: Path) -> None:
    """Without `audio=True` a recording has the size of the sound only, and both replay to frames of the same length."""
    wire = Wire()
    session = await connected(wire)
    silent, full = record(session, tmp_path / "silent.jsonl"), record(session, tmp_path / "full.jsonl", audio=True)
    wire.say(audio_delta(SOUND))
    await until(session, lambda state: len(state.events) == 2)
    await session.aclose()
    assert SOUND not in silent.path.read_text()
    assert SOUND in full.path.read_text()
    (one,), (other,) = (
        [line.frame for line in read_lines(each.path) if isinstance(line, Message) and line.direction == "received"]
        for each in (silent, full)
    )
    assert len(one) == len(json.dumps(json.loads(other), separators=(",", ":")))


async def test_frames_that_are_no_json_are_recorded(tmp_path: Path) -> None:
    """Text that is no JSON stands in the file as text, other bytes by their number or, with sound, as base64."""
    wire = Wire()
    session = await connected(wire)
    silent, full = record(session, tmp_path / "silent.jsonl"), record(session, tmp_path / "full.jsonl", audio=True)
    wire.say("{no json", b"\xff\xfe\xfd")
    await until(session, lambda state: len(state.events) == 3)
    await session.aclose()
    for path, frames in ((silent.path, ["{no json", bytes(3)]), (full.path, ["{no json", b"\xff\xfe\xfd"])):
        found = [line.frame for line in read_lines(path) if isinstance(line, Message) and line.direction == "received"]
        assert found == frames


async def test_each_line_is_there_at_once(tmp_path: Path) -> None:
    """A frame is in the file as soon as it crossed the wire, so a crash loses nothing that was said before."""
    wire, path = Wire(), tmp_path / "talk.jsonl"
    session = await connected(wire)
    record(session, path)
    wire.say({"type": "something.new"})
    await until(session, lambda state: len(state.events) == 2)
    assert lines(path)[-1]["data"] == {"type": "something.new"}
    await session.aclose()


async def test_a_recording_is_for_its_user_only(tmp_path: Path) -> None:
    """Nobody but the user may read a recording."""
    session = await connected(Wire())
    recording = record(session, tmp_path / "talk.jsonl")
    assert os.stat(recording.path).st_mode & 0o077 == 0
    await session.aclose()


async def test_a_recording_is_bounded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After as many bytes as were allowed there are no more, a warning says so, and the conversation goes on."""
    wire, path = Wire(), tmp_path / "talk.jsonl"
    session = await connected(wire)
    with caplog.at_level(logging.WARNING):
        recording = record(session, path, max_bytes=400)
        wire.say(*({"type": f"something.{number}"} for number in range(9)))
        await until(session, lambda state: len(state.events) == 10)
    assert recording.is_closed
    assert path.stat().st_size <= 400
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert isinstance(next(read_lines(path)), Meta)
    await session.aclose()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
async def test_a_full_disk_ends_the_recording_only(caplog: pytest.LogCaptureFixture) -> None:
    """Where the file takes no more, the recording ends with one warning, and the conversation goes on."""
    with caplog.at_level(logging.WARNING):
        session = await connected(Wire())
        assert record(session, "/dev/full").is_closed
    assert "No space left" in caplog.text
    assert (session.state.status, session.subscriber_count) == ("connected", 0)
    await session.aclose()


async def test_two_sessions_do_not_share_a_file(tmp_path: Path) -> None:
    """A file is recorded into by one session at a time, and a folder has a file for each of them."""
    one, two = await connected(Wire()), await connected(Wire())
    record(one, tmp_path / "talk.jsonl")
    with pytest.raises(ConfigurationError, match=r"talk\.jsonl is being recorded into"):
        record(two, tmp_path / "talk.jsonl")
    assert record(one, tmp_path).path != record(two, tmp_path).path
    await one.aclose()
    record(two, tmp_path / "talk.jsonl")
    await two.aclose()


async def test_a_file_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    """A file in a folder that is not there is a ConfigurationError before anything is said."""
    session = await connected(Wire())
    with pytest.raises(ConfigurationError, match="cannot record into"):
        record(session, tmp_path / "nowhere" / "talk.jsonl")
    await session.aclose()


async def test_a_closed_recording_lets_the_session_go(tmp_path: Path) -> None:
    """A recording that was closed hears nothing any more, and may be closed again."""
    wire = Wire()
    session = await connected(wire)
    recording = record(session, tmp_path / "talk.jsonl")
    assert session.subscriber_count == 2
    recording.close()
    recording.close()
    assert session.subscriber_count == 0
    assert repr(recording).endswith("talk.jsonl' closed>")
    await session.aclose()


def test_a_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path) -> None:
    """The last line of a recording may be cut off, no other one may."""
    path = tmp_path / "talk.jsonl"
    whole = '{"kind":"message","direction":"received","data":{}}\n'
    path.write_text(f'{whole}{{"kind":"mess')
    assert len(list(read_lines(path))) == 1
    path.write_text(f'{{"kind":"mess\n{whole}')
    with pytest.raises(ProtocolError, match="line 1"):
        list(read_lines(path))
