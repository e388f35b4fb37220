"""Who speaks this wire differently, as data. What a server says is understood in all dialects at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from realtime_rx.config import SessionConfig
from realtime_rx.providers.openai_wire.sessions import (
    flat_session,
    session_json,
    transcription_session,
    translation_session,
    voice_live_session,
    xai_session,
)

__all__ = ["BETA", "Dialect", "GA", "TRANSCRIPTION", "TRANSLATION", "VOICE_LIVE", "XAI"]

SOUND = ("input_audio_buffer.append", "input_audio_buffer.commit", "input_audio_buffer.clear")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server wants to be spoken to.

    ``session`` writes the settings. ``verbs`` are the frames that it knows, by GA's names, with its own name of each;
    None: it knows all of them. ``response`` are its names of the fields of ``response.create``. ``assistant_text`` is
    what it calls the words of an assistant in an item.
    """

    session: Callable[[SessionConfig], dict[str, Any]] = session_json
    verbs: Mapping[str, str] | None = None
    response: Mapping[str, str] = field(default_factory=dict[str, str])
    assistant_text: str = "output_text"

    def verb(self, name: str) -> str | None:
        """Its name of a frame; None where it has no such frame."""
        return name if self.verbs is None else self.verbs.get(name)


FLAT_RESPONSE = {"output_modalities": "modalities", "max_output_tokens": "max_response_output_tokens"}

GA = Dialect()
BETA = Dialect(session=flat_session, response=FLAT_RESPONSE, assistant_text="text")
VOICE_LIVE = Dialect(session=voice_live_session, response=FLAT_RESPONSE, assistant_text="text")
XAI = Dialect(
    session=xai_session,
    response={"output_modalities": "modalities"},
    verbs={
        name: name
        for name in (
            "session.update",
            *SOUND,
            "conversation.item.create",
            "conversation.item.delete",
            "response.create",
            "response.cancel",
        )
    },
)
TRANSCRIPTION = Dialect(session=transcription_session, verbs={name: name for name in ("session.update", *SOUND)})
TRANSLATION = Dialect(
    session=translation_session,
    verbs={
        "session.update": "session.update",
        "input_audio_buffer.append": "session.input_audio_buffer.append",
    },
)
