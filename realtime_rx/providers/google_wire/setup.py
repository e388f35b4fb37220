"""The first frame of a connection: all of the settings, which hold for its life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from msgspec import UNSET

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.providers.google_wire.schema import parameters

Json = dict[str, Any]

# Of how readily speech is said to begin, Gemini knows two degrees; above this threshold it is the lower one.
READILY = 0.5
SENSITIVE = {"high": "END_SENSITIVITY_HIGH", "low": "END_SENSITIVITY_LOW"}


def setup_json(model: str, config: SessionConfig, resume: str | None = None) -> Json:
    """``BidiGenerateContentSetup``, with ``provider_options`` merged into it last, objects into objects.

    Transcripts of both sides are asked for unless ``transcription`` is None, and handles to go on with the session.
    """
    heard = config.transcription
    setup = given(
        model=model if "/" in model else f"models/{model}",
        generationConfig=generation_json(config),
        systemInstruction=UNSET if not config.instructions else {"parts": [{"text": config.instructions}]},
        tools=tools_json(config.tools) if config.tools else UNSET,
        realtimeInputConfig=input_json(config.turn_detection),
        inputAudioTranscription=UNSET if heard is None else transcription_json(heard),
        outputAudioTranscription={} if modality(config) == "AUDIO" else UNSET,
        sessionResumption={} if resume is None else {"handle": resume},
    )
    return merged(setup, config.provider_options)


def given(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not UNSET}


def modality(config: SessionConfig) -> str:
    """What the model answers in: one of the two for a whole session; speech comes with its transcript."""
    wanted = config.output_modalities
    return "TEXT" if isinstance(wanted, tuple) and wanted and "audio" not in wanted else "AUDIO"


def generation_json(config: SessionConfig) -> Json:
    limit = config.max_output_tokens
    return given(
        responseModalities=[modality(config)],
        temperature=config.temperature,
        maxOutputTokens=limit if isinstance(limit, int) else UNSET,
        speechConfig=voice_json(config.voice) if isinstance(config.voice, str) else UNSET,
    )


def voice_json(voice: str) -> Json:
    return {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}}


def transcription_json(heard: Any) -> Json:
    language = heard.language if isinstance(heard, Transcription) else UNSET
    return {"languageCodes": [language]} if isinstance(language, str) else {}


def tools_json(tools: Any) -> list[Json]:
    return [{"functionDeclarations": [function_json(tool) for tool in tools]}]


def function_json(tool: ToolDefinition) -> Json:
    takes = parameters(tool.parameters)
    return {"name": tool.name, "description": tool.description, **({"parameters": takes} if takes else {})}


def input_json(detection: Any) -> Any:
    """Who says when the user speaks; ``UNSET`` where everything is as Gemini likes it."""
    if not isinstance(detection, TurnDetection):
        return UNSET
    if detection.type == "disabled":
        return {"automaticActivityDetection": {"disabled": True}}
    threshold = detection.threshold
    automatic = given(
        startOfSpeechSensitivity=sensitivity(threshold) if isinstance(threshold, float | int) else UNSET,
        endOfSpeechSensitivity=SENSITIVE.get(str(detection.eagerness), UNSET),
        prefixPaddingMs=detection.prefix_padding_ms,
        silenceDurationMs=detection.silence_duration_ms,
    )
    handling = {"activityHandling": "NO_INTERRUPTION"} if detection.interrupt_response is False else {}
    return {**({"automaticActivityDetection": automatic} if automatic else {}), **handling} or UNSET


def sensitivity(threshold: float) -> str:
    return "START_SENSITIVITY_LOW" if threshold > READILY else "START_SENSITIVITY_HIGH"


def merged(known: Json, options: Mapping[str, Any]) -> Json:
    """What is known with what else was asked for: objects are merged, anything else is replaced."""
    both = dict(known)
    for key, value in options.items():
        old = both.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            both[key] = merged(cast(Json, old), cast(Mapping[str, Any], value))
        else:
            both[key] = value
    return both
