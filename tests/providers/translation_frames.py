"""What a translation session says of two sentences, as the types of OpenAI's package have it."""

from typing import Any

SESSION: dict[str, Any] = {
    "id": "sess_1",
    "type": "translation",
    "model": "gpt-realtime-translate",
    "expires_at": 1,
    "audio": {"input": {"transcription": {"model": "w"}}, "output": {"language": "de"}},
}


def heard(delta: str) -> dict[str, Any]:
    return {"type": "session.input_transcript.delta", "event_id": "e", "delta": delta, "elapsed_ms": 200}


def said(delta: str) -> dict[str, Any]:
    return {"type": "session.output_transcript.delta", "event_id": "e", "delta": delta, "elapsed_ms": 200}


def sound(delta: str) -> dict[str, Any]:
    more = {"channels": 1, "format": "pcm16", "sample_rate": 24000, "elapsed_ms": 200}
    return {"type": "session.output_audio.delta", "event_id": "e", "delta": delta, **more}


TRANSLATED: list[dict[str, Any]] = [
    {"type": "session.created", "event_id": "e", "session": SESSION},
    {"type": "session.updated", "event_id": "e", "session": SESSION},
    heard("Good"),
    heard(" morning."),
    said("Guten"),
    sound("AAAA"),
    heard(" How are"),
    said(" Morgen."),
    sound("AAAAAAAA"),
    heard(" you?"),
    said(" Wie geht es"),
    said(" dir"),
    {"type": "error", "event_id": "e", "error": {"type": "invalid_request_error", "message": "no", "code": "c"}},
    {"type": "session.closed", "event_id": "e"},
]
