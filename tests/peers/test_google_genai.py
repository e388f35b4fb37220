"""Google's own client against the server that our Gemini tests use, and our frames against Google's own models."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.config import SessionConfig, Transcription, TurnDetection
from realtime_rx.events import (
    AppendAudio,
    AppendImage,
    ClientEvent,
    CommitAudio,
    CreateItem,
    CreateResponse,
    UpdateSession,
)
from realtime_rx.items import ImagePart, Item, TextPart, ToolPart
from realtime_rx.providers.google_wire import GoogleCodec
from tests.support.gemini_model import talk
from tests.support.gemini_server import KEY, gemini

from .conftest import Client, install, report_from
from .environments import GOOGLE_GENAI
from .test_clients import SCENARIO, WEATHER

pytestmark = pytest.mark.peers

TOKEN = "auth_tokens/0123456789"
CLIENT = Client(GOOGLE_GENAI, "google_genai_client.py")
MODELS = Client(GOOGLE_GENAI, "google_genai_frames.py")
CLIPS = {KEY: "v1beta", TOKEN: "v1alpha"}


async def conversation(key: str) -> dict[str, Any]:
    scenario = {
        "question": SCENARIO.question,
        "tool_question": SCENARIO.tool_question,
        "long_question": "Tell me a long story.",
        "tool": WEATHER,
        "tool_output": {"output": SCENARIO.tool_output},
        "api_version": CLIPS[key],
    }
    async with gemini(talk) as server:
        report = await report_from(*CLIENT.command(server.base_url, key, json.dumps(scenario)))
        (caller,) = server.callers
        return {**report, "heard": set(caller.kinds), "credentials": caller.credentials}


@pytest.fixture(scope="module", params=CLIPS, ids=["key", "token"])
def saw(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the client saw, run once for all tests of this module."""
    install(CLIENT, request)
    return {**asyncio.run(conversation(request.param)), "key": request.param}


def test_a_question_is_answered(saw: dict[str, Any]) -> None:
    """Google's client gets words, sound, thoughts apart from them, and usage."""
    written = saw["written"]
    assert written["said"] == "Yes, that was turn 1."
    assert (written["audio_bytes"], written["tokens"], bool(written["thought"])) == (9600, 110, True)


def test_a_tool_is_called_and_its_output_used(saw: dict[str, Any]) -> None:
    """Google's client is asked to call the tool it declared, and what it answers comes back."""
    assert saw["called"]["calls"] == [["call-2", "get_weather", {"city": "Tokyo"}]]
    assert "21" in saw["used"]["said"]


def test_speech_interrupts(saw: dict[str, Any]) -> None:
    """Google's client interrupts a story by speaking, and what it said is transcribed and answered."""
    assert (saw["story"]["interrupted"], "Once upon" in saw["story"]["said"]) == (True, True)
    assert (saw["spoken"]["heard"], saw["spoken"]["said"]) == (" Hello, are you there?", "I am here.")


def test_our_server_takes_what_googles_client_says(saw: dict[str, Any]) -> None:
    """Everything that Google's client says is taken, and it shows its credentials as ours does."""
    shown = (KEY, None) if saw["key"] == KEY else (None, f"Token {TOKEN}")
    assert saw["heard"] == {"setup", "clientContent", "audio", "toolResponse"}
    assert saw["credentials"][1] == shown[1]
    assert saw["credentials"][0] in (KEY, TOKEN)


CALL = ToolPart(tool_name="clock", tool_call_id="c", arguments="{}", state="output-available", output='{"hour": 12}')
SETTINGS = (
    SessionConfig(),
    SessionConfig(turn_detection=TurnDetection.disabled(), transcription=None, output_modalities=("text",)),
    SessionConfig.of(
        {
            "instructions": "Be brief.", "voice": "Puck", "temperature": 0.5, "max_output_tokens": 9,
            "tools": [WEATHER],
            "transcription": Transcription(language="de-DE"),
            "turn_detection": TurnDetection.semantic("low", threshold=0.9, silence_duration_ms=300),
            "provider_options": {
                "generationConfig": {
                    "thinkingConfig": {"thinkingBudget": 0}, "mediaResolution": "MEDIA_RESOLUTION_LOW",
                },
                "contextWindowCompression": {"slidingWindow": {}},
                "historyConfig": {"initialHistoryInClientContent": True},
            },
        }
    ),
)  # fmt: skip
SAID: tuple[ClientEvent, ...] = (
    CreateItem(Item(id="u", role="user", parts=(TextPart(text="Hi"), ImagePart(data="AAAA", content_index=1)))),
    CreateItem(Item(id="a", role="assistant", parts=(TextPart(text="Hello"),))),
    CreateItem(Item(id="", type="function_call_output", parts=(CALL,))),
    CreateItem(Item(id="f", type="function_call", role="assistant", parts=(CALL,))),
    CreateResponse(),
    AppendImage("AAAA"),
    AppendAudio(bytes(320)),
    CommitAudio(),
)


def sent() -> list[dict[str, Any]]:
    """Every kind of frame that our codec sends."""
    frames: list[str] = []
    for config in SETTINGS:
        codec = GoogleCodec("gemini-test")
        for event in (UpdateSession(config, "handle-1"), *SAID):
            frames += codec.encode(event)
    return [json.loads(frame) for frame in frames]


def test_googles_models_know_our_frames(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Every frame that we send is valid by the models of Google's own package."""
    install(MODELS, request)
    path = tmp_path / "frames.json"
    path.write_text(json.dumps(sent()), "utf-8")
    report = asyncio.run(report_from(*MODELS.command(str(path))))
    assert report == {"checked": len(sent()), "problems": []}
    assert len(sent()) > 25
