"""How this wire names the formats of sound: GA by objects, beta by words."""

from __future__ import annotations

from typing import Any, cast

from realtime_rx.formats import PCM16_24K, PCMA, PCMU, AudioFormat

__all__ = ["format_json", "format_of", "format_word"]

NAMES = {"pcmu": {"type": "audio/pcmu"}, "pcma": {"type": "audio/pcma"}}
G711 = {"audio/pcmu": PCMU, "audio/pcma": PCMA, "g711_ulaw": PCMU, "g711_alaw": PCMA}
WORDS = {"pcmu": "g711_ulaw", "pcma": "g711_alaw"}
PCM = frozenset({"audio/pcm", "pcm16"})
# Voice Live's words for slower sound; its service also writes them with a hyphen.
SLOW = {"8000hz": 8000, "16000hz": 16000}


def format_json(audio_format: AudioFormat) -> dict[str, Any]:
    """A format in GA's words."""
    return NAMES.get(audio_format.encoding) or {"type": "audio/pcm", "rate": audio_format.rate}


def format_word(audio_format: AudioFormat) -> str:
    """A format in the beta protocol's words; Voice Live has some for 8 and 16 kHz."""
    return WORDS.get(audio_format.encoding) or (
        "pcm16" if audio_format.rate == 24_000 else f"pcm16_{audio_format.rate}hz"
    )


def format_of(session: dict[str, Any], direction: str) -> AudioFormat | None:
    """The format of ``input`` or ``output`` that a session's description states; None where it states none we know."""
    audio = as_object(as_object(session.get("audio")).get(direction))
    stated = audio.get("format") or session.get(f"{direction}_audio_format")
    kind = as_object(stated).get("type") if isinstance(stated, dict) else stated
    if not isinstance(kind, str):
        return None
    if kind.startswith("pcm16") and kind[6:] in SLOW:
        return AudioFormat(rate=SLOW[kind[6:]])
    if kind in PCM:
        rate = as_object(stated).get("rate") or session.get(f"{direction}_audio_sampling_rate")
        return AudioFormat(rate=rate) if isinstance(rate, int) and rate > 0 else PCM16_24K
    return G711.get(kind)


def as_object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
