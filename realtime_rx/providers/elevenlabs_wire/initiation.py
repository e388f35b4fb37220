"""The first frame of a connection: what of the agent shall be otherwise in this conversation, and formats of sound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from msgspec import UNSET

from realtime_rx.config import SessionConfig, Transcription
from realtime_rx.formats import PCMU, AudioFormat

Json = dict[str, Any]

PCM = re.compile(r"pcm_(\d{4,5})")


def initiation_json(config: SessionConfig) -> Json:
    """``conversation_initiation_client_data``, with ``provider_options`` merged into it last, objects into objects.

    Overrides have to be allowed in the agent's settings; an agent that does not allow one hangs up. So nothing is
    overridden that was not asked for.
    """
    modalities, heard = config.output_modalities, config.transcription
    written = isinstance(modalities, tuple) and bool(modalities) and "audio" not in modalities
    override = given(
        agent=given(
            prompt=given(prompt=config.instructions),
            language=heard.language if isinstance(heard, Transcription) else UNSET,
        ),
        tts=given(voice_id=config.voice, speed=config.speed),
        conversation=given(text_only=True if written else UNSET),
    )
    known: Json = {"type": "conversation_initiation_client_data", **given(conversation_config_override=override)}
    return merged(known, config.provider_options)


def given(**fields: Any) -> Json:
    """These fields without those that say nothing."""
    return {name: value for name, value in fields.items() if value is not UNSET and value != {}}


def merged(known: Json, options: Mapping[str, Any]) -> Json:
    """What is known with what else was asked for: objects are merged, anything else is replaced."""
    both = dict(known)
    for key, value in options.items():
        old = both.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            both[key] = merged(cast(Json, old), cast(Mapping[str, Any], value))
        else:
            both[key] = value
    return both


def conversation_of(initiation: Json) -> Json:
    """What is overridden of the conversation itself."""
    override = initiation.get("conversation_config_override")
    fields = cast(Json, override).get("conversation") if isinstance(override, dict) else None
    return cast(Json, fields) if isinstance(fields, dict) else {}


def audio_format(name: str | None) -> AudioFormat | None:
    """The format of that name, ``pcm_16000`` or ``ulaw_8000``; None for one that is not known."""
    if name == "ulaw_8000":
        return PCMU
    pcm = PCM.fullmatch(name or "")
    return AudioFormat(rate=int(pcm[1])) if pcm else None
