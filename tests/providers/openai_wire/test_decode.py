"""Frames of the OpenAI wire become events."""

import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from realtime_rx import events as ev
from realtime_rx.errors import ProtocolError
from realtime_rx.items import ImagePart, ToolPart
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.providers.openai_wire.decode import ALIASES

from .ga_frames import EXAMPLES, SAID, USAGE, USED, frame


def decoded(value: Any, at: float = 0.0) -> Any:
    (event,) = OpenAICodec().decode(value if isinstance(value, str | bytes) else json.dumps(value), at=at)
    return event


def test_the_examples_are_all_of_the_protocol() -> None:
    """There is an example of each of the 46 server events of the GA protocol."""
    assert len(EXAMPLES) == 46


@pytest.mark.parametrize("kind", EXAMPLES)
@pytest.mark.parametrize("encode", [str, str.encode], ids=["text", "binary"])
def test_every_server_event_has_a_normalised_form(kind: str, encode: Any) -> None:
    """A frame of each kind, text or binary, becomes its event with its id, its time and the frame itself."""
    wire = frame(kind)
    text = json.dumps(wire)
    got = decoded(encode(text), at=12.5)
    assert got == msgspec.structs.replace(EXAMPLES[kind][1], at=12.5, event_id="e", frame=got.frame)
    elided = {"delta": "<3 bytes>"} if kind == "response.output_audio.delta" else {}
    assert got.raw == wire | elided


@pytest.mark.parametrize(("old", "new"), ALIASES.items())
def test_beta_names_are_understood(old: str, new: str) -> None:
    """A frame under its beta name is the same event as under its GA name."""
    fields = {key: value for key, value in frame(new).items() if key != "type"}
    before, after = decoded({"type": old, **fields}), decoded({"type": new, **fields})
    assert before == msgspec.structs.replace(after, frame=before.frame)
    assert before.raw["type"] == old


def test_what_nobody_knows_is_passed_on() -> None:
    """A frame of an unknown kind is a ProviderEvent that names the kind and holds the frame."""
    wire = {"type": "ping", "event_id": "e", "timestamp": 5}
    event = decoded(wire)
    assert isinstance(event, ev.ProviderEvent)
    assert (event.type, event.raw_type, event.event_id, event.raw) == ("custom", "ping", "e", wire)


def test_a_name_may_have_blanks_around_it() -> None:
    """A kind with a stray blank, as OpenAI's own example has it, is the kind without it."""
    event = decoded({"type": " input_audio_buffer.dtmf_event_received", "event": "9", "received_at": 1})
    assert (event.type, event.key) == ("dtmf-received", "9")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", "not JSON"),
        ("hello", "not JSON.*'hello'"),
        ('{"type":"error"', "not JSON"),
        ('{"type":"error"}}', "not JSON"),
        (b"\x00", "not JSON"),
        (b'{"type":"x","y":"\xff"}', "not valid Unicode: invalid start byte"),
        ("[]", r"no object: '\[\]'"),
        ("null", "no object"),
        ("NaN", "not JSON"),
        ("{}", "has no 'type'"),
        ('{"type":null}', "has no 'type'"),
        ('{"type":["error"]}', "has no 'type'"),
        ('{"type":"\ud800"}', "not valid Unicode"),
        ('{"type":"error","error":5}', "error: Expected `object.*`, got `int` - at `\\$.error`"),
        ('{"type":"response.done"}', "response.done: Object missing required field `response`"),
        ('{"type":"response.done","response":{}}', "field `id` - at `\\$.response`"),
        ('{"type":"response.text.delta"}', "response.output_text.delta: .* `item_id`"),
        ('{"type":"rate_limits.updated","rate_limits":[{"name":"a"}]}', "`limit`"),
        ('{"type":"session.created","session":[]}', "Expected `object`, got `array`"),
        ('{"type":"session.created","session":{"a":NaN}}', "not JSON"),
        ('{"type":"session.created","session":{"a":1e999}}', "out of range"),
        ('{"type":"session.created","session":{"a":"\\ud800"}}', "not JSON"),
    ],
)  # fmt: skip
def test_a_frame_that_cannot_be_read_is_explained(value: str | bytes, text: str) -> None:
    """A malformed frame is a ProtocolError that says what is wrong with it."""
    with pytest.raises(ProtocolError, match=text):
        decoded(value)


def test_an_error_shows_how_the_frame_began() -> None:
    """A long malformed frame is shown by its beginning alone."""
    with pytest.raises(ProtocolError) as raised:
        decoded("x" * 100_000)
    assert len(str(raised.value)) < 250
    assert "xxx…" in str(raised.value)


@pytest.mark.parametrize("kind", ["response.mcp_call.in_progress", "mcp_list_tools.failed"])
def test_progress_without_an_item_is_passed_on(kind: str) -> None:
    """An MCP event without an item id is a ProviderEvent, since nothing can be said of it."""
    assert decoded({"type": kind}) == ev.ProviderEvent(kind, frame=decoded({"type": kind}).frame)


@pytest.mark.parametrize("depth", [10, 300, 500, 700, 900, 1_100, 5_000, 100_000])
@pytest.mark.parametrize("padding", [0, 9_000])
def test_a_frame_may_be_nested_deeply(depth: int, padding: int) -> None:
    """A deeply nested frame is an event or, where that is too deep, a ProtocolError."""
    nested = '{"a":' * depth + "1" + "}" * depth
    text = '{"type":"session.created","session":' + nested + ',"pad":"' + "z" * padding + '"}'
    if depth <= 300:
        assert isinstance(decoded(text), ev.SessionCreated)
    elif depth >= 100_000:
        with pytest.raises(ProtocolError, match="nested too deep"):
            decoded(text)
    else:  # how deep is too deep depends on the interpreter and on who calls
        with suppress(ProtocolError):
            assert isinstance(decoded(text), ev.SessionCreated)


def test_numbers_may_be_huge() -> None:
    """Whole numbers beyond 64 bits are kept as they are."""
    assert decoded(frame("input_audio_buffer.speech_started", audio_start_ms=10**30)).audio_start_ms == 10**30


@pytest.mark.parametrize("length", range(5))
def test_the_size_of_sound_is_known_without_decoding_it(length: int) -> None:
    """The byte count of an audio delta is right for every padding."""
    event = decoded(frame("response.output_audio.delta", delta=b64encode(bytes(length)).decode()))
    assert event.byte_count == length


# Dialects


def test_xai_puts_the_usage_beside_the_response() -> None:
    """Usage at the top of a `response.done` counts where the response has an empty one."""
    done = {"id": "r", "status": "completed", "status_details": "unimplemented", "output": [], "usage": {}}
    assert decoded({"type": "response.done", "response": done, "usage": USAGE}).usage == USED


def test_an_item_without_a_place_says_so() -> None:
    """An item whose `previous_item_id` is left out is not placed; one whose is null is the first."""
    assert decoded({"type": "conversation.item.added", "item": SAID}).placed is False
    assert decoded({"type": "conversation.item.added", "item": SAID, "previous_item_id": None}).placed is True


@pytest.mark.parametrize(
    ("details", "reason", "code", "message"),
    [
        (None, None, None, None),
        ("unimplemented", None, None, None),
        ({"type": "incomplete", "reason": "max_output_tokens"}, "max_output_tokens", None, None),
        ({"type": "failed", "error": {"type": "t", "code": "c", "message": "m"}}, None, "c", "m"),
        ({"type": "failed", "error": {"type": "t", "code": None}}, None, "t", None),
        ({"error": "text"}, None, None, None),
    ],
)
def test_the_end_of_a_response_is_explained(details: Any, reason: Any, code: Any, message: Any) -> None:
    """Why a response ended as it did is read from `status_details`, whatever shape that has."""
    event = decoded({"type": "response.done", "response": {"id": "r", "status": "failed", "status_details": details}})
    assert (event.status, event.reason, event.error_code, event.error_message) == ("failed", reason, code, message)


def test_an_unknown_status_is_taken_as_completed() -> None:
    """A response that ended with a status nobody knows is completed."""
    assert decoded({"type": "response.done", "response": {"id": "r", "status": "finished"}}).status == "completed"


def test_an_error_without_words_has_some() -> None:
    """An error event without a message names its type, or says that the provider did not say."""
    assert decoded({"type": "error", "error": {"type": "server_error"}}).message == "server_error"
    assert "did not say" in decoded({"type": "error"}).message
    assert decoded({"type": "error", "error": {"code": 429}}).code == "429"


def item(**fields: Any) -> Any:
    return decoded({"type": "conversation.item.added", "item": {"id": "i", **fields}}).item


def test_an_mcp_call_is_a_call_that_the_provider_runs() -> None:
    """An MCP call is provider-executed, and holds its output or its error when it is over."""
    call = {"type": "mcp_call", "name": "f", "arguments": "{}"}
    begun, done, failed = item(**call), item(**call, output="x"), item(**call, error={"message": "no"})
    assert [each.parts[0].state for each in (begun, done, failed)] == [
        "input-streaming",
        "output-available",
        "output-error",
    ]
    assert all(each.parts[0].provider_executed and each.type == "function_call" for each in (begun, done, failed))
    assert all(
        (part.tool_name, part.arguments, part.tool_call_id) == ("f", "{}", "i")
        for part in (begun.parts[0], done.parts[0], failed.parts[0])
    )
    assert (done.parts[0].output, failed.parts[0].output) == ("x", None)


def test_an_output_names_its_call() -> None:
    """A function call's output is an item that holds the call's id and the text that was sent."""
    part = ToolPart(tool_name="", tool_call_id="c", state="output-available", output="x")
    output = item(type="function_call_output", call_id="c", output="x")
    assert (output.type, output.parts) == ("function_call_output", (part,))


def test_items_that_nobody_reads_are_other() -> None:
    """MCP tool lists, approvals and unknown items are of type other."""
    assert [item(type=kind).type for kind in ("mcp_list_tools", "mcp_approval_request", "new_thing")] == ["other"] * 3


def test_a_picture_is_taken_apart() -> None:
    """A picture in a base64 data URL becomes its type and data, and any other URL stays one."""
    urls = (
        "data:image/jpeg;base64,AAAA",
        "https://a.example/",
        "data:image/svg+xml,<svg/>",
        "https://a.example/;base64,A",
    )
    parts = item(role="user", content=[{"type": "input_image", "image_url": url} for url in urls]).parts
    assert parts[0] == ImagePart(mime_type="image/jpeg", data="AAAA")
    assert parts[1:] == tuple(ImagePart(url=url, content_index=index) for index, url in enumerate(urls[1:], 1))


def test_unknown_content_keeps_its_place_empty() -> None:
    """Content of an unknown kind is left out and the content behind it keeps its index."""
    parts = item(role="user", content=[{"type": "smell"}, {"type": "input_text", "text": "x"}]).parts
    assert [(part.text, part.content_index) for part in parts] == [("x", 1)]


def test_what_a_user_said_is_open_until_it_is_understood() -> None:
    """Sound of a user without a transcript is streaming even in a completed item, and done with one."""
    silent, understood = ({"type": "input_audio", "transcript": words} for words in (None, "Hi"))
    parts = item(role="user", status="completed", content=[silent, understood]).parts
    assert [part.state for part in parts] == ["streaming", "done"]
