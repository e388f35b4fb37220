"""The AI SDK's setup protocol: settings and answers, written and read."""

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from realtime_rx.abc import ClientSecret
from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.errors import ProtocolError
from realtime_rx.formats import PCM16_16K, PCMU
from realtime_rx.setup_protocol import FIELDS, Setup, config_json, read_config, read_setup, setup_json

WEATHER = ToolDefinition(name="get_weather", description="Weather", parameters={"type": "object", "properties": {}})
WEATHER_JSON = {
    "type": "function",
    "name": "get_weather",
    "description": "Weather",
    "parameters": {"type": "object", "properties": {}},
}
FULL = SessionConfig(
    instructions="Be brief.",
    voice="marin",
    speed=1.5,
    output_modalities=("text", "audio"),
    input_format=PCM16_16K,
    output_format=PCMU,
    transcription=Transcription(language="de"),
    noise_reduction="near_field",
    turn_detection=TurnDetection.server(threshold=0.5, silence_duration_ms=300, create_response=False),
    tools=(WEATHER,),
    tool_choice="auto",
    parallel_tool_calls=False,
    temperature=0.7,
    max_output_tokens=200,
    truncation="auto",
    prompt={"id": "p"},
    tracing="auto",
    include=("x",),
    provider_options={"reasoning": {"effort": "low"}},
)


def test_settings_are_written_as_the_ai_sdk_reads_them() -> None:
    """Settings have the AI SDK's names and shapes, those that it does not know its way of naming."""
    assert config_json(FULL) == {
        "instructions": "Be brief.",
        "voice": "marin",
        "speed": 1.5,
        "outputModalities": ["text", "audio"],
        "inputAudioFormat": {"type": "audio/pcm", "rate": 16_000},
        "outputAudioFormat": {"type": "audio/pcmu", "rate": 8_000},
        "inputAudioTranscription": {"language": "de"},
        "noiseReduction": "near_field",
        "turnDetection": {
            "type": "server-vad",
            "threshold": 0.5,
            "silenceDurationMs": 300,
            "createResponse": False,
        },
        "tools": [WEATHER_JSON],
        "toolChoice": "auto",
        "parallelToolCalls": False,
        "temperature": 0.7,
        "maxOutputTokens": 200,
        "truncation": "auto",
        "prompt": {"id": "p"},
        "tracing": "auto",
        "include": ["x"],
        "providerOptions": {"reasoning": {"effort": "low"}},
    }


def test_every_setting_comes_back() -> None:
    """Whatever can be set survives being written and read."""
    assert UNSET not in msgspec.structs.astuple(FULL)
    assert read_config(config_json(FULL)) == FULL
    assert set(FIELDS.values()) == set(SessionConfig.__struct_fields__)


def test_what_is_not_set_is_not_written() -> None:
    """Settings that nobody gave are not spoken of."""
    assert config_json(SessionConfig()) == {}
    assert read_config({}) == SessionConfig()


@pytest.mark.parametrize("off", [None, {"type": "disabled"}])
def test_turn_detection_can_be_off(off: object) -> None:
    """null turns turn detection off, and so does its name."""
    assert read_config({"turnDetection": off}).turn_detection == TurnDetection.disabled()
    assert config_json(SessionConfig(turn_detection=TurnDetection.disabled())) == {
        "turnDetection": {"type": "disabled"}
    }


def test_null_is_nothing() -> None:
    """A setting that is null is one that was not given."""
    assert read_config({"voice": None, "tools": None, "inputAudioFormat": None}) == SessionConfig()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"voice": 7}, "voice"),
        ({"voise": "marin"}, "voise"),
        ({"outputModalities": ["smell"]}, "output_modalities"),
        ({"turnDetection": 7}, "turnDetection"),
        ({"turnDetection": {"type": "psychic-vad"}}, "type"),
        ({"turnDetection": {"type": ["server-vad"]}}, "type"),
        ({"turnDetection": {"threshold": "loud"}}, "threshold"),
        ({"inputAudioFormat": {"type": "audio/mp3"}}, "inputAudioFormat.type"),
        ({"inputAudioFormat": {"type": {}}}, "inputAudioFormat.type"),
        ({"inputAudioFormat": {"type": "audio/pcm", "rate": "fast"}}, "rate"),
        ({"tools": {}}, "'tools'"),
        ({"tools": [{"type": "provider", "name": "x"}]}, "'type'"),
        ({"tools": [{"type": "function"}]}, "name"),
        ({"providerOptions": 7}, "provider_options"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], named: str) -> None:
    """A setting that is unknown or not of its type is a ProtocolError that names it."""
    with pytest.raises(ProtocolError, match=named):
        read_config(fields)


def test_an_answer_comes_back() -> None:
    """Token, address, expiry and tools survive being written and read."""
    secret = ClientSecret(token="ek_1", url="wss://host/v1", expires_at=1_800_000_000)
    written = setup_json(secret, (WEATHER,))
    assert written == {
        "token": "ek_1",
        "url": "wss://host/v1",
        "expiresAt": 1_800_000_000,
        "tools": [WEATHER_JSON],
    }
    assert read_setup(written) == Setup(token="ek_1", url=secret.url, expires_at=secret.expires_at, tools=(WEATHER,))


def test_an_answer_need_not_speak_of_tools() -> None:
    """An endpoint without tools leaves them to the session; one with an empty list takes them away."""
    plain = setup_json(ClientSecret(token="t", url="ws://h"))
    assert plain == {"token": "t", "url": "ws://h"}
    assert read_setup(plain).tools is None
    assert read_setup({**plain, "tools": []}).tools == ()


def test_an_answer_does_not_show_its_token() -> None:
    """The repr of an answer shows neither the token nor the query of the address."""
    setup = Setup(token="ek_canary", url="wss://host/v1?access_token=ek_canary")
    assert "canary" not in repr(setup)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"token": ""}, "token"),
        ({"token": "  "}, "token"),
        ({"token": None}, "token"),
        ({"token": 7}, "token"),
        ({"url": None}, "url"),
        ({"url": "https://host"}, "url"),
        ({"url": "/v1/realtime"}, "url"),
        ({"url": "wss://"}, "url"),
        ({"url": "wss://host/#x"}, "url"),
        ({"url": "wss://[host"}, "url"),
        ({"expiresAt": "soon"}, "expiresAt"),
        ({"expiresAt": True}, "expiresAt"),
        ({"tools": {}}, "tools"),
        ({"tools": ["get_weather"]}, "tool"),
        ({"tools": [{"type": "function", "name": 7}]}, "name"),
    ],
)
def test_a_wrong_answer_is_named(change: dict[str, Any], named: str) -> None:
    """An answer that the AI SDK would refuse is a ProtocolError that names the field, and not the token."""
    with pytest.raises(ProtocolError, match=named) as caught:
        read_setup({"token": "ek_canary", "url": "wss://host", **change})
    assert "canary" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), JSON) | JSON)
def test_nothing_that_is_sent_breaks_it(value: Any) -> None:
    """Whatever JSON arrives, as settings or as an answer, is read or refused as a ProtocolError."""
    for read in (read_config, read_setup):
        if read is read_config and not isinstance(value, dict):
            continue
        with contextlib.suppress(ProtocolError):
            read(value)
