"""What the Python clients share: the scenario they are given and the one line they print."""

import json
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any, TypeVar

TURN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question that is answered in words, and one that is answered with the help of a tool."""

    question: str
    tool_question: str
    tool: dict[str, Any]
    tool_output: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VoiceScenario:
    """A spoken conversation: its utterances, in their order, are paths of files with 24 kHz PCM16.

    `tool_question` is answered with the help of a tool, `long_question` at such length that `interruption` comes in
    mid-answer, and `question` in words. `append_ms` of sound are sent at a time.
    """

    tool_question: str
    long_question: str
    interruption: str
    question: str
    append_ms: int
    tool: dict[str, Any]
    tool_output: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Observations:
    """What any client saw. `problems` are the errors it was sent, and whatever it could not make sense of."""

    client: str
    tool_name: str = ""
    tool_arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    audio_bytes: int = 0
    problems: list[str] = field(default_factory=list[str])

    def print(self) -> None:
        sys.stdout.write(f"{json.dumps(asdict(self))}\n")


@dataclass(slots=True, kw_only=True)
class Report(Observations):
    """What a client saw of a written conversation."""

    reply: str = ""
    tool_reply: str = ""


@dataclass(slots=True, kw_only=True)
class VoiceReport(Observations):
    """What a client saw of a spoken conversation.

    `messages` are pairs of role and words, as they stand in the client's own history at the end. `endings` are the
    status of each response, with its reason where it was cut short. `interrupted_ms` is how much of an answer was
    played each time that the client was told to stop playing it; `late_bytes` is the sound that still came for it.
    """

    messages: list[list[str]] = field(default_factory=list[list[str]])
    endings: list[str] = field(default_factory=list[str])
    interrupted_ms: list[int] = field(default_factory=list[int])
    late_bytes: int = 0


S = TypeVar("S", Scenario, VoiceScenario)
R = TypeVar("R", Report, VoiceReport)


def arguments(package: str, scenario: type[S], report: type[R]) -> tuple[str, S, R]:
    """The server's URL and the scenario from the command line, and an empty report."""
    url, text = sys.argv[1:]
    return url, scenario(**json.loads(text)), report(client=f"{package} {version(package)}")
