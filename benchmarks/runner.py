"""Runs the peers, each in a fresh process, interleaved: every round runs all of them, so all see the same machine."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from benchmarks.environments import InstallationError, tell
from benchmarks.peers import CHECKOUT, Peer
from benchmarks.reports import Report, figures
from benchmarks.streams import Stream, stream
from benchmarks.tables import Table

TIME_LIMIT = 600  # seconds for one peer on one stream
WARMUP_TURNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run of one peer. The times of single transcript deltas are those of the last tenth of the stream.

    `right_messages` is None where the peer keeps no messages, or others.
    """

    versions: tuple[str, ...]
    events: int
    wall_us: float
    cpu_us: float
    right_messages: bool | None
    delta_p50_us: float | None = None
    delta_p99_us: float | None = None
    delta_p999_us: float | None = None


class PeerError(Exception):
    """A peer broke down or reported nothing usable."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The results of one peer, one a round; or why there are none."""

    results: tuple[Result, ...]
    problem: str | None = None

    def each(self, quantity: "Quantity") -> list[float]:
        return [quantity(result) for result in self.results]


NOT_MEASURED = Measured(())
Quantity = Callable[[Result], float]
Measurements = Mapping[str, Measured]


def install(peers: Iterable[Peer]) -> dict[str, str]:
    """Make the environments of the peers; returns the problem of each peer whose environment cannot be made."""
    problems: dict[str, str] = {}
    for peer in peers:
        try:
            peer.environment.install()
        except InstallationError as error:
            problems[peer.name] = f"not installed: {error}"
    return problems


def measure(
    peers: Iterable[Peer], frames: Stream, rounds: int, problems: Mapping[str, str], *, each: bool = False
) -> Measurements:
    """Run the peers on the stream, interleaved. A peer with a problem stays in the table, with the problem."""
    peers = [peer for peer in peers if frames.kind in peer.kinds]
    results: dict[str, list[Result]] = {peer.name: [] for peer in peers}
    failed = dict(problems)
    for number in range(rounds):
        tell(f"-> {frames.turns} turns, {frames.kind}: round {number + 1} of {rounds}")
        for peer in peers:
            if peer.name in failed:
                continue
            try:
                results[peer.name].append(run(peer, frames, each=each))
            except PeerError as error:
                failed[peer.name] = f"failed: {error}"
    return {name: Measured(tuple(rows), failed.get(name)) for name, rows in results.items()}


def run(peer: Peer, frames: Stream, *, each: bool) -> Result:
    """One run in a process of its own. Raises `PeerError`."""
    warmup = stream(WARMUP_TURNS, frames.kind)
    command = [*peer.command(), "--stream", str(frames.path), "--warmup", str(warmup.path)]
    output = output_of([*command, "--each"] if each else command)
    try:
        return read(json.loads(output.splitlines()[-1]), frames)
    except (IndexError, KeyError, ValueError) as error:
        raise PeerError(f"this is not a result: {output[:200]!r}") from error


def output_of(command: list[str], *, before: Callable[[], None] | None = None) -> str:
    """What the command prints; `before` is called in its process. Raises `PeerError`."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    how: dict[str, Any] = {"capture_output": True, "text": True, "timeout": TIME_LIMIT, "check": True}
    try:
        done = subprocess.run(command, env=environment, preexec_fn=before, **how)
    except subprocess.CalledProcessError as error:
        raise PeerError(str(error.stderr).strip()[-1000:]) from error
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"no result within {TIME_LIMIT} s") from error
    return done.stdout


def read(report: dict[str, Any], frames: Stream) -> Result:
    deltas = report["last_deltas_us"]
    return Result(
        versions=tuple(report["versions"]),
        events=report["events"],
        wall_us=report["wall_us"],
        cpu_us=report["cpu_us"],
        right_messages=None if report["digest"] is None else report["digest"] == frames.digest,
        delta_p50_us=percentile(deltas, 0.5),
        delta_p99_us=percentile(deltas, 0.99),
        delta_p999_us=percentile(deltas, 0.999),
    )


def of(measured: Measurements, peer: Peer) -> Measured:
    """What was measured of a peer, if it was."""
    return measured.get(peer.name, NOT_MEASURED)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of them does not exceed."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else None


def ratios(above: Measured, below: Measured, quantity: Quantity) -> list[float]:
    """Round by round, so that what slowed the machine down for a while slowed down both."""
    return [a / b for a, b in zip(above.each(quantity), below.each(quantity), strict=False)]


def wall(result: Result) -> float:
    return result.wall_us / result.events


def cpu(result: Result) -> float:
    return result.cpu_us / result.events


def verdict(peer: Peer, measured: Iterable[Measured]) -> str:
    """Whether the messages came out right in every round; or why there are none."""
    problem = next((one.problem for one in measured if one.problem), None)
    if problem:
        return problem.splitlines()[0][:60]
    if peer.other_messages is not None:
        return peer.other_messages
    return "right" if all(result.right_messages for one in measured for result in one.results) else "differ"


def report(
    section: str,
    tables: tuple[Table, ...],
    values: Mapping[str, Sequence[float]],
    measured: Mapping[Any, Measurements],
    **more: Any,
) -> Report:
    """The report of a section whose peers were measured on several streams; `more` is said beside the rounds."""
    rounds = {str(each): as_json(peers) for each, peers in measured.items()}
    problems, versions = problems_of(measured.values()), versions_of(measured.values())
    return Report(section, tables, figures(values), {**more, "streams": rounds}, problems, versions)


def as_json(measurements: Measurements) -> dict[str, Any]:
    return {name: asdict(measured) for name, measured in measurements.items()}


def versions_of(measurements: Iterable[Measurements]) -> list[str]:
    """What was measured, each with its version."""
    peers = (one for rows in measurements for one in rows.values())
    return sorted({version for one in peers for result in one.results for version in result.versions})


def problems_of(measurements: Iterable[Measurements]) -> list[str]:
    """What went wrong, in full, each once."""
    found = (f"{name}: {one.problem}" for rows in measurements for name, one in rows.items() if one.problem)
    return sorted(set(found))
