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

from .clients.report import Scenario, VoiceScenario

CLIENT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Client:
    environment: Environment
    script: str
    options: tuple[str, ...] = ()

    def command(self, *arguments: str) -> list[str]:
        return [*self.environment.command(Path(__file__).parent / "clients" / self.script), *arguments]


def install(client: Client, request: pytest.FixtureRequest) -> None:
    """An installation takes a while: its progress is seen."""
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        client.environment.install()


def report_of(client: Client, scenario: Scenario | VoiceScenario) -> dict[str, Any]:
    """What the client saw of the embedded provider; `AssertionError` with what it said where it broke down."""
    return asyncio.run(_talk(client, scenario))


async def _talk(client: Client, scenario: Scenario | VoiceScenario) -> dict[str, Any]:
    async with LocalServer() as server:
        options = json.dumps(asdict(scenario)), *client.options
        return await report_from(*client.command(f"{server.url}?model=local-1", *options))


async def report_from(*command: str) -> dict[str, Any]:
    """The last line that a client prints; `AssertionError` with what it said where it broke down."""
    process = await create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(CLIENT_SECONDS):
            output, complaints = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, complaints.decode()[-4000:]
    return json.loads(output.splitlines()[-1])
