"""The codec against OpenAI's published schema and examples, where REALTIME_RX_PROTOCOLS says where they are."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.errors import ProtocolError
from realtime_rx.events import ClientEvent, ProviderEvent
from realtime_rx.providers.openai_wire import OpenAICodec

from .ga_frames import EXAMPLES, frame
from .test_encode import EVENTS

jsonschema = pytest.importorskip("jsonschema")
FOLDER = os.environ.get("REALTIME_RX_PROTOCOLS")
pytestmark = pytest.mark.skipif(FOLDER is None, reason="REALTIME_RX_PROTOCOLS is not set")

# The official name of the eleventh client event of the beta protocol, which the examples still have.
BETA_ONLY = {"transcription_session.update"}


def read(name: str) -> str:
    return (Path(FOLDER or "") / name).read_text("utf-8")


def schema(union: str) -> Any:
    return {**json.loads(read("openai-realtime-ga.schema.json")), "$ref": f"#/$defs/{union}"}


def kinds(union: str) -> set[str]:
    """The event types that a union of the schema has."""
    definitions = json.loads(read("openai-realtime-ga.schema.json"))["$defs"]
    members = (definitions[each["$ref"].rpartition("/")[2]] for each in definitions[union]["anyOf"])
    types = (member["properties"]["type"] for member in members)
    return {kind.get("const") or kind["enum"][0] for kind in types}


def examples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in read("openai-realtime-ga.examples.jsonl").splitlines()]


def problems(union: str, values: Sequence[Any]) -> dict[str, str]:
    """What the schema has against these events, by event type."""
    validator = jsonschema.Draft202012Validator(schema(union))
    found = {value["type"]: jsonschema.exceptions.best_match(validator.iter_errors(value)) for value in values}
    return {kind: str(error.message) for kind, error in found.items() if error is not None}


def test_our_table_is_the_protocols() -> None:
    """The table of examples has exactly the server event types that the schema has."""
    assert EXAMPLES.keys() == kinds("RealtimeServerEvent")


def test_no_server_event_needs_to_pass_raw() -> None:
    """Every server event type of the schema has a normalised form."""
    events = {kind: OpenAICodec().decode(json.dumps(frame(kind))) for kind in kinds("RealtimeServerEvent")}
    assert [kind for kind, (event,) in events.items() if isinstance(event, ProviderEvent)] == []


def test_every_official_example_is_understood() -> None:
    """The official server examples are known events, the client ones are passed on, and the REST one is no event."""
    server, passed_on, refused = kinds("RealtimeServerEvent"), set[str](), 0
    for example in examples():
        try:
            (event,) = OpenAICodec().decode(json.dumps(example))
        except ProtocolError:
            assert "type" not in example
            refused += 1
            continue
        if isinstance(event, ProviderEvent):
            passed_on.add(event.raw_type)
        else:
            assert example["type"].strip() in server
    assert refused == 1
    assert passed_on <= kinds("RealtimeClientEvent") | BETA_ONLY
    assert len(passed_on) == 11


def test_the_official_examples_lose_nothing() -> None:
    """The frame of every official example can be looked at as it was."""
    for example in examples():
        if "type" in example and example["type"] != "response.output_audio.delta":
            (event,) = OpenAICodec().decode(json.dumps(example))
            assert event.raw == example


def test_every_client_event_is_valid() -> None:
    """What we encode for each of the eleven client event types is what the schema asks for."""
    encoded = [json.loads(text) for event, _ in EVENTS for text in OpenAICodec().encode(event)]
    known = [each for each in encoded if each["type"] != "new.verb"]
    assert {each["type"] for each in known} == kinds("RealtimeClientEvent")
    assert problems("RealtimeClientEvent", known) == {}


def test_the_check_can_fail() -> None:
    """The schema refuses an event that is wrong in one field."""
    assert problems("RealtimeClientEvent", [{"type": "conversation.item.delete", "item_id": 5}]).keys() == {
        "conversation.item.delete"
    }


def test_there_are_eleven_client_events() -> None:
    """The schema has 46 server events and 11 client events, and we have a name for each of the latter."""
    elsewhere = {"custom", "input-image-append", "pong", "feedback"}
    assert (len(kinds("RealtimeServerEvent")), len(kinds("RealtimeClientEvent"))) == (46, 11)
    normalised = {kind for kind in ClientEvent.__subclasses__() if kind.__struct_config__.tag not in elsewhere}
    assert len(normalised) == 11
