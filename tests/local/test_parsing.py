"""What is no client event, or a wrong one: named in an error, and never the end of a session."""

import asyncio
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime_rx.local import Engine
from realtime_rx.local.protocol import CLIENT_EVENT_TYPES

from .conftest import Event, Open, echo, typed
from .strict import check

REALTIME = {"type": "realtime"}
REFUSED: list[tuple[Event, str, str | None]] = [
    ({"type": "nothing.known"}, "invalid_value", "type"),
    ({"type": 5}, "invalid_value", "type"),
    ({}, "missing_required_parameter", "type"),
    ({"type": "session.update"}, "missing_required_parameter", "session"),
    ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
    ({"type": "session.update", "session": []}, "invalid_type", "session"),
    ({"type": "session.update", "session": {"type": "transcription"}}, "invalid_value", "session.type"),
    (
        {"type": "session.update", "session": {**REALTIME, "modalities": ["text"]}},
        "unknown_parameter",
        "session.modalities",
    ),
    ({"type": "session.update", "session": {**REALTIME, "instructions": 5}}, "invalid_type", "session.instructions"),
    (
        {"type": "session.update", "session": {**REALTIME, "output_modalities": ["audio", "text"]}},
        "invalid_value",
        "session.output_modalities",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "output_modalities": ["video"]}},
        "invalid_value",
        "session.output_modalities[0]",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "audio": {"input": {"format": "pcm16"}}}},
        "invalid_type",
        "session.audio.input.format",
    ),
    (
        {
            "type": "session.update",
            "session": {**REALTIME, "audio": {"output": {"format": {"type": "audio/pcm", "rate": 16000}}}},
        },
        "invalid_value",
        "session.audio.output.format.rate",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "audio": {"output": {"speed": 9}}}},
        "invalid_value",
        "session.audio.output.speed",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "tools": [{"type": "mcp", "server_label": "x"}]}},
        "invalid_value",
        "session.tools[0].type",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "tools": [{"type": "function", "name": "no spaces"}]}},
        "invalid_value",
        "session.tools[0].name",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "tool_choice": {"type": "function", "name": "absent"}}},
        "invalid_value",
        "session.tool_choice",
    ),
    (
        {"type": "session.update", "session": {**REALTIME, "max_output_tokens": 0}},
        "invalid_value",
        "session.max_output_tokens",
    ),
    ({"type": "session.update", "session": {**REALTIME, "prompt": {"id": "p"}}}, "invalid_type", "session.prompt"),
    ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio"),
    ({"type": "input_audio_buffer.append", "audio": "%%%"}, "invalid_value", "audio"),
    ({"type": "input_audio_buffer.append", "audio": "käse"}, "invalid_value", "audio"),
    ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty", None),
    ({"type": "output_audio_buffer.clear"}, "invalid_event", "type"),
    ({"type": "conversation.item.create"}, "missing_required_parameter", "item"),
    ({"type": "conversation.item.create", "item": {"type": "mcp_call"}}, "invalid_value", "item.type"),
    ({"type": "conversation.item.create", "item": typed("x", id="i" * 33)}, "string_above_max_length", "item.id"),
    ({"type": "conversation.item.create", "item": typed("x", role="robot")}, "invalid_value", "item.role"),
    (
        {"type": "conversation.item.create", "item": typed("x", role="assistant")},
        "invalid_value",
        "item.content[0].type",
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "data:,"}]},
        },
        "invalid_value",
        "item.content[0].type",
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": "x"}]},
        },
        "missing_required_parameter",
        "item.content[0].text",
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {"type": "message", "role": "user", "content": [{"type": "input_audio"}]},
        },
        "missing_required_parameter",
        "item.content[0].audio",
    ),
    (
        {
            "type": "conversation.item.create",
            "item": {"type": "function_call_output", "call_id": "no", "output": ""},
        },
        "invalid_tool_call_id",
        "item.call_id",
    ),
    (
        {"type": "conversation.item.create", "item": typed("x"), "previous_item_id": "no"},
        "item_create_invalid_previous_item_id",
        "previous_item_id",
    ),
    ({"type": "conversation.item.create", "item": typed("x", id="there")}, "item_create_duplicate_item_id", "item.id"),
    ({"type": "conversation.item.retrieve", "item_id": "no"}, "item_retrieve_invalid_item_id", "item_id"),
    ({"type": "conversation.item.delete", "item_id": "no"}, "item_delete_invalid_item_id", "item_id"),
    (
        {"type": "conversation.item.truncate", "item_id": "no", "content_index": 0, "audio_end_ms": 0},
        "item_truncate_invalid_item_id",
        "item_id",
    ),
    ({"type": "response.cancel"}, "response_cancel_not_active", None),
    ({"type": "response.create", "response": {"modalities": ["text"]}}, "unknown_parameter", "response.modalities"),
    ({"type": "response.create", "response": {"conversation": "other"}}, "invalid_value", "response.conversation"),
    (
        {"type": "response.create", "response": {"input": [typed("x", role="x")]}},
        "invalid_value",
        "response.input[0].role",
    ),
    (
        {"type": "response.create", "response": {"input": [{"type": "item_reference", "id": "no"}]}},
        "item_retrieve_invalid_item_id",
        "item_id",
    ),
    (
        {"type": "response.create", "response": {"tool_choice": {"type": "function", "name": "absent"}}},
        "invalid_value",
        "response.tool_choice",
    ),
    (
        {"type": "response.create", "response": {"metadata": {"k": "v" * 513}}},
        "string_above_max_length",
        "response.metadata[...]",
    ),
]


@pytest.mark.parametrize(("event", "code", "param"), REFUSED)
async def test_what_is_wrong_is_named(session: Open, event: Event, code: str, param: str | None) -> None:
    """A client event that cannot be obeyed is answered by one error with its code, its field and its event id."""
    async with session() as peer:
        await peer.send("conversation.item.create", item=typed("first", id="there"))
        await peer.next("conversation.item.done")
        peer.forget()
        await peer.send_frame(json.dumps({**event, "event_id": "mine"}))
        error = (await peer.next("error"))["error"]
        assert (error["code"], error["param"], error["event_id"]) == (code, param, "mine")
        assert error["type"] == "invalid_request_error"
        assert error["message"]
        assert peer.types == ["error"]


@pytest.mark.parametrize(
    "frame", ["", "{", "null", "[1]", '"text"', "[" * 100_000, b"\xff\xfe\x00", b"RIFF....WAVE", '{"a": NaN}']
)
async def test_what_is_no_json_object_is_an_error(session: Open, frame: str | bytes) -> None:
    """Broken JSON, other JSON and binary garbage are refused, and the session goes on."""
    async with session() as peer:
        await peer.send_frame(frame)
        assert (await peer.next("error"))["error"]["code"] == "invalid_json"
        await peer.update()


async def test_an_event_may_come_as_bytes(session: Open) -> None:
    """A binary frame that holds a client event is one."""
    async with session() as peer:
        await peer.send_frame(b'{"type": "input_audio_buffer.clear"}')
        await peer.next("input_audio_buffer.cleared")


FIELDS = """type session item response audio content text role id item_id event_id tools tool_choice input output
format call_id arguments name metadata conversation transcript voice instructions output_modalities"""
WORDS = "realtime message user assistant function_call function none auto input_text audio/pcm"
NAMES = st.sampled_from(FIELDS.split())
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(string.printable, max_size=8)
    | st.sampled_from(WORDS.split()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
EVENTS = st.builds(
    lambda kind, fields: {**fields, "type": kind}, st.sampled_from(CLIENT_EVENT_TYPES), st.dictionaries(NAMES, VALUES)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=4))
def test_no_frame_breaks_a_session(frames: list[Event]) -> None:
    """Whatever comes in, each frame is obeyed or answered by an error, and every event that goes out is valid."""

    async def run() -> None:
        events: list[Event] = []
        engine = Engine(events.append, brain=echo)
        for frame in frames:
            before = len(events)
            engine.feed(json.dumps(frame))
            quiet = frame["type"] == "input_audio_buffer.append"
            assert quiet or len(events) > before
        await asyncio.sleep(0)
        await engine.aclose()
        for event in events:
            check(event)

    asyncio.run(run())
