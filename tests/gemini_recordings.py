"""Recorded Gemini Live sessions, and what must come out of them by a reading that shares nothing with the library."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .recordings import folder


def paths() -> list[Path]:
    """The recordings of Gemini Live; none where nobody says where recordings are."""
    where = folder()
    return [] if where is None else sorted(where.glob("google*.jsonl"))


def get(value: Any, *path: str) -> Any:
    """The field below a path of camelCase names, which the recording may have in snake case."""
    for name in path:
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
        value = (value.get(name, value.get(snake)) if isinstance(value, dict) else None) or {}
    return value or None


@dataclass(slots=True)
class Turn:
    """What a recording says of one turn, from the first output to ``turnComplete``."""

    user: str = ""
    assistant: str = ""
    thoughts: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)


def reading(frames: list[dict[str, Any]]) -> list[Turn]:
    turns = [Turn()]
    for frame in frames:
        turn = turns[-1]
        turn.user += get(frame, "serverContent", "inputTranscription", "text") or ""
        turn.assistant += get(frame, "serverContent", "outputTranscription", "text") or ""
        for part in get(frame, "serverContent", "modelTurn", "parts") or ():
            turn.thoughts += [part["text"]] if part.get("text") else []
        for call in get(frame, "toolCall", "functionCalls") or ():
            turn.calls.append((call["id"], call["name"], call.get("args") or {}))
        turn.usage = get(frame, "usageMetadata") or turn.usage
        if get(frame, "serverContent", "turnComplete"):
            turns.append(Turn())
    return turns


def total(turns: list[Turn], name: str) -> int:
    return sum(get(turn.usage, name) or 0 for turn in turns)
