"""Frames of ElevenLabs Agents, as its server says them."""

import base64
from typing import Any

Json = dict[str, Any]


def greeting(conversation_id: str = "conv_1", spoken: str = "pcm_16000", heard: str = "pcm_16000") -> Json:
    return {
        "type": "conversation_initiation_metadata",
        "conversation_initiation_metadata_event": {
            "conversation_id": conversation_id,
            "agent_output_audio_format": spoken,
            "user_input_audio_format": heard,
        },
    }


def sounding(event_id: int, milliseconds: int = 100, rate: int = 16_000, width: int = 2) -> Json:
    """So much silence, with the times of its letters."""
    sound = base64.b64encode(bytes(rate * width * milliseconds // 1000)).decode()
    alignment = {"chars": ["H", "i"], "char_start_times_ms": [0, 50], "char_durations_ms": [50, 50]}
    return {"type": "audio", "audio_event": {"audio_base_64": sound, "event_id": event_id, "alignment": alignment}}


def replying(words: str, event_id: int) -> Json:
    return {"type": "agent_response", "agent_response_event": {"agent_response": words, "event_id": event_id}}


def correcting(original: str, heard: str, event_id: int) -> Json:
    event = {"original_agent_response": original, "corrected_agent_response": heard, "event_id": event_id}
    return {"type": "agent_response_correction", "agent_response_correction_event": event}


def hearing(words: str, event_id: int) -> Json:
    return {"type": "user_transcript", "user_transcription_event": {"user_transcript": words, "event_id": event_id}}


def guessing(words: str, event_id: int) -> Json:
    event = {"user_transcript": words, "event_id": event_id}
    return {"type": "tentative_user_transcript", "tentative_user_transcription_event": event}


def writing(kind: str, text: str, event_id: int) -> Json:
    """A piece of a reply as it is made: ``start``, ``delta`` or ``stop``."""
    part = {"text": text, "type": kind, "event_id": event_id}
    return {"type": "agent_chat_response_part", "text_response_part": part}


def written(event_id: int, *words: str) -> tuple[Json, ...]:
    """A whole reply in pieces."""
    deltas = (writing("delta", each, event_id) for each in words)
    return (writing("start", "", event_id), *deltas, writing("stop", "", event_id))


def interrupting(event_id: int) -> Json:
    return {"type": "interruption", "interruption_event": {"event_id": event_id}}


def pinging(event_id: int, ping_ms: int | None = 40) -> Json:
    return {"type": "ping", "ping_event": {"event_id": event_id, "ping_ms": ping_ms}}


def calling(call_id: str, name: str, parameters: Json, event_id: int = 1) -> Json:
    call = {"tool_name": name, "tool_call_id": call_id, "parameters": parameters, "event_id": event_id}
    return {"type": "client_tool_call", "client_tool_call": call}


def requesting(call_id: str, name: str, kind: str = "webhook", event_id: int = 1) -> Json:
    tool = {"tool_name": name, "tool_call_id": call_id, "tool_type": kind, "event_id": event_id}
    return {"type": "agent_tool_request", "agent_tool_request": tool}


def responding(call_id: str, name: str, kind: str = "webhook", *, error: bool = False, event_id: int = 1) -> Json:
    tool = {"tool_name": name, "tool_call_id": call_id, "tool_type": kind, "event_id": event_id}
    return {"type": "agent_tool_response", "agent_tool_response": {**tool, "is_error": error, "is_called": True}}


def resulting(call_id: str, name: str, result: str, *, error: bool = False) -> Json:
    tool = responding(call_id, name, error=error)["agent_tool_response"]
    kind = "agent_tool_response_full_payload"
    return {"type": kind, kind: {**tool, "full_tool_result": result}}


def running(call_id: str, name: str, state: str, **more: Any) -> Json:
    """A call of a tool of an MCP server."""
    call = {"service_id": "s", "tool_call_id": call_id, "tool_name": name, "parameters": {"q": 1}, "state": state}
    return {"type": "mcp_tool_call", "mcp_tool_call": {**call, "timestamp": "2026-01-01T00:00:00Z", **more}}


def failing(message: str = "LLM timed out", error_type: str = "llm_timeout", code: int = 1002) -> Json:
    return {"type": "error", "error_event": {"code": code, "message": message, "error_type": error_type}}


OTHERS: tuple[Json, ...] = (
    {"type": "vad_score", "vad_score_event": {"vad_score": 0.5}},
    {
        "type": "agent_reasoning_response_part",
        "reasoning_response_part": {"text": "Hm", "type": "delta", "event_id": "1"},
    },
    {"type": "rich_content", "rich_content": {"rich_content_id": "r", "component": "card", "props": {}, "event_id": 1}},
    {"type": "mcp_connection_status", "mcp_connection_status": {"integrations": []}},
    {"type": "asr_initiation_metadata", "asr_initiation_metadata_event": {}},
    {"type": "guardrail_triggered"},
    {"type": "internal_turn_probability", "turn_probability_internal_event": {"turn_probability": 0.5}},
    {
        "type": "internal_tentative_agent_response",
        "tentative_agent_response_internal_event": {"tentative_agent_response": "Maybe"},
    },
    {"type": "agent_typing", "agent_typing_event": {"is_typing": True}},
    {"type": "external_agent_connected"},
    {"type": "external_agent_disconnected"},
)
"""What only ElevenLabs has."""
USED: Json = {
    "type": "context_usage",
    "context_usage_event": {"event_id": 1, "model": "m", "context_tokens": 10, "context_limit_tokens": 100},
}
