"""Frames to events. What only ElevenLabs has, and what says nothing new, is passed on raw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import asdict, replace

from realtime_rx import events as ev
from realtime_rx.errors import ProtocolError
from realtime_rx.providers.elevenlabs_wire.frames import Message, Metadata, received
from realtime_rx.providers.elevenlabs_wire.initiation import audio_format
from realtime_rx.providers.elevenlabs_wire.known import Known
from realtime_rx.providers.elevenlabs_wire.tools import Tools
from realtime_rx.providers.elevenlabs_wire.turns import Turns

DEFAULT_INPUT = "pcm_16000"
"""What the official clients take for granted where the greeting does not name it."""


class Decoder:
    """One connection's frames, in order."""

    def __init__(self, known: Known, agent_id: str) -> None:
        self._agent_id = agent_id
        self._turns = Turns(known)
        self._tools = Tools(self._turns, known)
        self._cases: dict[str, Callable[[Message], bool]] = {
            "conversation_initiation_metadata": self._metadata,
            "audio": self._audio,
            "user_transcript": self._user_transcript,
            "tentative_user_transcript": self._tentative,
            "agent_response": self._agent_response,
            "agent_response_correction": self._correction,
            "agent_chat_response_part": self._chat_part,
            "interruption": self._interruption,
            "ping": self._ping,
            "client_tool_call": lambda message: self._tools.called(there(message, "client_tool_call")),
            "agent_tool_request": lambda message: self._tools.requested(there(message, "agent_tool_request")),
            "agent_tool_response": lambda message: self._tools.responded(there(message, "agent_tool_response")),
            "agent_tool_response_full_payload": lambda message: self._tools.responded(
                there(message, "agent_tool_response_full_payload")
            ),
            "mcp_tool_call": lambda message: self._tools.ran(there(message, "mcp_tool_call")),
            "context_usage": self._context_usage,
            "error": self._error,
        }

    def decode(self, frame: str | bytes, at: float) -> Sequence[ev.ServerEvent]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong, and nothing else."""
        message, raw = received(frame)
        self._turns.born(at)
        case = self._cases.get(message.type)
        if case is None or not case(message) or not self._turns.events:
            self._say(ev.ProviderEvent(message.type))
        return tuple(replace(event, at=at, frame=raw) for event in self._turns.events)

    def _say(self, event: ev.ServerEvent) -> bool:
        self._turns.events.append(event)
        return True

    def _metadata(self, message: Message) -> bool:
        """The conversation begins; which formats it has is the agent's settings' affair."""
        about: Metadata = there(message, "conversation_initiation_metadata_event")
        conversation = about.conversation_id
        heard = audio_format(about.user_input_audio_format or DEFAULT_INPUT)
        spoken = audio_format(about.agent_output_audio_format)
        self._say(ev.SessionCreated(conversation, self._agent_id, asdict(about), heard, spoken))
        return self._say(ev.ConversationCreated(conversation))

    def _audio(self, message: Message) -> bool:
        audio = there(message, "audio_event")
        return self._turns.sounded(audio.audio_base_64 or "", audio.event_id)

    def _user_transcript(self, message: Message) -> bool:
        heard = there(message, "user_transcription_event")
        return self._turns.heard(heard.user_transcript.strip(), heard.event_id)

    def _tentative(self, message: Message) -> bool:
        return self._turns.guessed(there(message, "tentative_user_transcription_event").user_transcript.strip())

    def _agent_response(self, message: Message) -> bool:
        said = there(message, "agent_response_event")
        return self._turns.said(said.agent_response.strip(), said.event_id)

    def _correction(self, message: Message) -> bool:
        corrected = there(message, "agent_response_correction_event")
        original, heard = corrected.original_agent_response.strip(), corrected.corrected_agent_response.strip()
        return self._turns.corrected(original, heard, corrected.event_id)

    def _chat_part(self, message: Message) -> bool:
        return self._turns.wrote(there(message, "text_response_part"))

    def _interruption(self, message: Message) -> bool:
        self._turns.interrupted(there(message, "interruption_event").event_id)
        return True

    def _ping(self, message: Message) -> bool:
        """It is answered at once, as the official clients do; ``ping_ms`` is what it took the last time."""
        return self._say(ev.Ping(there(message, "ping_event").event_id))

    def _context_usage(self, _message: Message) -> bool:
        """It comes after each turn of the agent."""
        self._turns.ended()
        return False

    def _error(self, message: Message) -> bool:
        error = there(message, "error_event")
        code = error.error_type or (str(error.code) if error.code is not None else None)
        return self._say(ev.ServerError(error.message or error.reason or "an error without a message", code))


def there(message: Message, name: str) -> Any:
    """What a frame of this type holds. Raises :class:`ProtocolError` where it does not."""
    held = getattr(message, name)
    if held is None:
        raise ProtocolError(f"a frame of type {message.type!r} has no {name!r}")
    return held
