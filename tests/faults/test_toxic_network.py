"""A conversation with the embedded provider over a network that is as bad as it gets."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from realtime_rx.local import LocalServer
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import Local
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.transports import WebSocketTransport

from ..support.toxic import Toxins, toxic
from ..support.waiting import tasks, until

QUESTIONS = {"What is two plus three?": "2 + 3 is 5.", "What is seven times six?": "7 * 6 is 42."}
PATIENT = ReconnectPolicy(first_delay_s=0.01, max_delay_s=0.1, attempts=20, steady_s=0.0)


async def conversation(toxins: Toxins, **settings: Any) -> int:
    """Ask everything and have it answered; gives how many connections that took."""
    async with LocalServer(speech=bool(settings.pop("speech", False))) as server:
        where = urlsplit(server.url)
        async with toxic(str(where.hostname), int(where.port or 0), toxins):
            session = RealtimeSession(
                Local(base_url=f"ws://{toxins.address}{where.path}"),
                transport=WebSocketTransport,
                session_config=settings,
                reconnect=PATIENT,
            )
            await session.connect()
            for number, (question, answer) in enumerate(QUESTIONS.items(), start=1):
                session.send_text_message(question)
                state = await until(session, lambda s, answer=answer: is_answered(s, answer))
                asked = [message.text for message in state.messages if message.role == "user"]
                assert asked == list(QUESTIONS)[:number]
            whole = [m.text for m in session.state.messages if m.role == "assistant" and m.status == "completed"]
            assert whole == list(QUESTIONS.values())
            await session.aclose()
            assert tasks() == set()
    return session.state.connection


def is_answered(state: SessionState, answer: str) -> bool:
    last = state.messages[-1]
    return (last.text, last.status, state.mode) == (answer, "completed", "idle")


async def test_a_late_narrow_and_stalling_network_costs_time_only() -> None:
    """With 300 ms there and back, 1 Mbit/s and every twentieth packet stalled, the conversation is had at once."""
    assert await conversation(Toxins(), output_modalities=("text",)) == 1


async def test_resets_cost_connections_only() -> None:
    """Where the network also resets connections in the middle of answers, every question is answered, once."""
    toxins = Toxins(resets=[4_000, 5_500, 3_000])
    assert await conversation(toxins, output_modalities=("text",)) > 2


@pytest.mark.slow
async def test_speech_comes_through_too() -> None:
    """Spoken answers get through 1 Mbit/s and resets whole, if later."""
    assert await conversation(Toxins(resets=[60_000, 90_000]), speech=True) > 1
