"""Recorded sessions, and what must come out of them by a reading of their JSON that shares nothing with the library.

A recording has one JSON object a line: ``{"kind": "message", "direction": "received" | "sent", "data": {frame}}``.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAMILY = ("openai__", "azure__", "xai__")


def folder() -> Path | None:
    value = os.environ.get("REALTIME_RX_RECORDINGS")
    return Path(value) if value else None


def paths() -> list[Path]:
    """The recordings of the OpenAI family; none where nobody says where they are."""
    where = folder()
    return [] if where is None else sorted(p for p in where.glob("*.jsonl") if p.name.startswith(FAMILY))


def received(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [line["data"] for line in lines if line["kind"] == "message" and line["direction"] == "received"]


@dataclass(slots=True)
class Said:
    """What a recording says was said, called and used."""

    order: list[str] = field(default_factory=list)
    """The ids of messages and calls in the order of their `previous_item_id`, or of their arrival."""
    words: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By item id: the role and the final words of each item that has words."""
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    """The call id, name and decoded arguments of each call in a `response.done`, in order."""
    outputs: dict[str, str] = field(default_factory=dict)
    """By call id: the output that stands in the conversation."""
    usage: dict[str, int] = field(default_factory=dict)
    """The totals over every `response.done`."""


def reading(frames: list[dict[str, Any]]) -> Said:
    said = Said()
    for frame in frames:
        kind = frame["type"]
        if kind in ("conversation.item.added", "conversation.item.created", "conversation.item.done"):
            place(said, frame["item"], frame.get("previous_item_id"))
            take(said, frame["item"])
        elif kind == "conversation.item.input_audio_transcription.completed":
            said.words[frame["item_id"]] = ("user", frame["transcript"])
            add(said.order, frame["item_id"])
        elif kind == "response.done":
            finish(said, frame)
    return said


def finish(said: Said, frame: dict[str, Any]) -> None:
    for item in frame["response"]["output"]:
        add(said.order, item["id"])
        take(said, item)
        if item["type"] == "function_call":
            said.calls.append((item["call_id"], item["name"], json.loads(item["arguments"])))
    usage = frame["response"].get("usage") or frame.get("usage") or {}
    for name in ("total_tokens", "input_tokens", "output_tokens"):
        said.usage[name] = said.usage.get(name, 0) + usage.get(name, 0)


def place(said: Said, item: dict[str, Any], previous: str | None) -> None:
    if item["type"] not in ("message", "function_call") or item["id"] in said.order:
        return
    if previous in said.order:
        said.order.insert(said.order.index(previous) + 1, item["id"])
    else:
        said.order.append(item["id"])


def add(order: list[str], item_id: str) -> None:
    if item_id not in order:
        order.append(item_id)


def take(said: Said, item: dict[str, Any]) -> None:
    """The words of an item as it was last described with words, and a call's output."""
    if item["type"] == "function_call_output":
        said.outputs[item["call_id"]] = item["output"]
    words = "".join(part.get("text") or part.get("transcript") or "" for part in item.get("content") or ())
    if item["type"] == "message" and words:
        said.words[item["id"]] = (item["role"], words)
