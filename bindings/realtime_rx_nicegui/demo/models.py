"""What one can choose on the demo page."""

from __future__ import annotations

import os
from typing import Any, Literal

from realtime_rx import Provider, SessionConfig, Transcription, TurnDetection
from realtime_rx.ui.samples import INSTRUCTIONS, TOOLS

__all__ = [
    "choice_of",
    "DEFAULT",
    "is_push_to_talk",
    "Modality",
    "modality_of",
    "models",
    "options",
    "OUTPUTS",
    "TURNS",
]

Modality = Literal["text", "audio"]

DEFAULT = "local"
TRANSCRIBER = "gpt-4o-mini-transcribe"
"""OpenAI's, for the visitor's words; the embedded provider has one of its own, under any name."""
TURNS = {True: TurnDetection.disabled(), False: TurnDetection()}
"""Whether the visitor says that their turn is over, by letting go of the button; else the model hears it."""
OUTPUTS: dict[Modality, str] = {"text": "Text", "audio": "Voice"}


def models() -> dict[str, str]:
    """The models there are, by the name that use_realtime() takes. No key ever leaves this process."""
    found = {DEFAULT: "Embedded · no key"}
    if os.environ.get("OPENAI_API_KEY"):
        found["openai:gpt-realtime"] = "OpenAI · gpt-realtime"
    return found


def choice_of(provider: Provider) -> str:
    return DEFAULT if provider.id == "local" else f"{provider.id}:{provider.model}"


def options() -> dict[str, Any]:
    return {"instructions": INSTRUCTIONS, "tools": TOOLS, "transcription": Transcription(model=TRANSCRIBER)}


def is_push_to_talk(config: SessionConfig) -> bool:
    return config.turn_detection == TURNS[True]


def modality_of(config: SessionConfig) -> Modality:
    return "audio" if config.output_modalities == ("audio",) else "text"
