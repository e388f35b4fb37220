"""The Panel binding, with Panel, in an environment of its own."""

import pytest

from .running import names_of, run_tests


@pytest.mark.frameworks
@pytest.mark.parametrize("name", names_of("panel"))
def test_the_binding_works_with_panel(name: str) -> None:
    """Every test of the Panel binding passes where Panel is installed."""
    run_tests("panel", name)
