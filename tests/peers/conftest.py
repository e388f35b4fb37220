"""Runs an official client, in an environment of its own, against the embedded provider."""

import asyncio
import json
from asyncio.subprocess import PIPE, create_subprocess_exec
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import Environment
from realtime_rx.local import LocalServer

from .clients.report import Report, Scenario
from .environments import AI_SDK, OPENAI, OPENAI_AGENTS

CLIENT_SECONDS = 120
SCENARIO = Scenario(
    question="What is six times seven?",
    tool_question="What is the weather in Tokyo?",
    tool={
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
    tool_output={"city": "Tokyo", "temperature": 21},
)


@dataclass(frozen=True, slots=True)
class Client:
    environment: Environment
    script: str
    options: tuple[str, ...] = ()

    def command(self, url: str) -> list[str]:
        script = Path(__file__).parent / "clients" / self.script
        return [*self.environment.command(script), f"{url}?model=local-1", json.dumps(asdict(SCENARIO)), *self.options]


CLIENTS = {
    "openai": Client(OPENAI, "openai_client.py"),
    "openai-agents": Client(OPENAI_AGENTS, "openai_agents_client.py"),
    "ai-sdk-websocket": Client(AI_SDK, "ai_sdk_client.mjs", ("websocket",)),
    "ai-sdk-token": Client(AI_SDK, "ai_sdk_client.mjs", ("token",)),
}


async def talk(client: Client) -> Report:
    """What the client saw of the embedded provider; `AssertionError` with what it said where it broke down."""
    async with LocalServer() as server:
        process = await create_subprocess_exec(*client.command(server.url), stdout=PIPE, stderr=PIPE)
        try:
            async with asyncio.timeout(CLIENT_SECONDS):
                output, complaints = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
    assert process.returncode == 0, complaints.decode()[-4000:]
    return Report(**json.loads(output.splitlines()[-1]))


@pytest.fixture(scope="module", params=CLIENTS)
def saw(request: pytest.FixtureRequest) -> Report:
    """The report of one client, run once for all tests of a module."""
    client = CLIENTS[request.param]
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # an installation takes a while: let its progress be seen
        client.environment.install()
    return asyncio.run(talk(client))
