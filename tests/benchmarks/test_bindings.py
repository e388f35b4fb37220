"""What the bindings' benchmark says of a page."""

import json
from dataclasses import asdict

import pytest

from benchmarks.bindings.__main__ import block
from benchmarks.bindings.measuring import Figures
from benchmarks.bindings.page import latencies
from benchmarks.bindings.provider import Reply, history
from benchmarks.bindings.tables import Measured, table, wrong


def figures(**others: object) -> Figures:
    usual = {
        "visitors": 1,
        "seconds": 1.0,
        "updates": (30.0,),
        "exact": (True,),
        "latencies": (1.0, 2.0),
        "server": 0.05,
        "idle_server": 0.0,
        "scripts": 0.1,
        "thread": 0.1,
        "socket": 1024.0,
        "older": ({"shown": 200, "kept": 200, "touched": 0},),
    }
    return Figures(**{**usual, **others})  # type: ignore[arg-type]


def test_a_page_that_is_wrong_is_told() -> None:
    """A text that is not what was sent, too many updates, older messages that were touched, and what was asked of
    another machine are each told."""
    older = ({"shown": 200, "kept": 200, "touched": 3},)
    assert wrong(Measured("nicegui", figures())) == []
    elsewhere = ("https://elsewhere.example/font",)
    bad = wrong(Measured("nicegui", figures(exact=(False,), updates=(32.0,), older=older, elsewhere=elsewhere)))
    assert [problem.partition(": ")[2] for problem in bad] == [
        "the text on the page is not what was sent",
        "more than 31 updates a second",
        "older messages were touched",
        "another machine was asked for https://elsewhere.example/font",
    ]


def test_a_delta_counts_once_it_is_shown() -> None:
    """Deltas that come with one change of the page have each their own latency; one that never comes has none."""
    assert latencies([(1.5, 2), (2.0, 3)], [1.0, 1.2, 1.6, 1.9]) == pytest.approx([0.5, 0.3, 0.4])


def test_a_reply_says_how_far_it_is() -> None:
    """The text of a reply is its first word and a number for each delta; the older messages are as many as wanted."""
    reply = Reply("Counting")
    assert [reply.delta()["delta"] for _ in range(3)] == [" 1", " 2", " 3"]
    assert reply.text == "Counting 1 2 3"
    assert len(list(history(4))) == 8


def test_the_readme_has_the_table() -> None:
    """What goes into the README is the table as it was kept, with the machine and the day."""
    shown = json.loads(json.dumps(asdict(table([Measured("panel", figures())]))))
    machine = {"cpus": 2, "processor": "Z80", "system": "CP/M", "taken": "1979-01-01T00:00:00Z"}
    written = block({"tables": [shown], "machine": machine})
    assert "| Panel " in written
    assert written.endswith("Measured on 2 processors Z80, CP/M, 1979-01-01.")
