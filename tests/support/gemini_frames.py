"""Frames of Gemini Live, as its server says them."""

import base64
from typing import Any

Json = dict[str, Any]

SETUP_COMPLETE: Json = {"setupComplete": {}}
GENERATED: Json = {"serverContent": {"generationComplete": True}}
INTERRUPTED: Json = {"serverContent": {"interrupted": True}}
RATE = 24_000


def content(**fields: Any) -> Json:
    return {"serverContent": fields}


def sounding(milliseconds: int = 100, rate: int = RATE) -> Json:
    """So much silence, as the model speaks it."""
    data = base64.b64encode(bytes(rate * 2 * milliseconds // 1000)).decode()
    return content(modelTurn={"parts": [{"inlineData": {"mimeType": f"audio/pcm;rate={rate}", "data": data}}]})


def saying(words: str) -> Json:
    return content(outputTranscription={"text": words})


def hearing(words: str, **more: Any) -> Json:
    return content(inputTranscription={"text": words, **more})


def writing(text: str, **more: Any) -> Json:
    return content(modelTurn={"role": "model", "parts": [{"text": text, **more}]})


def thinking(text: str = "**Pondering**\n\nI wonder what to say.") -> Json:
    return writing(text, thought=True)


def calling(*calls: tuple[str, str, Json]) -> Json:
    """A tool call of each of these ids, names and arguments."""
    return {"toolCall": {"functionCalls": [{"id": id, "name": name, "args": args} for id, name, args in calls]}}


def cancelling(*ids: str) -> Json:
    return {"toolCallCancellation": {"ids": list(ids)}}


def used(prompt: int = 100, response: int = 10) -> Json:
    """A turn's usage, all of it text in and sound out."""
    return {
        "promptTokenCount": prompt,
        "responseTokenCount": response,
        "totalTokenCount": prompt + response,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}],
        "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": response}],
    }


def completed(usage: Json | None = None, **more: Any) -> Json:
    """The end of a turn."""
    return {**content(turnComplete=True, **more), **({"usageMetadata": usage} if usage is not None else {})}


def resumable(handle: str) -> Json:
    return {"sessionResumptionUpdate": {"newHandle": handle, "resumable": True}}


def going_away(time_left: str = "9.5s") -> Json:
    return {"goAway": {"timeLeft": time_left}}


def spoken_turn(*words: str, usage: Json | None = None) -> tuple[Json, ...]:
    """A reply: thoughts, words and sound, and both ends."""
    said = [frame for each in words for frame in (saying(each), sounding())]
    return (thinking(), *said, GENERATED, completed(usage if usage is not None else used()))
