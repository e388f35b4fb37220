"""The Panel binding, with Panel, in an environment of its own."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.environments import tell

from .environments import ROOT, environment

TESTS = sorted(path.name for path in (Path(__file__).parent / "panel_binding").glob("test_*.py"))
DEADLINE = 240
OPTIONS = ("--confcutdir=tests/frameworks", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default")
"""Panel's own warnings are not ours."""


@pytest.mark.frameworks
@pytest.mark.parametrize("name", TESTS)
def test_the_binding_works_with_panel(name: str) -> None:
    """Every test of the Panel binding passes where Panel is installed."""
    panel = environment("panel")
    panel.install()
    command = panel.command(ROOT / "tests/frameworks/panel_binding" / name)
    ran = subprocess.run(
        [command[0], "-m", "pytest", *OPTIONS, command[1]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    tell(f"{name}: {ran.stdout.strip().splitlines()[-1] if ran.stdout else ran.stderr}")
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
