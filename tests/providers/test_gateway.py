"""The AI SDK's normalised events, and what they lead to."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.errors import ProtocolError
from realtime_rx.events import (
    CancelResponse,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    DeleteItem,
    InputTranscriptionCompleted,
    ProviderEvent,
    ResponseDone,
    ServerError,
    ServerEvent,
    SessionCreated,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.formats import PCM16_24K
from realtime_rx.items import Item, TextPart, ToolPart
from realtime_rx.providers import Gateway
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ..recordings import paths, received
from ..support.manners import normalised

RECORDINGS = paths() or [
    pytest.param(Path("none"), marks=pytest.mark.skip(reason="REALTIME_RX_RECORDINGS is not set"), id="none")
]
OUTPUT = ToolPart(tool_name="clock", tool_call_id="c", state="output-available", output="noon")


def heard(frame: dict[str, Any]) -> ServerEvent:
    (event,) = Gateway().codec().decode(json.dumps(frame), at=1.0)
    return event


def said(event: ClientEvent) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in Gateway().codec().encode(event)]


def folded(frames: list[dict[str, Any]], codec: Any) -> SessionState:
    events = [event for frame in frames for event in codec.decode(json.dumps(frame), at=5.0)]
    return functools.reduce(lambda state, event: reduce(state, event)[0], events, SessionState())


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_session_behind_the_gateway_is_the_same(path: Path) -> None:
    """A recorded session, put as the gateway puts it, leads to the same messages and calls, and to the same tokens."""
    frames = received(path)
    direct = folded(frames, OpenAICodec())
    through = folded([put for frame in frames for put in normalised(frame)], Gateway().codec())
    assert [(m.id, m.role, m.text, m.parts) for m in through.messages] == [
        (m.id, m.role, m.text, m.parts) for m in direct.messages
    ]
    assert (through.mode, through.flow.calls) == (direct.mode, direct.flow.calls)
    for count in ("input_tokens", "output_tokens", "total_tokens"):
        assert getattr(through.usage, count) == getattr(direct.usage, count)


def test_usage_is_counted_as_the_gateway_counts_it() -> None:
    """Normalised usage reaches the state with cached tokens as a part of the input."""
    usage = {
        "inputTokens": 20, "outputTokens": 10, "inputTextTokens": 5, "inputAudioTokens": 15,
        "cachedInputTextTokens": 2, "cachedInputAudioTokens": 3, "outputTextTokens": 4, "outputAudioTokens": 6,
    }  # fmt: skip
    event = heard({"type": "response-done", "responseId": "r", "status": "completed", "usage": usage, "raw": {}})
    assert isinstance(event, ResponseDone)
    counted = event.usage
    assert counted is not None
    assert (counted.total_tokens, counted.cached_tokens, counted.input_audio_tokens) == (30, 5, 15)
    assert (counted.output_text_tokens, counted.output_audio_tokens) == (4, 6)


def test_what_leaves_a_bare_event_bare_is_passed_on() -> None:
    """An event that names an item and says nothing of it is passed on; so is what only one vendor says."""
    bare = heard({"type": "output-item-added", "responseId": "r", "itemId": "i", "raw": {"serverContent": {}}})
    assert isinstance(bare, ProviderEvent)
    own = heard({"type": "custom", "rawType": "goAway", "raw": {"goAway": {"timeLeft": "5s"}}})
    assert isinstance(own, ProviderEvent)
    assert (own.raw_type, own.raw["raw"]) == ("goAway", {"goAway": {"timeLeft": "5s"}})


def test_sound_and_secrets_are_not_kept() -> None:
    """Sound stands in a frame twice, and in neither place is it kept; nor is a key that upstream echoes."""
    delta = {"type": "audio-delta", "responseId": "r", "itemId": "i", "delta": "A" * 800, "raw": {"delta": "A" * 800}}
    event = heard(delta)
    assert event.raw["delta"] == "<600 bytes>"
    assert len(event.frame) < 200
    session = {"id": "s", "client_secret": {"value": "canary"}}
    created = heard({"type": "session-created", "sessionId": "s", "raw": {"session": session}})
    assert isinstance(created, SessionCreated)
    assert "canary" not in f"{created!r}{created.raw}"


def test_errors_and_transcripts_say_what_they_are_about() -> None:
    """An error names the event that caused it, and a transcript its item and what it cost."""
    error = heard({"type": "error", "message": "no", "code": "c", "clientEventId": "mine", "raw": {}})
    assert isinstance(error, ServerError)
    assert (error.message, error.code, error.client_event_id) == ("no", "c", "mine")
    usage = {"seconds": 1.5}
    words = {"type": "input-transcription-completed", "itemId": "i", "transcript": "Hi", "usage": usage, "raw": {}}
    transcript = heard(words)
    assert isinstance(transcript, InputTranscriptionCompleted)
    assert (transcript.item_id, transcript.transcript) == ("i", "Hi")
    assert transcript.usage is not None
    assert transcript.usage.transcription_seconds == 1.5
    with pytest.raises(ProtocolError):
        heard({"type": "response-created"})


def test_settings_are_the_ai_sdks() -> None:
    """The neutral settings become the AI SDK's session config."""
    config = SessionConfig(
        instructions="x",
        output_modalities=("audio",),
        input_format=PCM16_24K,
        transcription=Transcription(model="m"),
        turn_detection=TurnDetection.server(threshold=0.5, prefix_padding_ms=1, silence_duration_ms=2),
        tools=(ToolDefinition(name="clock"),),
        provider_options={"a": 1},
    )
    assert said(UpdateSession(config, event_id="e")) == [
        {
            "type": "session-update",
            "eventId": "e",
            "config": {
                "instructions": "x",
                "outputModalities": ["audio"],
                "inputAudioFormat": {"type": "audio/pcm", "rate": 24000},
                "inputAudioTranscription": {"model": "m"},
                "turnDetection": {
                    "type": "server-vad", "threshold": 0.5, "silenceDurationMs": 2, "prefixPaddingMs": 1
                },
                "tools": [
                    {
                        "type": "function",
                        "name": "clock",
                        "description": "",
                        "parameters": {"type": "object", "properties": {}},
                    }
                ],
                "providerOptions": {"a": 1},
            },
        }
    ]  # fmt: skip
    assert said(UpdateSession(SessionConfig())) == []


def test_what_is_said_is_the_ai_sdks() -> None:
    """Texts, tool outputs, commits, truncations, requests and cancellations have the AI SDK's names."""
    typed = CreateItem(Item(id="i", role="user", parts=(TextPart(text="Hi"),)))
    assert said(typed) == [
        {"type": "conversation-item-create", "item": {"type": "text-message", "role": "user", "text": "Hi"}}
    ]
    output = {"type": "function-call-output", "callId": "c", "name": "clock", "output": "noon"}
    assert said(CreateItem(Item(id="", type="function_call_output", parts=(OUTPUT,))))[0]["item"] == output
    assert said(CommitAudio()) == [{"type": "input-audio-commit"}]
    cut = {"type": "conversation-item-truncate", "itemId": "i", "contentIndex": 1, "audioEndMs": 5}
    assert said(TruncateItem("i", 5, 1)) == [cut]
    assert said(CreateResponse(instructions="x")) == [{"type": "response-create", "options": {"instructions": "x"}}]
    assert said(CancelResponse("r")) == [{"type": "response-cancel"}]


def test_what_it_has_no_word_for_is_not_said() -> None:
    """An assistant's words, a call, a deletion: the AI SDK has no such events."""
    assert said(CreateItem(Item(id="i", role="assistant", parts=(TextPart(text="Hi"),)))) == []
    assert said(CreateItem(Item(id="i", type="function_call", parts=(OUTPUT,)))) == []
    assert said(DeleteItem("i")) == []
