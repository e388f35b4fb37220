"""What one can choose on the page of a demo: the model, how it answers, and who says that a turn is over."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Literal, Protocol

from realtime_rx.abc import Provider
from realtime_rx.config import SessionConfig, Transcription, TurnDetection
from realtime_rx.items import AudioPart
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.ui.samples import INSTRUCTIONS, TOOLS
from realtime_rx.ui.talk_button import TalkButton

__all__ = [
    "answer_aloud",
    "answer_by",
    "begin",
    "choice_of",
    "choose_modality",
    "choose_turns",
    "chosen",
    "Conversation",
    "DEFAULT",
    "hold_to_talk",
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


class Conversation(Protocol):
    """What a hook gives, as far as a demo is concerned."""

    @property
    def session(self) -> Any:
        """The :class:`RealtimeSession` of the moment; a framework may have it as a property of a kind of its own."""
        ...

    def watch(self, selector: Callable[[SessionState], bool], callback: Callable[[bool], Any], /) -> object: ...

    def start_sound(self) -> None: ...


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


def begin(rt: Conversation) -> None:
    """The model writes, until the visitor speaks or chooses its voice."""
    rt.session.update_session(output_modalities=("text",))
    rt.watch(lambda state: state.is_capturing, lambda capturing: capturing and answer_aloud(rt.session))


def answer_by(rt: Conversation, modality: Modality) -> None:
    """Have it answered that way from now on; a voice that is new is heard with the visitor's first click."""
    if choose_modality(rt.session, modality):
        rt.start_sound()


def hold_to_talk(rt: Conversation, talk: TalkButton, push_to_talk: bool) -> None:
    """Have the button held to talk, or clicked."""
    talk.push_to_talk = push_to_talk
    choose_turns(rt.session, push_to_talk)


def choose_modality(session: RealtimeSession, modality: Modality) -> bool:
    """Whether it speaks from now on and did not before, so that its page is to sound."""
    if modality == modality_of(session.state.config):
        return False
    session.update_session(output_modalities=(modality,))
    return modality == "audio"


def choose_turns(session: RealtimeSession, push_to_talk: bool) -> None:
    """Have the visitor say when a turn is over, or the model hear it."""
    if push_to_talk != is_push_to_talk(session.state.config):
        session.stop_audio_capture()
        session.update_session(turn_detection=TURNS[push_to_talk])


def chosen(config: SessionConfig) -> dict[str, Any]:
    """What was chosen of the settings, for ``update_session()`` of a session that begins anew."""
    turns = TURNS[is_push_to_talk(config)]
    return {"output_modalities": (modality_of(config),), "turn_detection": turns}


def answer_aloud(session: RealtimeSession) -> None:
    """Who speaks for the first time is answered by voice."""
    state = session.state
    was_spoken = any(isinstance(part, AudioPart) for message in state.messages for part in message.parts)
    if not was_spoken and modality_of(state.config) == "text":
        session.update_session(output_modalities=("audio",))
