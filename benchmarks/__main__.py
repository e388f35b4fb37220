"""`python -m benchmarks`: install the peers, measure all of them in one run, print the tables, keep the numbers."""

import argparse
import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.environments import tell
from benchmarks.peers import PEERS, Peer
from benchmarks.runner import Measurements, install, measure
from benchmarks.streams import stream
from benchmarks.tables import growth_table, throughput_table

RESULTS = Path(__file__).parent / "results"
TURNS = 100
GROWTH_TURNS = (10, 100, 1000)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of every peer (default 5)")
    parser.add_argument("--table", choices=["throughput", "growth"], help="only this one")
    return parser.parse_args()


def measure_throughput(peers: tuple[Peer, ...], rounds: int, problems: dict[str, str]) -> dict[str, Measurements]:
    return {kind: measure(peers, stream(TURNS, kind), rounds, problems) for kind in ("full", "noaudio")}


def measure_growth(peers: tuple[Peer, ...], rounds: int, problems: dict[str, str]) -> dict[int, Measurements]:
    return {turns: measure(peers, stream(turns, "noaudio"), rounds, problems, each=True) for turns in GROWTH_TURNS}


def keep(measurements: dict[str, Measurements]) -> Path:
    """Write every round of every peer as JSON; returns the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json"
    machine = {"machine": platform.machine(), "system": platform.system(), "cpus": os.cpu_count()}
    peers = {name: {peer: asdict(one) for peer, one in rows.items()} for name, rows in measurements.items()}
    path.write_text(json.dumps({"machine": machine, "measurements": peers}, indent=1), "utf-8")
    return path


def main() -> None:
    arguments = parse_arguments()
    problems = install(PEERS)
    kept: dict[str, Measurements] = {}
    if arguments.table != "growth":
        kinds = measure_throughput(PEERS, arguments.rounds, problems)
        kept |= {f"{TURNS} turns, {kind}": measured for kind, measured in kinds.items()}
        print(f"\n{throughput_table(kinds)}\n")
    if arguments.table != "throughput":
        sizes = measure_growth(PEERS, arguments.rounds, problems)
        kept |= {f"{turns} turns, noaudio, event by event": measured for turns, measured in sizes.items()}
        print(f"\n{growth_table(sizes)}\n")
    for problem in sorted({one.problem for rows in kept.values() for one in rows.values() if one.problem}):
        tell(problem)
    tell(f"-> Medians of {arguments.rounds} rounds, smallest and largest in brackets; all rounds in {keep(kept)}")


if __name__ == "__main__":
    main()
