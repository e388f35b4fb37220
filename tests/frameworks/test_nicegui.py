"""The NiceGUI binding with the oldest NiceGUI that it allows, in an environment of its own."""

import pytest

from .running import names_of, run_tests


@pytest.mark.frameworks
@pytest.mark.parametrize("name", names_of("nicegui"))
def test_the_binding_works_with_an_old_nicegui(name: str) -> None:
    """Every test of the NiceGUI binding passes with the oldest NiceGUI, too."""
    run_tests("nicegui", name)
