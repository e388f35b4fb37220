"""How this wire names the formats of sound: GA by objects, beta by words."""

from __future__ import annotations

from typing import Any, cast

from realtime_rx.formats import PCM16_24K, PCMA, PCMU, AudioFormat

__all__ = ["format_json", "format_of"]

NAMES = {"pcmu": {"type": "audio/pcmu"}, "pcma": {"type": "audio/pcma"}}
G711 = {"audio/pcmu": PCMU, "audio/pcma": PCMA, "g711_ulaw": PCMU, "g711_alaw": PCMA}
PCM = frozenset({"audio/pcm", "pcm16"})


def format_json(audio_format: AudioFormat) -> dict[str, Any]:
    """A format in GA's words."""
    return NAMES.get(audio_format.encoding) or {"type": "audio/pcm", "rate": audio_format.rate}


def format_of(session: dict[str, Any], direction: str) -> AudioFormat | None:
    """The format of ``input`` or ``output`` that a session's description states; None where it states none we know."""
    audio = as_object(as_object(session.get("audio")).get(direction))
    stated = audio.get("format") or session.get(f"{direction}_audio_format")
    kind = as_object(stated).get("type") if isinstance(stated, dict) else stated
    if not isinstance(kind, str):
        return None
    if kind in PCM:
        rate = as_object(stated).get("rate")
        return AudioFormat(rate=rate) if isinstance(rate, int) and rate > 0 else PCM16_24K
    return G711.get(kind)


def as_object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
