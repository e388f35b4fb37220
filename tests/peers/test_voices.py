"""The embedded provider as official clients hear it and are heard by it: a spoken turn, and one that is interrupted."""

from pathlib import Path

import pytest

from tests.local.spoken import say

from .clients.report import VoiceReport, VoiceScenario
from .conftest import Client, install, report_of
from .environments import AI_SDK, OPENAI, OPENAI_AGENTS
from .test_clients import WEATHER

pytestmark = pytest.mark.peers

SENTENCES = {
    "tool_question": "What is the weather in Tokyo",
    "long_question": "Count to thirty",
    "interruption": "Stop",
    "question": "What is six times seven",
}
# each client sends its sound in pieces of another length, in ms
CLIENTS = {
    "openai": (Client(OPENAI, "openai_voice.py"), 20),
    "openai-agents": (Client(OPENAI_AGENTS, "openai_agents_voice.py"), 40),
    "ai-sdk": (Client(AI_SDK, "ai_sdk_voice.mjs"), 100),
}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The sentences, each spoken into a file."""
    folder = tmp_path_factory.mktemp("speech")
    return {name: spoken(text, folder / f"{name}.pcm") for name, text in SENTENCES.items()}


def spoken(text: str, path: Path) -> str:
    path.write_bytes(say(text))
    return str(path)


@pytest.fixture(scope="module", params=CLIENTS)
def saw(request: pytest.FixtureRequest, sounds: dict[str, str]) -> VoiceReport:
    """The report of one client, run once for all tests of this module."""
    client, append_ms = CLIENTS[request.param]
    install(client, request)
    scenario = VoiceScenario(**sounds, append_ms=append_ms, tool=WEATHER, tool_output={"temperature": 21})
    return VoiceReport(**report_of(client, scenario))


def said_by(role: str, report: VoiceReport) -> list[str]:
    return [words for speaker, words in report.messages if speaker == role]


def test_the_user_is_understood(saw: VoiceReport) -> None:
    """What was spoken stands in an official client's history in words, all of it in its place."""
    assert [speaker for speaker, _ in saw.messages] == ["user", "assistant"] * len(SENTENCES)
    assert said_by("user", saw) == list(SENTENCES.values())


def test_a_spoken_question_calls_a_tool(saw: VoiceReport) -> None:
    """A spoken question calls an official client's tool with the city that was said, and the answer uses its output."""
    assert (saw.tool_name, saw.tool_arguments) == ("get_weather", {"city": "Tokyo"})
    assert "21" in said_by("assistant", saw)[0]


def test_the_answers_are_spoken(saw: VoiceReport) -> None:
    """An official client gets the answers to what it said as sound, some seconds of it."""
    assert saw.audio_bytes > 3 * 48_000


def test_a_voice_interrupts_the_answer(saw: VoiceReport) -> None:
    """An official client that is spoken to in mid-answer is told so once, after a second or two of the answer."""
    (heard_ms,) = saw.interrupted_ms
    assert 1000 <= heard_ms < 3500


def test_an_interrupted_answer_ends_at_once(saw: VoiceReport) -> None:
    """The interrupted response, and no other, ends as cancelled because of the user's voice; no sound of it follows."""
    assert saw.endings == ["completed", "completed", "cancelled: turn_detected", "completed", "completed"]
    assert saw.late_bytes == 0


def test_the_conversation_goes_on(saw: VoiceReport) -> None:
    """After an interruption both it and the next question are answered."""
    assert said_by("assistant", saw)[2:] == ["Okay.", "6 * 7 is 42."]


def test_nothing_is_wrong_with_the_protocol(saw: VoiceReport) -> None:
    """No official client is sent an error in a spoken conversation, not even a benign one, nor an unreadable event."""
    assert saw.problems == []
