"""Events become frames of the GA protocol."""

import json
from typing import Any

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.events import (
    AppendAudio,
    CancelResponse,
    ClearAudio,
    ClearOutputAudio,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    RawEvent,
    RetrieveItem,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.items import AudioPart, ImagePart, Item, TextPart, ToolPart
from realtime_rx.providers.openai_wire import OpenAICodec

CLOCK = ToolDefinition(name="clock", description="The time.")
CLOCK_JSON = {
    "type": "function",
    "name": "clock",
    "description": "The time.",
    "parameters": {"type": "object", "properties": {}},
}
FULL = SessionConfig(
    instructions="Be brief.",
    voice="marin",
    speed=1.1,
    output_modalities=("audio",),
    input_format=PCM16_24K,
    output_format=PCMU,
    transcription=Transcription(model="whisper-1", language="en", prompt="names"),
    noise_reduction="far_field",
    turn_detection=TurnDetection.server(
        threshold=0.4,
        prefix_padding_ms=300,
        silence_duration_ms=200,
        idle_timeout_ms=6000,
        create_response=True,
        interrupt_response=False,
    ),
    tools=(CLOCK,),
    tool_choice="auto",
    max_output_tokens=100,
    truncation={"type": "retention_ratio", "retention_ratio": 0.5},
    prompt={"id": "pmpt_1"},
    tracing="auto",
    include=("item.input_audio_transcription.logprobs",),
)
CALL = ToolPart(tool_name="clock", tool_call_id="c", arguments="{}")
OUTPUT = ToolPart(tool_name="", tool_call_id="c", state="output-available", output="noon")
PICTURE = ImagePart(data="AAAA", content_index=1)
LINKED = ImagePart(url="https://example.org/a.png", content_index=1)

EVENTS: list[tuple[ClientEvent, dict[str, Any]]] = [
    (AppendAudio(b"\x00\x01\x02"), {"type": "input_audio_buffer.append", "audio": "AAEC"}),
    (CommitAudio(), {"type": "input_audio_buffer.commit"}),
    (ClearAudio(), {"type": "input_audio_buffer.clear"}),
    (ClearOutputAudio(event_id="e"), {"type": "output_audio_buffer.clear", "event_id": "e"}),
    (DeleteItem("i"), {"type": "conversation.item.delete", "item_id": "i"}),
    (RetrieveItem("i"), {"type": "conversation.item.retrieve", "item_id": "i"}),
    (
        TruncateItem("i", 1500, 1),
        {"type": "conversation.item.truncate", "item_id": "i", "content_index": 1, "audio_end_ms": 1500},
    ),
    (CancelResponse(), {"type": "response.cancel"}),
    (CancelResponse("r"), {"type": "response.cancel", "response_id": "r"}),
    (CreateResponse(), {"type": "response.create"}),
    (
        CreateResponse(
            event_id="e",
            instructions="x",
            output_modalities=("text",),
            tools=(CLOCK,),
            tool_choice="none",
            max_output_tokens="inf",
            conversation="none",
            metadata={"a": "b"},
        ),
        {
            "type": "response.create",
            "event_id": "e",
            "response": {
                "instructions": "x",
                "output_modalities": ["text"],
                "tools": [CLOCK_JSON],
                "tool_choice": "none",
                "max_output_tokens": "inf",
                "conversation": "none",
                "metadata": {"a": "b"},
            },
        },
    ),
    (
        CreateItem(Item(id="u", role="user", parts=(TextPart(text="Hi"), PICTURE)), previous_item_id="root"),
        {
            "type": "conversation.item.create",
            "previous_item_id": "root",
            "item": {
                "id": "u",
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Hi"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
                ],
            },
        },
    ),
    (
        CreateItem(Item(id="a", role="assistant", parts=(AudioPart(transcript="Hello"), CALL))),
        {
            "type": "conversation.item.create",
            "item": {
                "id": "a",
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "Hello"}],
            },
        },
    ),
    (
        CreateItem(Item(id="s", role="system", parts=(TextPart(text="Be brief."),))),
        {
            "type": "conversation.item.create",
            "item": {
                "id": "s",
                "type": "message",
                "role": "system",
                "content": [{"type": "input_text", "text": "Be brief."}],
            },
        },
    ),
    (
        CreateItem(Item(id="", role="user", parts=(AudioPart(transcript="Hey"), LINKED))),
        {
            "type": "conversation.item.create",
            "item": {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Hey"},
                    {"type": "input_image", "image_url": "https://example.org/a.png"},
                ],
            },
        },
    ),
    (
        CreateItem(Item(id="f", type="function_call", parts=(CALL,))),
        {
            "type": "conversation.item.create",
            "item": {"id": "f", "type": "function_call", "name": "clock", "call_id": "c", "arguments": "{}"},
        },
    ),
    (
        CreateItem(Item(id="", type="function_call_output", parts=(OUTPUT,))),
        {
            "type": "conversation.item.create",
            "item": {"type": "function_call_output", "call_id": "c", "output": "noon"},
        },
    ),
    (
        UpdateSession(FULL),
        {
            "type": "session.update",
            "session": {
                "type": "realtime",
                "instructions": "Be brief.",
                "output_modalities": ["audio"],
                "tools": [CLOCK_JSON],
                "tool_choice": "auto",
                "max_output_tokens": 100,
                "truncation": {"type": "retention_ratio", "retention_ratio": 0.5},
                "prompt": {"id": "pmpt_1"},
                "tracing": "auto",
                "include": ["item.input_audio_transcription.logprobs"],
                "audio": {
                    "input": {
                        "format": {"type": "audio/pcm", "rate": 24000},
                        "transcription": {"model": "whisper-1", "language": "en", "prompt": "names"},
                        "noise_reduction": {"type": "far_field"},
                        "turn_detection": {
                            "type": "server_vad",
                            "threshold": 0.4,
                            "prefix_padding_ms": 300,
                            "silence_duration_ms": 200,
                            "idle_timeout_ms": 6000,
                            "create_response": True,
                            "interrupt_response": False,
                        },
                    },
                    "output": {"format": {"type": "audio/pcmu"}, "voice": "marin", "speed": 1.1},
                },
            },
        },
    ),
    (RawEvent({"type": "new.verb", "x": [1]}), {"type": "new.verb", "x": [1]}),
]


def encoded(event: ClientEvent) -> Any:
    (text,) = OpenAICodec().encode(event)
    return json.loads(text)


def session(config: SessionConfig) -> Any:
    return encoded(UpdateSession(config))["session"]


@pytest.mark.parametrize(("event", "expected"), EVENTS)
def test_a_verb_is_one_frame(event: ClientEvent, expected: dict[str, Any]) -> None:
    """Each client event is one frame of the protocol with what was given and nothing else."""
    assert encoded(event) == expected


def test_an_update_of_nothing_is_not_sent() -> None:
    """A session update without a setting is no frame at all."""
    assert OpenAICodec().encode(UpdateSession(SessionConfig())) == ()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (SessionConfig(turn_detection=TurnDetection.disabled()), {"turn_detection": None}),
        (
            SessionConfig(turn_detection=TurnDetection.semantic("high")),
            {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}},
        ),
        (SessionConfig(transcription=None, noise_reduction=None), {"transcription": None, "noise_reduction": None}),
        (SessionConfig(input_format=PCMA), {"format": {"type": "audio/pcma"}}),
    ],
)
def test_off_is_said(config: SessionConfig, expected: dict[str, Any]) -> None:
    """What is switched off is null on the wire, and what is not mentioned is not on it."""
    assert session(config)["audio"] == {"input": expected}


def test_any_other_tool_choice_is_the_name_of_a_tool() -> None:
    """A tool choice that is no mode forces that tool, and an object goes out as it is."""
    assert session(SessionConfig(tool_choice="clock"))["tool_choice"] == {"type": "function", "name": "clock"}
    assert session(SessionConfig(tool_choice={"type": "mcp"}))["tool_choice"] == {"type": "mcp"}


def test_provider_options_have_the_last_word() -> None:
    """Provider options are merged into the session key by key, and win."""
    options = {"audio": {"output": {"voice": "cedar"}}, "extra": 1}
    config = SessionConfig(voice="marin", speed=1.0, provider_options=options)
    assert session(config) == {
        "type": "realtime",
        "audio": {"output": {"voice": "cedar", "speed": 1.0}},
        "extra": 1,
    }
    assert encoded(CreateResponse(options={"input": []}))["response"] == {"input": []}


def test_half_a_surrogate_pair_can_be_sent() -> None:
    """A broken emoji in what the user typed goes out as a question mark instead of failing the connection."""
    said = encoded(CreateItem(Item(id="u", role="user", parts=(TextPart(text="Hi \ud83d!"),))))
    assert said["item"]["content"][0]["text"] == "Hi ?!"
