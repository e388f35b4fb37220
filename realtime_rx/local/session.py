"""The session's configuration: its defaults, and how a `session.update` changes it."""

import time
import uuid

import msgspec

from .errors import ClientError
from .protocol import Json, SessionPatch

INSTRUCTIONS = "You are the embedded voice of this computer. You know a few things, and say so."
SERVER_VAD: Json = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
SEMANTIC_VAD: Json = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
TURN_DETECTION: dict[str, Json] = {"server_vad": SERVER_VAD, "semantic_vad": SEMANTIC_VAD}


def new_id(prefix: str) -> str:
    """A fresh id of at most 32 characters, the longest the protocol accepts back."""
    return f"{prefix}_{uuid.uuid4().hex[:21]}"


def default_session(model: str, *, detects_turns: bool) -> Json:
    """The session of `session.created`, in the shape the hosted service sends.

    Turn detection starts as `server_vad`, as there, or as null where nothing detects turns; a client's own setting is
    kept and echoed in any case.
    """
    pcm: Json = {"type": "audio/pcm", "rate": 24000}
    vad = SERVER_VAD if detects_turns else None
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": new_id("sess"),
        "model": model,
        "output_modalities": ["audio"],
        "instructions": INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": int(time.time()) + 86400,
        "audio": {
            "input": {"format": pcm, "transcription": None, "noise_reduction": None, "turn_detection": vad},
            "output": {"format": pcm, "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def merged(session: Json, patch: SessionPatch) -> Json:
    """A new session: `patch` over `session`, field by field where a field is an object, whole otherwise.

    Raises ClientError and changes nothing when a named tool choice has no tool.
    """
    changes: Json = msgspec.to_builtins(patch)
    audio: Json = changes.pop("audio", {})
    inputs, outputs = session["audio"]["input"], session["audio"]["output"]
    result = {
        **session,
        **changes,
        "audio": {
            "input": _with_input(inputs, audio.get("input", {})),
            "output": with_output(outputs, audio.get("output", {})),
        },
    }
    check_tool_choice(result, "session.tool_choice")
    return result


def _with_input(old: Json, patch: Json) -> Json:
    new = {**old, **patch}
    if patch.get("turn_detection"):
        new["turn_detection"] = _turn_detection(old["turn_detection"], patch["turn_detection"])
    if patch.get("transcription"):
        new["transcription"] = {**(old["transcription"] or {}), **patch["transcription"]}
    return new


def _turn_detection(old: Json | None, patch: Json) -> Json:
    """A detector of the same type keeps what the patch leaves out; another type starts from its defaults."""
    base = old if old and old["type"] == patch["type"] else TURN_DETECTION[patch["type"]]
    return {**base, **patch}


def with_output(old: Json, patch: Json) -> Json:
    """`audio.output` with a patch over it; a voice given as `{id}` is kept as its id."""
    voice = patch.get("voice", old["voice"])
    return {**old, **patch, "voice": voice["id"] if isinstance(voice, dict) else voice}


def check_tool_choice(config: Json, param: str) -> None:
    """Refuse a tool choice that names a function which is not among `config["tools"]`."""
    choice = config["tool_choice"]
    if isinstance(choice, dict) and choice["name"] not in {tool["name"] for tool in config["tools"]}:
        raise ClientError(f"Tool choice '{choice['name']}' not found in 'tools' parameter.", "invalid_value", param)
