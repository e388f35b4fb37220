"""`python -m benchmarks memory`: what a session keeps, its ring of 500 events included, beyond its socket.

Sessions with their defaults and two subscribers, in a process of their own, read a stream without a socket and then
wait for more. Their memory is what is allocated for each (by tracemalloc, and by V8's heap), and how much larger the
process became for it, which for V8 includes what it has not collected yet.
"""

import json
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.environments import InstallationError, tell
from benchmarks.generator import Kind
from benchmarks.peers import AI_SDK, HERE, THIS_PYTHON
from benchmarks.reports import Options, Report, figures, versions
from benchmarks.runner import PeerError, output_of
from benchmarks.streams import stream
from benchmarks.tables import Row, Table, spread

__all__ = ["run"]

KB = 1000


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    turns: int
    kind: Kind
    sessions: int
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Kilobytes for one session: what the process grew by, each round, and allocated; and what is in its state."""

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
        for name, measure in (("realtime-rx session", ours), ("AI SDK session", theirs)):
            if not options.wants(name):
                continue
            try:
                held[f"{name}, {case.name}"] = measure(case, options.rounds)
            except (PeerError, InstallationError) as error:
                problems.append(f"{name}, {case.name}: {error}")
    return Report(
        "memory",
        (table(held, problems),),
        figures({f"{name}, KB": each.grown for name, each in held.items()}),
        {name: asdict(each) for name, each in held.items()},
        problems,
        versions(),
    )


def ours(case: Case, rounds: int) -> Held:
    """Two ways to measure, in processes of their own: tracing needs memory itself. Raises `PeerError`."""
    command = THIS_PYTHON.command(HERE / "ours_memory.py") + arguments(case)
    grown = tuple(json.loads(output_of(command))["bytes"] / KB for _ in range(rounds))
    traced = json.loads(output_of([*command, "--trace"]))
    return Held(grown, traced["bytes"] / KB, traced["messages"], traced["events"])


def theirs(case: Case, rounds: int) -> Held:
    """Raises `PeerError`, and `InstallationError` where there is no node."""
    AI_SDK.install()
    command = AI_SDK.command(HERE / "ai_sdk_memory.mjs") + arguments(case)
    runs = [json.loads(output_of(command)) for _ in range(rounds)]
    grown, allocated = (tuple(each[name] / KB for each in runs) for name in ("grown", "allocated"))
    return Held(grown, median(allocated), runs[-1]["messages"], runs[-1]["events"])


def arguments(case: Case) -> list[str]:
    path = stream(case.turns, case.kind).path
    words = ["--stream", str(path), "--sessions", str(case.sessions)]
    return [*words, "--idle"] if case.idle else words


def table(held: dict[str, Held], problems: list[str]) -> Table:
    header = ("a session", "allocated, KB", "process grew by, KB", "messages", "events")
    rows: list[Row] = [
        (name, f"{each.allocated:.0f}", spread(each.grown, 0), str(each.messages), str(each.events))
        for name, each in held.items()
    ]
    return Table(header, tuple(rows), tuple(f"Not measured: {problem.splitlines()[0][:100]}" for problem in problems))
