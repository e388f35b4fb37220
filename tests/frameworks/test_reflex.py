"""The Reflex binding, with Reflex, in an environment of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .environments import ROOT, python_of
from .running import DEADLINE, folder, names_of, run_tests

STRICT = {"typeCheckingMode": "strict", "reportUnnecessaryTypeIgnoreComment": "error"}
REFLEX_IS = {"reportUnknownMemberType": "none"}
"""Not typed itself: each of its components has a type of which a part is unknown."""


@pytest.mark.frameworks
@pytest.mark.parametrize("name", names_of("reflex"))
def test_the_binding_works_with_reflex(name: str) -> None:
    """Every test of the Reflex binding passes where Reflex is installed."""
    run_tests("reflex", name)


@pytest.mark.frameworks
def test_a_program_is_typed(tmp_path: Path) -> None:
    """In an app's program a strict type checker knows every verb, var, element and option, and finds what is wrong."""
    shutil.copy(folder("reflex") / "typed_program.py", tmp_path)
    settings = {**STRICT, **REFLEX_IS, "extraPaths": [str(ROOT), str(ROOT / "bindings")]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    pyright = (sys.executable, "-m", "pyright", "--project", str(tmp_path), "--pythonpath", python_of("reflex"))
    checked = subprocess.run(pyright, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]
