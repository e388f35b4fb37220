"""What the README says of speed is what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import readme
from benchmarks.targets import TARGETS, number, targets_table


def test_the_readme_has_what_was_measured() -> None:
    """The README's tables of speed are those that `python -m benchmarks.readme` writes from what is published."""
    text = readme.README.read_text("utf-8")
    assert readme.written(text, readme.published()) == text


def test_every_target_was_measured() -> None:
    """What is published has a figure for every target."""
    figures = {name: section["figures"] for name, section in readme.published().items()}
    assert [target.figure for target in TARGETS if target.figure not in figures[target.section]] == []


def test_a_missed_target_is_called_so() -> None:
    """A figure above its bound is missed, one at it is met, and one that is not there was not measured."""
    section, figure, bound = TARGETS[0].section, TARGETS[0].figure, TARGETS[0].bound
    worse, same = ({"value": value, "low": value, "high": value} for value in (bound * 1.01, bound))
    verdicts = [
        targets_table(figures).rows[0][2:] for figures in ({section: {figure: worse}}, {section: {figure: same}}, {})
    ]
    assert [verdict for _, verdict in verdicts] == ["missed", "met", ""]
    assert verdicts[2][0] == "not measured"


@pytest.mark.parametrize(("value", "text"), [(0.456, "0.456"), (1.0, "1"), (12.34, "12.3"), (663.6, "664"), (0, "0")])
def test_numbers_have_three_digits(value: float, text: str) -> None:
    """A figure is written with three digits, or as many as stand before the point."""
    assert number(value) == text


def test_taking_keeps_sections_that_were_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing replaces the sections that were measured, without their rounds, and leaves the others."""
    monkeypatch.setattr(readme, "RESULTS", tmp_path)
    monkeypatch.setattr(readme, "PUBLISHED", tmp_path / "published.json")
    readme.PUBLISHED.write_text(json.dumps({"growth": {"old": 1}, "frames": {"old": 1}}), "utf-8")
    measured = {"machine": {"cpus": 2}, "versions": [], "figures": {}, "rounds": [1, 2, 3]}
    (tmp_path / "frames.json").write_text(json.dumps(measured), "utf-8")
    readme.take()
    assert readme.published() == {
        "growth": {"old": 1},
        "frames": {"machine": {"cpus": 2}, "versions": [], "figures": {}},
    }
