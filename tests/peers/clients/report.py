"""What the Python clients share: the scenario they are given and the one line they print."""

import json
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

TURN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question that is answered in words, and one that is answered with the help of a tool."""

    question: str
    tool_question: str
    tool: dict[str, Any]
    tool_output: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Report:
    """What the client saw. `problems` are the errors it was sent, and whatever it could not make sense of."""

    client: str
    reply: str = ""
    tool_name: str = ""
    tool_arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    tool_reply: str = ""
    audio_bytes: int = 0
    problems: list[str] = field(default_factory=list[str])

    def print(self) -> None:
        sys.stdout.write(f"{json.dumps(asdict(self))}\n")


def arguments(package: str) -> tuple[str, Scenario, Report]:
    """The server's URL and the scenario from the command line, and an empty report."""
    url, scenario = sys.argv[1:]
    return url, Scenario(**json.loads(scenario)), Report(client=f"{package} {version(package)}")
