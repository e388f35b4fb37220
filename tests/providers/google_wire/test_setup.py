"""The settings of a session become Gemini's setup."""

from typing import Any

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.providers.google_wire import setup_json

from ...support.gemini_server import schema_problem

CLOCK = ToolDefinition(name="clock", description="The time.")
WEATHER = ToolDefinition(
    name="weather",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)


def setup(resume: str | None = None, **fields: Any) -> dict[str, Any]:
    made = setup_json("gemini-x", SessionConfig.of(fields), resume)
    assert schema_problem({"setup": made}) is None
    return made


def test_a_bare_setup_asks_for_speech_transcripts_and_handles() -> None:
    """Without any setting the model speaks, both sides are transcribed, and handles are asked for."""
    assert setup() == {
        "model": "models/gemini-x",
        "generationConfig": {"responseModalities": ["AUDIO"]},
        "inputAudioTranscription": {},
        "outputAudioTranscription": {},
        "sessionResumption": {},
    }


def test_every_setting_has_its_place() -> None:
    """Each setting that Gemini has is where Gemini looks for it."""
    full = setup(
        "handle-1",
        instructions="Be brief.",
        voice="Puck",
        temperature=0.5,
        max_output_tokens=100,
        transcription={"language": "de-DE"},
        tools=[CLOCK, WEATHER],
    )
    assert full["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    assert full["generationConfig"] == {
        "responseModalities": ["AUDIO"],
        "temperature": 0.5,
        "maxOutputTokens": 100,
        "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}},
    }
    assert full["inputAudioTranscription"] == {"languageCodes": ["de-DE"]}
    assert full["sessionResumption"] == {"handle": "handle-1"}
    assert full["tools"] == [
        {
            "functionDeclarations": [
                {"name": "clock", "description": "The time."},
                {
                    "name": "weather",
                    "description": "",
                    "parameters": {
                        "type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"],
                    },
                },
            ]
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("detection", "told"),
    [
        (TurnDetection.disabled(), {"automaticActivityDetection": {"disabled": True}}),
        (TurnDetection.server(), None),
        (
            TurnDetection.server(threshold=0.3, prefix_padding_ms=20, silence_duration_ms=100),
            {
                "automaticActivityDetection": {
                    "startOfSpeechSensitivity": "START_SENSITIVITY_HIGH",
                    "prefixPaddingMs": 20,
                    "silenceDurationMs": 100,
                }
            },
        ),
        (
            TurnDetection.server(threshold=0.8),
            {"automaticActivityDetection": {"startOfSpeechSensitivity": "START_SENSITIVITY_LOW"}},
        ),
        (
            TurnDetection.semantic("high"),
            {"automaticActivityDetection": {"endOfSpeechSensitivity": "END_SENSITIVITY_HIGH"}},
        ),
        (TurnDetection.semantic("auto"), None),
        (TurnDetection.server(interrupt_response=False), {"activityHandling": "NO_INTERRUPTION"}),
    ],
)
def test_turn_detection_is_activity_detection(detection: TurnDetection, told: dict[str, Any] | None) -> None:
    """Who says when the user speaks, how readily and after how much silence is said in Gemini's words."""
    assert setup(turn_detection=detection).get("realtimeInputConfig") == told


def test_a_model_that_writes_has_no_transcript_of_its_own() -> None:
    """Text is asked for in place of speech where speech is not wanted; of both wanted there is speech."""
    written = setup(output_modalities=("text",))
    assert written["generationConfig"]["responseModalities"] == ["TEXT"]
    assert "outputAudioTranscription" not in written
    assert setup(output_modalities=("text", "audio"))["generationConfig"]["responseModalities"] == ["AUDIO"]


def test_transcription_can_be_declined() -> None:
    """None asks for no transcript of the user."""
    assert "inputAudioTranscription" not in setup(transcription=None)
    assert setup(transcription=Transcription())["inputAudioTranscription"] == {}


def test_a_limit_of_infinity_is_no_limit() -> None:
    """The word for no limit is left out."""
    assert "maxOutputTokens" not in setup(max_output_tokens="inf")["generationConfig"]


def test_options_are_merged_last() -> None:
    """Whatever else Gemini has can be said: objects go into objects, anything else in place of what was there."""
    options = {
        "generationConfig": {
            "thinkingConfig": {"thinkingBudget": 0},
            "mediaResolution": "MEDIA_RESOLUTION_LOW",
            "speechConfig": {"languageCode": "de-DE"},
        },
        "realtimeInputConfig": {"turnCoverage": "TURN_INCLUDES_ALL_INPUT"},
        "contextWindowCompression": {"slidingWindow": {}},
        "historyConfig": {"initialHistoryInClientContent": True},
        "tools": [{"googleSearch": {}}],
    }
    made = setup(voice="Puck", tools=[CLOCK], turn_detection=TurnDetection.disabled(), provider_options=options)
    assert made["generationConfig"]["speechConfig"] == {
        "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}},
        "languageCode": "de-DE",
    }
    assert made["generationConfig"]["thinkingConfig"] == {"thinkingBudget": 0}
    assert made["realtimeInputConfig"] == {
        "automaticActivityDetection": {"disabled": True},
        "turnCoverage": "TURN_INCLUDES_ALL_INPUT",
    }
    assert (made["tools"], made["contextWindowCompression"]) == ([{"googleSearch": {}}], {"slidingWindow": {}})


def test_a_model_by_its_full_name_is_kept() -> None:
    """A name with its collection in it is used as it is: tuned models and those of Vertex have others."""
    assert setup_json("publishers/google/models/m", SessionConfig())["model"] == "publishers/google/models/m"
