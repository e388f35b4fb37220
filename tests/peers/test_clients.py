"""The embedded provider as official clients see it, all of which talk to it in text and hear it speak."""

import pytest

from .clients.report import Report, Scenario
from .conftest import Client, install, report_of
from .environments import AI_SDK, OPENAI, OPENAI_AGENTS

pytestmark = pytest.mark.peers

WEATHER = {
    "name": "get_weather",
    "description": "The weather in a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
SCENARIO = Scenario(
    question="What is six times seven?",
    tool_question="What is the weather in Tokyo?",
    tool=WEATHER,
    tool_output={"city": "Tokyo", "temperature": 21},
)
CLIENTS = {
    "openai": Client(OPENAI, "openai_client.py"),
    "openai-agents": Client(OPENAI_AGENTS, "openai_agents_client.py"),
    "ai-sdk-websocket": Client(AI_SDK, "ai_sdk_client.mjs", ("websocket",)),
    "ai-sdk-token": Client(AI_SDK, "ai_sdk_client.mjs", ("token",)),
}


@pytest.fixture(scope="module", params=CLIENTS)
def saw(request: pytest.FixtureRequest) -> Report:
    """The report of one client, run once for all tests of this module."""
    client = CLIENTS[request.param]
    install(client, request)
    return Report(**report_of(client, SCENARIO))


def test_a_question_is_answered(saw: Report) -> None:
    """An official client gets the answer to a written question."""
    assert "42" in saw.reply


def test_a_tool_is_called(saw: Report) -> None:
    """An official client is asked to call the tool it declared, with the arguments that the question names."""
    assert (saw.tool_name, saw.tool_arguments) == ("get_weather", {"city": "Tokyo"})


def test_the_output_of_a_tool_is_used(saw: Report) -> None:
    """What an official client's tool returns comes back in the answer."""
    assert "21" in saw.tool_reply


def test_the_answer_is_spoken(saw: Report) -> None:
    """An official client gets the answer as sound, at least a second of it."""
    assert saw.audio_bytes > 48_000


def test_nothing_is_wrong_with_the_protocol(saw: Report) -> None:
    """No official client is sent an error, nor an event that it cannot read."""
    assert saw.problems == []
