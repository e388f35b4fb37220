"""What Cartesia's two sockets say, as the types of its package have it."""

from typing import Any


def turn(kind: str, transcript: str | None = None) -> dict[str, Any]:
    words = {} if transcript is None else {"transcript": transcript}
    return {"type": f"turn.{kind}", "request_id": "req_1", **words}


def chunk(text: str, *, final: bool) -> dict[str, Any]:
    words = [{"word": text.strip(), "start": 0.1, "end": 0.5}]
    return {
        "type": "transcript", "request_id": "req_1", "text": text, "is_final": final, "duration": 0.5, "words": words
    }  # fmt: skip


def acknowledged(kind: str) -> dict[str, Any]:
    return {"type": kind, "request_id": "req_1"}


ERROR: dict[str, Any] = {
    "type": "error",
    "title": "Too much",
    "message": "Slow down",
    "status_code": 429,
    "error_code": "rate_limited",
    "request_id": "req_1",
}
TURNS: list[dict[str, Any]] = [
    acknowledged("connected"),
    turn("start"),
    turn("update", "Hello"),
    turn("eager_end", "Hello there"),
    turn("resume"),
    turn("update", "Hello there, how"),
    turn("end", "Hello there, how are you?"),
    turn("start"),
    turn("end", ""),
    turn("start"),
    turn("end", "Fine."),
    ERROR,
]
COMMITTED: list[dict[str, Any]] = [
    acknowledged("flush_done"),
    chunk("Hello", final=False),
    chunk("Hello there,", final=True),
    chunk(" how", final=False),
    chunk(" how are you?", final=True),
    acknowledged("flush_done"),
    chunk("Fine.", final=True),
    ERROR,
    acknowledged("done"),
]
