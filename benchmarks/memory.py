"""`python -m benchmarks memory`: what a session keeps, its ring of 500 events included, beyond its socket.

Sessions with their defaults and two subscribers, in a process of their own, read a stream without a socket and then
wait for more. Their memory is how much the process became larger, and what Python allocated by tracemalloc, for each.
"""

import json
import sys
from dataclasses import asdict, dataclass

from benchmarks.environments import tell
from benchmarks.generator import Kind
from benchmarks.peers import HERE
from benchmarks.reports import Options, Report, figures, versions
from benchmarks.runner import PeerError, output_of
from benchmarks.streams import stream
from benchmarks.tables import Row, Table, spread

__all__ = ["run"]

SCRIPT = HERE / "ours_memory.py"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    turns: int
    kind: Kind
    sessions: int
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Kilobytes of one session: grown by, each round, and allocated; and what is in its state."""

    grown: tuple[float, ...]
    allocated: float
    messages: int
    events: int


CASES = (
    Case("idle", 10, "noaudio", 200, idle=True),
    Case("100 turns", 100, "full", 5),
    Case("1,000 turns, without sound", 1000, "noaudio", 2),
)
BRIEF = (Case("idle", 2, "noaudio", 5, idle=True), Case("2 turns", 2, "full", 1))


def run(options: Options) -> Report:
    held: dict[str, Held] = {}
    problems: list[str] = []
    for case in BRIEF if options.brief else CASES:
        tell(f"-> {case.name}: {options.rounds} rounds of {case.sessions} sessions")
        try:
            held[case.name] = measure(case, options.rounds)
        except PeerError as error:
            problems.append(f"{case.name}: {error}")
    return Report(
        "memory",
        (table(held, problems),),
        figures({f"{name}, KB": each.grown for name, each in held.items()}),
        {name: asdict(each) for name, each in held.items()},
        problems,
        versions(),
    )


def measure(case: Case, rounds: int) -> Held:
    """Raises `PeerError`."""
    grown = tuple(json.loads(output_of(command(case)))["bytes"] / 1000 for _ in range(rounds))
    traced = json.loads(output_of([*command(case), "--trace"]))
    return Held(grown, traced["bytes"] / 1000, traced["messages"], traced["events"])


def command(case: Case) -> list[str]:
    path = stream(case.turns, case.kind).path
    words = [sys.executable, str(SCRIPT), "--stream", str(path), "--sessions", str(case.sessions)]
    return [*words, "--idle"] if case.idle else words


def table(held: dict[str, Held], problems: list[str]) -> Table:
    header = ("a session", "process grew by, KB", "Python allocated, KB", "messages", "events")
    rows: list[Row] = [
        (name, spread(each.grown, 0), f"{each.allocated:.0f}", str(each.messages), str(each.events))
        for name, each in held.items()
    ]
    return Table(header, tuple(rows), tuple(f"Not measured: {problem.splitlines()[0][:100]}" for problem in problems))
