"""The scripted ElevenLabs server as the official client sees it: what our own tests talk to is what it expects."""

import asyncio
from typing import Any

import pytest

from ..support.elevenlabs_agent import HEARD, STORY, talk
from ..support.elevenlabs_server import KEY, PRIVATE, elevenlabs
from .conftest import Client, install, report_from
from .environments import ELEVENLABS

pytestmark = pytest.mark.peers

CLIENT = Client(ELEVENLABS, "elevenlabs_client.py")


@pytest.fixture(scope="module")
def saw(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the official client saw, run once for all tests of this module."""
    install(CLIENT, request)
    return asyncio.run(converse())


async def converse() -> dict[str, Any]:
    async with elevenlabs(talk) as server:
        report = await report_from(*CLIENT.command(server.base_url, KEY, PRIVATE))
        (caller,) = server.callers
        return {**report, "kinds": caller.kinds}


def test_a_question_is_answered(saw: dict[str, Any]) -> None:
    """The official client gets into a private agent by a signed address and is answered in words and sound."""
    assert saw["replies"][:2] == ["Hi!", "You said Hello?"]
    assert (saw["audio_bytes"], saw["conversation"]) == (18 * 3200, "conv_1")


def test_a_tool_is_called_and_its_output_used(saw: dict[str, Any]) -> None:
    """The official client runs the tool that is called, and its result comes back in the reply."""
    assert (saw["calls"], saw["replies"][2]) == ([{"city": "Tokyo"}], "It says 21 degrees.")


def test_speech_interrupts(saw: dict[str, Any]) -> None:
    """The official client is told that it is interrupted, what was heard, what the user said, and the next reply."""
    assert (saw["interruptions"], saw["corrections"]) == (1, [[STORY, "Once upon a"]])
    assert (saw["transcripts"], saw["replies"][3:]) == ([HEARD[-1]], [STORY, "I am here."])


def test_late_sound_is_left_out_as_by_us(saw: dict[str, Any]) -> None:
    """Sound below the interruption's id is not played by the official client either."""
    assert (saw["interruptions"], saw["late_bytes"]) == (1, 0)


def test_a_ping_is_answered(saw: dict[str, Any]) -> None:
    """The official client answers the ping and reads how long the last one took."""
    assert (saw["pings"], saw["kinds"].count("pong")) == ([40], 1)


def test_nothing_is_wrong_with_what_it_says(saw: dict[str, Any]) -> None:
    """The strict server takes everything that the official client says."""
    taken = {"conversation_initiation_client_data", "user_message", "user_audio_chunk", "client_tool_result", "pong"}
    assert set(saw["kinds"]) == taken
