"""Estimates of what a hosted service would bill. Nothing is billed here: the numbers only have plausible sizes.

A word counts as one text token. Sound counts as the documentation of the hosted service says: one token per 100 ms
of input and one per 50 ms of output.
"""

from collections.abc import Iterable

from .conversation import Entry
from .protocol import Json

RATE_LIMITS: tuple[Json, ...] = (
    {"name": "requests", "limit": 1000, "remaining": 999, "reset_seconds": 0.06},
    {"name": "tokens", "limit": 40000, "remaining": 39000, "reset_seconds": 1.0},
)
"""Made up, and constant: this server limits nothing."""


def usage(instructions: str, context: Iterable[Entry], outputs: Iterable[Entry]) -> Json:
    """The `usage` of a `response.done`."""
    before, after = tuple(context), tuple(outputs)
    text_in = len(instructions.split()) + sum(map(text_tokens, before))
    audio_in = sum(int(entry.audio_ms / 100) for entry in before if entry.item.get("role") == "user")
    text_out = sum(map(text_tokens, after))
    audio_out = sum(int(entry.audio_ms / 50) for entry in after)
    cached: Json = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": cached,
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }


def text_tokens(entry: Entry) -> int:
    item = entry.item
    texts = [item.get("arguments", ""), item.get("output", "")]
    texts += [part.get("text") or part.get("transcript") or "" for part in item.get("content", ())]
    return sum(len(text.split()) for text in texts)
