"""What an agent is told."""

import json
from typing import Any

import pytest

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig, Transcription
from realtime_rx.errors import ConfigurationError
from realtime_rx.items import ImagePart, Item, TextPart, ToolPart
from realtime_rx.providers.elevenlabs_wire import ElevenLabsCodec

from ...support.elevenlabs_frames import calling, replying, sounding
from ...support.elevenlabs_server import schema_problem


def told(codec: ElevenLabsCodec, event: ev.ClientEvent) -> list[dict[str, Any]]:
    frames = [json.loads(frame) for frame in codec.encode(event)]
    assert [problem for frame in frames if (problem := schema_problem(frame))] == []
    return frames


def said(text: str, **more: Any) -> ev.CreateItem:
    return ev.CreateItem(Item(**{"id": "m", "role": "user", "parts": (TextPart(text=text),), **more}))


def output(call_id: str, **more: Any) -> ev.CreateItem:
    part = ToolPart(
        **{"tool_name": "clock", "tool_call_id": call_id, "state": "output-available", "output": "9", **more}
    )
    return ev.CreateItem(Item(id="", type="function_call_output", parts=(part,)))


def test_nothing_is_overridden_unasked() -> None:
    """An agent that allows no overrides is not sent any."""
    assert told(ElevenLabsCodec(), ev.UpdateSession(SessionConfig())) == [
        {"type": "conversation_initiation_client_data"}
    ]


def test_settings_are_overrides() -> None:
    """Each setting has its place in the first frame, and whatever else is wanted is merged into it."""
    config = SessionConfig(
        instructions="Be brief.",
        voice="v1",
        speed=1.2,
        output_modalities=("text",),
        transcription=Transcription(language="de"),
        provider_options={
            "conversation_config_override": {
                "agent": {"first_message": "Hallo"},
                "tts": {"stability": 0.4},
                "conversation": {"client_events": ["audio"]},
            },
            "dynamic_variables": {"name": "Ada"},
            "custom_llm_extra_body": {"seed": 1},
            "user_id": "u1",
            "source_info": {"source": "tests", "version": "1"},
        },
    )  # fmt: skip
    (frame,) = told(ElevenLabsCodec(), ev.UpdateSession(config))
    assert frame == {
        "type": "conversation_initiation_client_data",
        "conversation_config_override": {
            "agent": {"prompt": {"prompt": "Be brief."}, "language": "de", "first_message": "Hallo"},
            "tts": {"voice_id": "v1", "speed": 1.2, "stability": 0.4},
            "conversation": {"text_only": True, "client_events": ["audio"]},
        },
        "dynamic_variables": {"name": "Ada"},
        "custom_llm_extra_body": {"seed": 1},
        "user_id": "u1",
        "source_info": {"source": "tests", "version": "1"},
    }


def test_settings_are_said_once() -> None:
    """A connection has one initiation; later settings are not sent."""
    codec = ElevenLabsCodec()
    told(codec, ev.UpdateSession(SessionConfig()))
    assert told(codec, ev.UpdateSession(SessionConfig(voice="v2"))) == []


def test_sound_has_no_type() -> None:
    """A piece of sound is a frame of its own, without a type."""
    assert told(ElevenLabsCodec(), ev.AppendAudio(b"\x00\x01\x02")) == [{"user_audio_chunk": "AAEC"}]


def test_what_the_user_writes_is_a_message() -> None:
    """A typed text is a user message, half an emoji in it a question mark."""
    assert told(ElevenLabsCodec(), said("Hi \ud83d")) == [{"type": "user_message", "text": "Hi ?"}]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (said("It rains.", role="system"), "It rains."),
        (said("Hi", status="completed"), "Earlier the user said: Hi"),
        (said("Yes?", role="assistant"), "Earlier you said: Yes?"),
        (output("of-another-connection"), "Earlier the tool clock returned: 9"),
    ],
)
def test_all_else_is_context(event: ev.CreateItem, text: str) -> None:
    """What was said elsewhere, or is no message of the user's, is told without asking for an answer."""
    assert told(ElevenLabsCodec(), event) == [{"type": "contextual_update", "text": text}]


@pytest.mark.parametrize(
    ("more", "result", "is_error"),
    [({}, "9", False), ({"state": "output-error", "output": '{"error":"no"}', "error": "no"}, "no", True)],
)
def test_a_result_is_for_its_call(more: dict[str, Any], result: str, is_error: bool) -> None:
    """The output of a call of this connection is its result, and a failure is marked as one."""
    codec = ElevenLabsCodec()
    codec.decode(json.dumps(calling("c1", "clock", {})))
    assert told(codec, output("c1", **more)) == [
        {"type": "client_tool_result", "tool_call_id": "c1", "result": result, "is_error": is_error}
    ]


def test_a_ping_is_answered_with_its_number() -> None:
    """A pong says which ping it answers."""
    assert told(ElevenLabsCodec(), ev.Pong(7)) == [{"type": "pong", "event_id": 7}]


@pytest.mark.parametrize("frame", [replying("Hi", 4), sounding(4)])
def test_feedback_names_the_latest_reply(frame: dict[str, Any]) -> None:
    """Feedback is about the event that was replied or heard last."""
    codec = ElevenLabsCodec()
    codec.decode(json.dumps(frame))
    assert told(codec, ev.SendFeedback(True)) == [{"type": "feedback", "event_id": 4, "score": "like"}]


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "user_activity"},
        {"type": "mcp_tool_approval_result", "tool_call_id": "c", "is_approved": True},
        {"type": "contextual_update", "text": "The user is on page 2.", "context_id": "page"},
        {"type": "multimodal_message", "file": {"type": "file_input", "file_id": "f"}},
    ],
)
def test_its_own_events_go_out_as_they_are(raw: dict[str, Any]) -> None:
    """What only ElevenLabs has can be said in its own words."""
    assert told(ElevenLabsCodec(), ev.RawEvent(raw)) == [raw]


@pytest.mark.parametrize(
    "event",
    [
        ev.CommitAudio(),
        ev.ClearAudio(),
        ev.DeleteItem("m"),
        ev.RetrieveItem("m"),
        ev.AppendImage("AA=="),
        ev.SendFeedback(True),
        said("", parts=(ImagePart(data="AA=="),)),
    ],
)
def test_what_cannot_be_said_is_refused(event: ev.ClientEvent) -> None:
    """What there is no frame for is an error that says why, not silence."""
    with pytest.raises(ConfigurationError, match="elevenlabs"):
        ElevenLabsCodec().encode(event)


@pytest.mark.parametrize(
    "event", [ev.CreateResponse(), ev.CancelResponse(), ev.TruncateItem("m", 5), ev.ClearOutputAudio()]
)
def test_what_happens_by_itself_is_not_said(event: ev.ClientEvent) -> None:
    """Replies come unasked and are not cancelled: there is nothing to send."""
    assert told(ElevenLabsCodec(), event) == []
