"""What is sent to those who speak the GA protocol is what OpenAI's schema asks for, where it is known where that is."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.events import AppendAudio, ClientEvent, CommitAudio, CreateItem, CreateResponse, UpdateSession
from realtime_rx.formats import PCM16_24K
from realtime_rx.items import AudioPart, Item, TextPart, ToolPart
from realtime_rx.providers import get_provider

jsonschema = pytest.importorskip("jsonschema")
FOLDER = os.environ.get("REALTIME_RX_PROTOCOLS")
pytestmark = pytest.mark.skipif(FOLDER is None, reason="REALTIME_RX_PROTOCOLS is not set")

LISTENING = {"input_format": PCM16_24K, "transcription": Transcription(model="gpt-transcribe", language="de")}
FULL = SessionConfig(
    **LISTENING,
    instructions="Be brief.",
    voice="marin",
    noise_reduction="near_field",
    turn_detection=TurnDetection.semantic("low"),
    tools=(ToolDefinition(name="clock"),),
    tool_choice="auto",
    max_output_tokens="inf",
)
OUTPUT = ToolPart(tool_name="clock", tool_call_id="c", state="output-available", output="noon")
SAID: list[ClientEvent] = [
    AppendAudio(b"\x00\x00"),
    CommitAudio(),
    CreateItem(Item(id="i", role="user", parts=(TextPart(text="Hi"),))),
    CreateItem(Item(id="j", role="assistant", parts=(AudioPart(transcript="Hello"),))),
    CreateItem(Item(id="k", type="function_call_output", parts=(OUTPUT,))),
    CreateResponse(instructions="x", output_modalities=("audio",)),
]


def problems(frames: list[dict[str, Any]]) -> list[str]:
    """What the schema of the GA client events has against these frames."""
    text = (Path(FOLDER or "") / "openai-realtime-ga.schema.json").read_text("utf-8")
    schema = {**json.loads(text), "$ref": "#/$defs/RealtimeClientEvent"}
    found = [jsonschema.Draft202012Validator(schema).iter_errors(frame) for frame in frames]
    return [str(error.message)[:200] for errors in found if (error := jsonschema.exceptions.best_match(errors))]


@pytest.mark.parametrize("name", ["openai", "azure"])
def test_a_conversation_is_official(name: str) -> None:
    """The settings and everything that is said in a conversation are valid."""
    codec = get_provider(name).codec()
    frames = [json.loads(frame) for event in (UpdateSession(FULL), *SAID) for frame in codec.encode(event)]
    assert len(frames) == 1 + len(SAID)
    assert problems(frames) == []


@pytest.mark.parametrize("model", ["gpt-realtime-whisper", "gpt-transcribe"])
def test_a_transcription_is_official(model: str) -> None:
    """The settings of a session that only listens are valid, with and without turn detection."""
    codec = get_provider("openai-transcription", model=model).codec()
    configs = [SessionConfig(), SessionConfig(**LISTENING, turn_detection=TurnDetection.server(threshold=0.4))]
    frames = [json.loads(frame) for config in configs for frame in codec.encode(UpdateSession(config))]
    assert [frame["session"]["type"] for frame in frames] == ["transcription"] * 2
    assert problems(frames) == []


def test_xais_settings_would_not_be() -> None:
    """The check can fail: xAI's places are not those of the GA protocol."""
    (frame,) = get_provider("xai").codec().encode(UpdateSession(FULL))
    assert problems([json.loads(frame)]) != []
