"""Frames of an agent, decoded, and the conversation that they make."""

import json
from typing import Any

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig
from realtime_rx.events import ServerEvent
from realtime_rx.providers import ElevenLabs
from realtime_rx.providers.elevenlabs_wire import ElevenLabsCodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...support.elevenlabs_frames import Json, greeting, replying, sounding

VOICE = (greeting(), replying("Hi!", 1), sounding(1), sounding(1))


def codec_for(**config: Any) -> ElevenLabsCodec:
    codec = ElevenLabsCodec("agent_1")
    codec.encode(ev.UpdateSession(SessionConfig(**config)))
    return codec


def decoded(*frames: Json, codec: ElevenLabsCodec | None = None, at: float = 1.0) -> list[ServerEvent]:
    codec = codec or codec_for()
    return [event for frame in frames for event in codec.decode(json.dumps(frame), at=at)]


def conversation(*frames: Json, codec: ElevenLabsCodec | None = None) -> SessionState:
    state = SessionState(status="connecting", capabilities=ElevenLabs().capabilities)
    for event in decoded(*frames, codec=codec):
        state = reduce(state, event)[0]
    return state


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages]


def kinds(events: list[ServerEvent]) -> list[str]:
    return [event.type for event in events]
