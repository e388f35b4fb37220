"""The Panel binding, with Panel, in an environment of its own."""

from pathlib import Path

import pytest

from ..support.type_checking import check_types
from .environments import python_of
from .running import folder, names_of, run_tests

PANEL_IS = {"reportUnknownMemberType": "none"}
"""Not typed itself."""


@pytest.mark.frameworks
@pytest.mark.parametrize("name", names_of("panel"))
def test_the_binding_works_with_panel(name: str) -> None:
    """Every test of the Panel binding passes where Panel is installed."""
    run_tests("panel", name)


@pytest.mark.frameworks
def test_a_program_is_typed(tmp_path: Path) -> None:
    """In an app's program a strict type checker knows every option, and finds what is wrong."""
    check_types(tmp_path, folder("panel") / "typed_program.py", python=python_of("panel"), **PANEL_IS)
