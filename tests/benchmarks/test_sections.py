"""Each section of the benchmarks, as briefly as it goes: that it measures, never how quick anything is."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import dispatch, frames, growth, memory, sections, sockets
from benchmarks.environments import InstallationError, PythonEnvironment
from benchmarks.peers import AGENTS_SESSION, CALLBACKS, REDUCER, SESSION, SESSION_AUDIO, STORE, Peer
from benchmarks.reports import Options, Report, keep, machine
from benchmarks.runner import Measured

BRIEF = Options(rounds=1, brief=True)
OURS = (SESSION, STORE, REDUCER, SESSION_AUDIO)


def shown(report: Report) -> str:
    return "\n".join(map(str, report.tables))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is installed by a test: peers that are not here already are reported as missing."""

    def refuse(_: object) -> None:
        raise InstallationError("a test installs nothing")

    for environment in ("PythonEnvironment", "NodeEnvironment"):
        monkeypatch.setattr(f"benchmarks.environments.{environment}.install", refuse)


@pytest.mark.slow
def test_frames_are_measured() -> None:
    """All ways through this library arrive at the right messages and have a row."""
    report = frames.run(BRIEF, OURS)
    assert report.problems == []
    assert shown(report).count("right") == 3 + 1 + 3
    assert all(peer.name in shown(report) for peer in OURS)
    assert json.loads(json.dumps(asdict(report)))["section"] == "frames"


def test_a_missing_peer_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that cannot be installed keeps its row, with the reason."""
    monkeypatch.setattr(frames, "measure", lambda peers, *_: measured_as_missing(peers))
    report = frames.run(BRIEF, (AGENTS_SESSION,))
    assert "not installed: a test installs nothing" in shown(report)
    assert report.figures == {}


def measured_as_missing(peers: tuple[Peer, ...]) -> dict[str, Measured]:
    return {peer.name: Measured((), "not installed: a test installs nothing") for peer in peers}


@pytest.mark.slow
def test_growth_is_measured() -> None:
    """Every size has a time of a transcript delta, and the growth from the smallest to the largest is a figure."""
    report = growth.run(BRIEF, (STORE,))
    assert report.problems == []
    assert report.figures[f"p50, longest ÷ shortest: {STORE.name}"].value > 0
    assert len(report.tables) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_measured() -> None:
    """An idle session has no messages and some memory; one after two turns has four messages."""
    report = memory.run(replace(BRIEF, only=("realtime-rx",)))
    assert list(report.problems) == []
    idle, busy = (report.rounds[f"realtime-rx session, {case}"] for case in ("idle", "2 turns"))
    assert (idle["messages"], busy["messages"]) == (0, 4)
    assert 1 < idle["allocated"] < busy["allocated"]


def test_nothing_is_lost_between_threads() -> None:
    """Eight threads that dispatch at once lose nothing and overtake nothing of their own, and each call is timed."""
    run = dispatch.threads(dispatch.flood, 200, "test")
    assert (run.dispatched, run.lost, run.overtaken) == (1_600, 0, 0)
    assert 0 < run.calls_us[0] <= run.calls_us[1] <= run.calls_us[2]
    assert 0 < run.ages_us[0] <= run.ages_us[1] <= run.ages_us[2]


@pytest.mark.parametrize(("counts", "overtaken"), [((0, 1, 2), 0), ((0, 2, 1), 2), ((0, 2, 3), 1)])
def test_overtaking_is_seen(counts: tuple[int, ...], overtaken: int) -> None:
    """A subscriber that is told events out of turn counts each that did not come right after the one before."""
    watch = dispatch.Watch()
    for count in counts:
        watch.see(dispatch.ProviderEvent("a", event_id=str(count), at=0.0))
    assert (watch.told, watch.overtaken) == (3, overtaken)


@pytest.mark.slow
def test_streams_are_measured_beside_callbacks() -> None:
    """The table of streams has the reducer with plain functions, and every thread's dispatch arrived."""
    report = dispatch.run(BRIEF)
    assert CALLBACKS.name in shown(report)
    assert report.figures["lost"].high == 0
    assert report.figures["overtaken"].high == 0


@pytest.mark.slow
def test_sockets_are_measured() -> None:
    """A flood over a plain and a TLS socket arrives whole, and so do the paced events of all sessions."""
    report = sockets.run(BRIEF)
    floods: dict[str, list[dict[str, Any]]] = report.rounds["flood"]
    assert all(run["right"] for runs in floods.values() for run in runs)
    assert floods["realtime-rx, plain"]
    assert [run["events"] for run in report.rounds["paced"]["realtime-rx: 5 sessions"]] == [5 * 50]
    assert any("installs nothing" in problem for problem in report.problems)


@pytest.mark.parametrize(("ages_ms", "most"), [((1, 2, 3), 200), ((1, 2, 30), 50), ((1, 30, 2), 1), ((30, 1, 1), 0)])
def test_the_most_sessions_are_those_before_the_first_break(ages_ms: tuple[int, ...], most: int) -> None:
    """So many sessions are held as there were before the first size whose events came late."""
    run = {"wall_us": 5e6, "seconds": 5.0, "cpu_us": 1e6}
    paced = {
        f"{sockets.OURS}: {size} sessions": [run | {"p99_us": 1000 * age}]
        for size, age in zip((1, 50, 200), ages_ms, strict=True)
    }
    assert sockets.most_held(paced, sockets.OURS) == most


def test_a_report_is_kept(tmp_path: Path) -> None:
    """A section's results are one JSON file with the facts of the machine, the figures and the rounds."""
    report = Report("frames", (), {}, {"full": {}}, versions=["realtime-rx 0"])
    kept = json.loads(keep(report, machine(), tmp_path).read_text("utf-8"))
    assert kept["section"] == "frames"
    assert kept["machine"]["cpus"] >= 1
    assert kept["versions"] == ["realtime-rx 0"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), {"frames", "memory", "dispatch"}),
        (("--bench",), {"frames", "growth", "memory", "dispatch", "sockets"}),
        (("--all",), {section.name for section in sections.SECTIONS}),
        (("latency", "frames"), {"frames", "latency"}),
    ],
)
def test_sections_are_chosen(arguments: tuple[str, ...], expected: set[str]) -> None:
    """Without a name those are measured that are quick; `make bench` adds growth and sockets, `ALL=1` everything."""
    assert {section.name for section in command.chosen(command.parse_arguments(arguments))} == expected


def test_a_section_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A section whose module is missing is reported, and the others are measured all the same."""
    command.measure(replace(sections.SECTIONS[0], name="nothing"), BRIEF)
    assert "not measured: there is no benchmarks.nothing yet" in capsys.readouterr().out


def test_peers_are_pinned() -> None:
    """Every environment of a peer names the versions that are measured."""
    for peer in frames.PEERS:
        if isinstance(peer.environment, PythonEnvironment):
            assert all("==" in requirement for requirement in peer.environment.requirements)
