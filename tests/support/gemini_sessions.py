"""What the tests of sessions with Gemini have in common."""

from typing import Any

from realtime_rx.policies import ReconnectPolicy
from realtime_rx.state import SessionState
from realtime_rx.tools import tool

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)


PIECE = bytes(3200)
"""100 ms at 16 kHz."""


@tool
def get_weather(city: str) -> dict[str, Any]:
    """The weather in a city."""
    return {"city": city, "sky": "clear"}


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages if message.text]


def quiet(state: SessionState) -> bool:
    """Connected, and nothing is under way."""
    flow = state.flow
    busy = flow.response_id is not None or flow.requested or flow.calls or flow.queued or flow.restoring
    return state.status == "connected" and not busy


def answered(turns: int) -> Any:
    def enough(state: SessionState) -> bool:
        replies = [each for each in state.messages if each.role == "assistant" and each.text]
        return quiet(state) and len(replies) >= turns and replies[-1].status != "in_progress"

    return enough
