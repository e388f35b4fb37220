"""The Reflex binding, with Reflex, in an environment of its own."""

from pathlib import Path

import pytest

from ..support.type_checking import check_types
from .environments import python_of
from .running import folder, names_of, run_tests

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
    check_types(tmp_path, folder("reflex") / "typed_program.py", python=python_of("reflex"), **REFLEX_IS)
