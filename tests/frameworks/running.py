"""Runs the tests of a binding in the environment of its framework."""

import subprocess
from pathlib import Path

from benchmarks.environments import tell

from .environments import ROOT, is_here, python_of

DEADLINE = 240
OPTIONS = ("--confcutdir=tests/frameworks", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default")
"""The frameworks' own warnings are not ours."""


def names_of(framework: str) -> list[str]:
    """Of the files of tests. Those of NiceGUI run with its latest version wherever tests do: here with another."""
    return [] if is_here(framework) else sorted(path.name for path in folder(framework).glob("test_*.py"))


def run_tests(framework: str, name: str) -> None:
    """``AssertionError``, with what was said, where one fails."""
    ran = subprocess.run(
        [python_of(framework), "-m", "pytest", *OPTIONS, str(folder(framework) / name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    tell(f"{name}: {ran.stdout.strip().splitlines()[-1] if ran.stdout else ran.stderr}")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]


def folder(framework: str) -> Path:
    return ROOT / "tests" / "bindings" if framework == "nicegui" else Path(__file__).parent / f"{framework}_binding"
