"""Sessions against a server that plays what real providers said, over a real socket."""

import os
from pathlib import Path

import pytest

from realtime_rx.state import SessionState
from realtime_rx.testing import FakeClock, reduce_recording
from realtime_rx.transports.replay import received_frames

from .support.server import Caller, serving, session_at
from .support.waiting import until

FAMILY = ("openai", "azure", "xai")
SAID = ("messages", "events", "usage", "session_id", "conversation_id", "session", "model", "rate_limits", "error")


def recordings() -> list[Path]:
    folder = os.environ.get("REALTIME_RX_RECORDINGS")
    found = sorted(Path(folder).glob("*.jsonl")) if folder else []
    return [path for path in found if path.name.startswith(FAMILY)]


def said(state: SessionState) -> dict[str, object]:
    """The part of the state that is the provider's doing."""
    return {name: getattr(state, name) for name in SAID}


@pytest.mark.skipif("REALTIME_RX_RECORDINGS" not in os.environ, reason="REALTIME_RX_RECORDINGS is not set")
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.stem)
async def test_a_session_reaches_the_state_that_its_frames_reduce_to(path: Path) -> None:
    """What a server says over a socket gives the same state as reducing its frames."""
    frames = received_frames(path)
    expected = reduce_recording(path)

    async def part(caller: Caller) -> None:
        await caller.say(*(frame.decode() for frame in frames if isinstance(frame, bytes)))
        await caller.listen()

    async with serving(part) as server:
        session = session_at(server.base_url, clock=FakeClock(), on_tool_call=lambda _: None)
        async with session:
            state = await until(session, lambda state: len(state.events) == len(expected.events))
        assert said(state) == said(expected)
        assert server.callers[0].types[0] == "session.update"
