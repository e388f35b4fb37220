"""Frames decoded and reduced, for the tests of what comes of them."""

import functools
import json
from typing import Any

from realtime_rx.events import ServerEvent
from realtime_rx.providers import Google
from realtime_rx.providers.google_wire import GoogleCodec
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ...support.gemini_frames import (
    SETUP_COMPLETE,
)

START = SessionState(status="connecting", capabilities=Google().capabilities)


def decode(*frames: dict[str, Any], codec: GoogleCodec | None = None, at: float = 1.0) -> list[ServerEvent]:
    codec = codec or GoogleCodec()
    return [event for frame in frames for event in codec.decode(json.dumps(frame), at=at)]


def talked(*frames: dict[str, Any], state: SessionState = START) -> SessionState:
    events = decode(SETUP_COMPLETE, *frames)
    return functools.reduce(lambda each, event: reduce(each, event)[0], events, state)


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages]


def idle(state: SessionState) -> bool:
    flow = state.flow
    pending = (state.pending_user_transcript, state.pending_assistant_transcript)
    return (flow.response_id, flow.speaking_item, pending, state.mode) == (None, None, (None, None), "idle")


def kinds(*frames: dict[str, Any]) -> list[str]:
    return [event.type for event in decode(*frames)]
