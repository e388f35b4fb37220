"""`python -m benchmarks sockets`: end to end over WebSockets of this machine, plain and with TLS, sound decoded.

The server is a process of its own, on a processor of its own where there are two. A flood: one session, 100 turns as
fast as they are taken; what a message costs in CPU time, beside node's `ws` with the AI SDK's session. Paced: more and
more sessions on one processor, 50 events a second each, each at a moment of its own of its conversation; how old an
event is when its subscriber is told. It is told beside it for how long the interpreter collects garbage meanwhile, and
how long a collection of all there is takes, which 200 sessions see less than once in twenty seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.environments import InstallationError, tell
from benchmarks.environments import run as run_program
from benchmarks.peers import AI_SDK, CHECKOUT, HERE, THIS_PYTHON
from benchmarks.reports import Options, Report, figures, versions
from benchmarks.runner import PeerError, output_of
from benchmarks.streams import Stream, stream
from benchmarks.tables import Row, Table, spread

__all__ = ["run"]

TURNS, BRIEF_TURNS = 100, 4
SESSIONS, BRIEF_SESSIONS = (1, 50, 200, 300, 400), (1, 5)
RATE, SECONDS, BRIEF_SECONDS = 50, 5.0, 1.0
LEAD, BRIEF_LEAD = 4.0, 0.2
"""Seconds in which the sessions begin, one after the other: a turn of the conversation takes 3.5."""
PACED_ROUNDS = 3
BREAKS_MS, KEEPS_UP = 20.0, 1.1
CERTIFICATE = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost")
COLLECTIONS = {
    "collecting garbage, ms": "pauses_ms",
    "at once, ms": "pause_ms",
    "all there is, ms": "whole_collection_ms",
}
UVLOOP = "realtime-rx, uvloop"
OURS, NODE = "realtime-rx", "node ws, AI SDK session"

Runs = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server listens; no `secure` where there is no certificate. `problems` are everybody's notes."""

    plain: str
    secure: str | None
    certificate: Path
    problems: list[str]

    @property
    def addresses(self) -> Mapping[str, list[str]]:
        """The arguments of a client, for each way to connect."""
        tls = ["--url", self.secure, "--ca", str(self.certificate)] if self.secure else []
        return {"plain": ["--url", self.plain]} | ({"TLS": tls} if tls else {})


def run(options: Options) -> Report:
    frames = stream(BRIEF_TURNS if options.brief else TURNS, "full")
    with serving(frames) as site:
        clients = ready_clients(site.problems)
        floods = flood(site, clients, frames, options.rounds)
        paced = pace(site, clients, options)
    return Report(
        "sockets",
        (flood_table(floods), paced_table(paced)),
        figures(compared(floods) | held(paced)),
        {"flood": floods, "paced": paced},
        site.problems,
        versions("websockets") + seen_versions(floods),
    )


def ready_clients(problems: list[str]) -> dict[str, list[str]]:
    """The command of each client that can be measured here."""
    clients = {OURS: THIS_PYTHON.command(HERE / "ours_sockets.py")}
    if find_spec("uvloop") is None:
        problems.append("uvloop is not installed: pip install uvloop")
    else:
        clients[UVLOOP] = [*clients[OURS], "--uvloop"]
    try:
        AI_SDK.install()
        clients[NODE] = AI_SDK.command(HERE / "ai_sdk_sockets.mjs")
    except InstallationError as error:
        problems.append(f"{NODE} is not installed: {error}")
    return clients


@contextmanager
def serving(frames: Stream) -> Iterator[Site]:
    """The traffic, from a process of its own, with a certificate made for it."""
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        command = [sys.executable, "-m", "benchmarks.traffic", "--stream", str(frames.path)]
        if certified(certificate, key, problems):
            command += ["--tls", str(certificate), str(key)]
        how: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "cwd": CHECKOUT, "preexec_fn": pinned(1)}
        with subprocess.Popen(command, **how) as process:
            try:
                assert process.stdout is not None
                plain, *secure = process.stdout.readline().split()
                tls = f"wss://127.0.0.1:{secure[0]}" if secure else None
                yield Site(f"ws://127.0.0.1:{plain}", tls, certificate, problems)
            finally:
                process.terminate()


def certified(certificate: Path, key: Path, problems: list[str]) -> bool:
    """Make a certificate of its own for this run; whether that could be done."""
    where = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        run_program(["openssl", "req", *CERTIFICATE, *where])
    except (OSError, InstallationError) as error:
        problems.append(f"TLS is not measured: the program openssl makes no certificate: {error}")
        return False
    return True


def pinned(cpu: int) -> Callable[[], None] | None:
    """What ties a process to one processor, where there are two and the system can do that."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return None
    return partial(os.sched_setaffinity, 0, {cpu})


def attempt(name: str, command: list[str], problems: list[str]) -> dict[str, Any] | None:
    """One run of a client, on its own processor."""
    try:
        found: dict[str, Any] = json.loads(output_of(command, before=pinned(0)).splitlines()[-1])
    except (PeerError, ValueError, IndexError) as error:
        problems.append(f"{name}: {error}")
        return None
    return found


def flood(site: Site, clients: Mapping[str, list[str]], frames: Stream, rounds: int) -> Runs:
    """All clients in every round, plain and with TLS."""
    messages = frames.path.read_bytes().count(b"\n")
    ways = {
        f"{name}, {way}": [*command, *where]
        for name, command in clients.items()
        for way, where in site.addresses.items()
    }
    runs: Runs = {name: [] for name in ways}
    for number in range(rounds):
        tell(f"-> a flood of {messages} messages: round {number + 1} of {rounds}")
        for name, command in ways.items():
            result = attempt(name, [*command, "--messages", str(messages)], site.problems)
            if result is not None:
                runs[name].append(result | {"right": result.get("digest") == frames.digest})
    return runs


def pace(site: Site, clients: Mapping[str, list[str]], options: Options) -> Runs:
    """More and more sessions, with TLS where there is a certificate."""
    where = site.addresses.get("TLS", site.addresses["plain"])
    lead, seconds = (BRIEF_LEAD, BRIEF_SECONDS) if options.brief else (LEAD, SECONDS)
    sizes = BRIEF_SESSIONS if options.brief else SESSIONS
    names = [name for name in (OURS, UVLOOP) if name in clients]
    runs: Runs = {f"{name}: {size} sessions": [] for name in names for size in sizes}
    rounds = min(options.rounds, PACED_ROUNDS)
    for number in range(rounds):
        for size in sizes:
            tell(f"-> {size} sessions for {seconds:g} s: round {number + 1} of {rounds}")
            for name in names:
                pacing = ["--sessions", str(size), "--rate", str(RATE), "--lead", str(lead), "--seconds", str(seconds)]
                result = attempt(name, [*clients[name], *where, *pacing], site.problems)
                if result is not None:
                    runs[f"{name}: {size} sessions"].append(result | {"seconds": seconds})
    return runs


def cpu(result: Mapping[str, Any]) -> float:
    return result["cpu_us"] / result["events"]


def p99_ms(result: Mapping[str, Any]) -> float:
    return (result["p99_us"] or 0.0) / 1000


def p50_ms(result: Mapping[str, Any]) -> float:
    return (result["p50_us"] or 0.0) / 1000


def core(result: Mapping[str, Any]) -> float:
    return 100 * result["cpu_us"] / result["wall_us"]


def ratios(runs: Runs, above: str, below: str) -> list[float]:
    return [cpu(a) / cpu(b) for a, b in zip(runs.get(above, []), runs.get(below, []), strict=False)]


def compared(floods: Runs) -> dict[str, list[float]]:
    ways = {"plain": "plain: CPU ÷ node ws and AI SDK", "TLS": "TLS: CPU ÷ node ws and AI SDK"}
    ours = {figure: ratios(floods, f"{OURS}, {way}", f"{NODE}, {way}") for way, figure in ways.items()}
    return ours | {
        f"uvloop, {figure}": ratios(floods, f"{UVLOOP}, {way}", f"{NODE}, {way}") for way, figure in ways.items()
    }


def held(paced: Runs) -> dict[str, list[float]]:
    """The age of events and the share of a core, by the number of sessions, and how many sessions are held at most."""
    found: dict[str, list[float]] = {}
    for name, results in paced.items():
        client, _, size = name.partition(": ")
        title = size if client == OURS else f"uvloop, {size}"
        found[f"{title}: p99, ms"] = [p99_ms(each) for each in results]
        found[f"{title}: % of a core"] = [core(each) for each in results]
    most = {"sessions held": OURS, "uvloop, sessions held": UVLOOP}
    return found | {title: [most_held(paced, client)] for title, client in most.items()}


def most_held(paced: Runs, client: str) -> int:
    """The largest number of sessions up to which every run holds."""
    most = 0
    for name, results in paced.items():
        if name.startswith(f"{client}: "):
            if judged(results) != "holds":
                break
            most = int(name.removeprefix(f"{client}: ").split()[0])
    return most


def flood_table(floods: Runs) -> Table:
    header = ("a flood of frames", "CPU µs/message", "÷ node ws, AI SDK", "messages/s", "messages")
    rows: list[Row] = []
    for name, results in floods.items():
        way = name.rpartition(", ")[2]
        speeds = [1e6 * each["events"] / each["wall_us"] for each in results]
        right = ("right" if all(each["right"] for each in results) else "differ") if results else "not measured"
        beside = spread(ratios(floods, name, f"{NODE}, {way}"))
        rows.append((name, spread([cpu(each) for each in results], 1), beside, spread(speeds, 0), right))
    return Table(header, tuple(rows))


def paced_table(paced: Runs) -> Table:
    header = (f"{RATE} events/s each", "p50, ms", "p99, ms", "% of a core", "told", "", *COLLECTIONS)
    rows: list[Row] = []
    for name, results in paced.items():
        columns = [spread([of(each) for each in results]) for of in (p50_ms, p99_ms)]
        told = f"{sum(each['events'] for each in results)} of {sum(each['expected'] for each in results)}"
        collections = [spread([each[key] for each in results], 1) for key in COLLECTIONS.values()]
        rows.append((name, *columns, spread([core(each) for each in results], 0), told, judged(results), *collections))
    return Table(header, tuple(rows))


def judged(results: list[dict[str, Any]]) -> str:
    """Whether so many sessions can be held: the events keep coming at their rate, and are told soon."""
    late = [each for each in results if p99_ms(each) > BREAKS_MS or each["wall_us"] > each["seconds"] * KEEPS_UP * 1e6]
    if not results:
        return "not measured"
    return "holds" if not late else f"breaks in {len(late)} of {len(results)} runs"


def seen_versions(floods: Runs) -> list[str]:
    return sorted({version for runs in floods.values() for each in runs for version in each.get("versions", ())})
