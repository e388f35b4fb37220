"""The Reflex binding, with Reflex, in an environment of its own."""

import pytest

from .running import names_of, run_tests


@pytest.mark.frameworks
@pytest.mark.parametrize("name", names_of("reflex"))
def test_the_binding_works_with_reflex(name: str) -> None:
    """Every test of the Reflex binding passes where Reflex is installed."""
    run_tests("reflex", name)
