"""What a session shall be, as the speakers of this wire want to be told: one writer for each way of saying it.

Sources: OpenAI's published schema (GA, transcription and translation sessions) and its beta reference (flat fields);
Microsoft's ``azure-ai-voicelive`` models and Voice Live reference; xAI's Voice Agent reference and recorded sessions.
"""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec
from msgspec import UNSET

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.formats import AudioFormat
from realtime_rx.providers.openai_wire.formats import format_json, format_word

__all__ = [
    "flat_session",
    "session_json",
    "transcription_session",
    "translation_session",
    "voice_live_session",
    "xai_session",
]

TOOL_CHOICES = frozenset({"auto", "none", "required"})
# Azure's own voices begin with their locale: "en-US-AvaMultilingualNeural".
AZURE_VOICE = re.compile(r"[a-z]{2,3}-[A-Z]{2}-")
# It writes down what is committed, and refuses settings in which somebody else decides when.
NO_TURN_DETECTION = "gpt-realtime-whisper"
# To xAI a language is a hint.
XAI_TRANSCRIPTION = {"language": "language_hint"}


def session_json(config: SessionConfig) -> dict[str, Any]:
    """A GA session object with what the config gives, and ``provider_options`` merged into it last."""
    audio_input = given(
        format=named(config.input_format),
        transcription=transcription_json(config.transcription),
        noise_reduction=noise_reduction_json(config.noise_reduction),
        turn_detection=turn_detection_json(config.turn_detection),
    )
    audio_output = given(format=named(config.output_format), voice=config.voice, speed=config.speed)
    session = given(
        type="realtime",
        instructions=config.instructions,
        output_modalities=config.output_modalities,
        tools=tools_json(config.tools),
        tool_choice=tool_choice_json(config.tool_choice),
        parallel_tool_calls=config.parallel_tool_calls,
        max_output_tokens=config.max_output_tokens,
        truncation=config.truncation,
        prompt=config.prompt,
        tracing=config.tracing,
        include=config.include,
        audio=directions(audio_input, audio_output),
    )
    return merged(session, config.provider_options)


def flat_session(config: SessionConfig) -> dict[str, Any]:
    """A session object of the beta protocol: everything at the top, formats by words."""
    session = given(
        instructions=config.instructions,
        modalities=modalities_json(config.output_modalities),
        voice=config.voice,
        speed=config.speed,
        input_audio_format=word(config.input_format),
        output_audio_format=word(config.output_format),
        input_audio_transcription=transcription_json(config.transcription),
        input_audio_noise_reduction=noise_reduction_json(config.noise_reduction),
        turn_detection=turn_detection_json(config.turn_detection),
        tools=tools_json(config.tools),
        tool_choice=tool_choice_json(config.tool_choice),
        temperature=config.temperature,
        max_response_output_tokens=config.max_output_tokens,
        tracing=config.tracing,
    )
    return merged(session, config.provider_options)


def voice_live_session(config: SessionConfig) -> dict[str, Any]:
    """A Voice Live session: the beta protocol's, but a voice says whose it is, and 16 kHz has a field of its own."""
    spoken = config.input_format
    rate = spoken.rate if isinstance(spoken, AudioFormat) and spoken.encoding == "pcm16" else UNSET
    session = flat_session(msgspec.structs.replace(config, speed=UNSET, tracing=UNSET, provider_options={}))
    if rate is not UNSET:
        session |= {"input_audio_format": "pcm16", "input_audio_sampling_rate": rate}
    if isinstance(config.voice, str):
        kind = "azure-standard" if AZURE_VOICE.match(config.voice) else "openai"
        session["voice"] = {"type": kind, "name": config.voice}
    session |= given(parallel_tool_calls=config.parallel_tool_calls)
    options = config.provider_options
    return merged({**session, **({"voice": {}} if isinstance(options.get("voice"), dict) else {})}, options)


def xai_session(config: SessionConfig) -> dict[str, Any]:
    """An xAI session: voice and turn detection at the top, formats in GA's objects; flat formats it would ignore.

    The tools in ``provider_options`` (``web_search``, ``x_search``, …) stand beside the functions. That a conversation
    can be gone on with has to be asked for in each of its sessions.
    """
    options = dict(config.provider_options)
    native = options.pop("tools", [])
    functions = tools_json(config.tools)
    tools = [*(functions or ()), *native] if functions is not UNSET or native else UNSET
    audio_input = given(format=named(config.input_format), transcription=xai_transcription(config.transcription))
    audio_output = given(format=named(config.output_format), speed=config.speed)
    session = given(
        instructions=config.instructions,
        voice=config.voice,
        turn_detection=xai_turn_detection(config.turn_detection),
        tools=tools,
        tool_choice=tool_choice_json(config.tool_choice),
        audio=directions(audio_input, audio_output),
        resumption={"enabled": True},
    )
    return merged(session, options)


def transcription_session(config: SessionConfig, model: str = "") -> dict[str, Any]:
    """A GA session that only listens, with ``model`` unless the settings name another."""
    listening = transcription_json(config.transcription)
    audio_input = given(
        format=named(config.input_format),
        transcription={**({"model": model} if model else {}), **(listening if isinstance(listening, dict) else {})},
        noise_reduction=noise_reduction_json(config.noise_reduction),
        turn_detection=turn_detection_json(config.turn_detection),
    )
    if model.startswith(NO_TURN_DETECTION):
        audio_input.setdefault("turn_detection", None)
    session = given(type="transcription", include=config.include, audio=directions(audio_input, {}))
    return merged(session, config.provider_options)


def translation_session(config: SessionConfig) -> dict[str, Any]:
    """A session that translates what it hears; into what language is said in ``provider_options``."""
    audio_input = given(
        transcription=transcription_json(config.transcription),
        noise_reduction=noise_reduction_json(config.noise_reduction),
    )
    return merged(given(audio=directions(audio_input, {})), config.provider_options)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were given: None is a value of its own."""
    return {name: value for name, value in fields.items() if value is not UNSET}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid upon it, objects key by key."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[key] = merged(cast(dict[str, Any], old), cast(dict[str, Any], value)) if both else value
    return result


def directions(audio_input: dict[str, Any], audio_output: dict[str, Any]) -> Any:
    return {name: each for name, each in (("input", audio_input), ("output", audio_output)) if each} or UNSET


def named(audio_format: Any) -> Any:
    return format_json(audio_format) if isinstance(audio_format, AudioFormat) else UNSET


def word(audio_format: Any) -> Any:
    return format_word(audio_format) if isinstance(audio_format, AudioFormat) else UNSET


def modalities_json(modalities: Any) -> Any:
    """Whoever is to speak also writes: the beta protocol has no sound without words."""
    if not isinstance(modalities, (tuple, list)):
        return UNSET
    return ["text", "audio"] if "audio" in modalities else ["text"]


def noise_reduction_json(kind: Any) -> Any:
    return {"type": kind} if isinstance(kind, str) else kind


def transcription_json(transcription: Any) -> Any:
    if not isinstance(transcription, Transcription):
        return transcription
    return given(model=transcription.model, language=transcription.language, prompt=transcription.prompt)


def xai_transcription(transcription: Any) -> Any:
    fields = transcription_json(transcription)
    if not isinstance(fields, dict):
        return fields
    written = cast(dict[str, Any], fields)
    return {XAI_TRANSCRIPTION.get(name, name): value for name, value in written.items() if name != "prompt"}


def turn_detection_json(detection: Any) -> Any:
    if not isinstance(detection, TurnDetection):
        return UNSET
    return None if detection.type == "disabled" else msgspec.to_builtins(detection) | {"type": detection.type}


def xai_turn_detection(detection: Any) -> Any:
    """xAI listens for silence alone."""
    fields = turn_detection_json(detection)
    if not isinstance(fields, dict):
        return fields
    written = cast(dict[str, Any], fields)
    return {name: value for name, value in written.items() if name != "eagerness"} | {"type": "server_vad"}


def tools_json(tools: Any) -> Any:
    if not isinstance(tools, (tuple, list)):
        return UNSET
    return [tool_json(tool) for tool in cast("tuple[ToolDefinition, ...]", tools)]


def tool_json(tool: ToolDefinition) -> dict[str, Any]:
    return {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}


def tool_choice_json(choice: Any) -> Any:
    """``auto``, ``none``, ``required`` and objects as they are; any other text is the name of the one tool to call."""
    if isinstance(choice, str) and choice not in TOOL_CHOICES:
        return {"type": "function", "name": choice}
    return choice
