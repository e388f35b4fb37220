"""What every test shares: how hypothesis runs, and how tests run side by side."""

import gc
import os
import signal
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, database=None)
settings.register_profile(
    "deep", deadline=None, max_examples=2_000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class Worker:
    """The hooks of a worker of pytest-xdist."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from .support.lanes import place

        items.sort(key=lambda item: place(item.nodeid))

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        from .support.lanes import make_way, place

        if place(item.nodeid) > 0:
            make_way()


def pytest_configure(config: pytest.Config) -> None:
    """A worker goes by the command that was typed: its own is ``-c`` and nothing else, and soundcard introduces itself
    to a sound server by what comes after that. A shell starts its jobs in the background without Ctrl+C, and so
    whatever they start; what tests start is ended by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        sys.argv[:] = worker["mainargv"]
        config.pluginmanager.register(Worker())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Nobody asks where pytest-xdist is not installed, and so it is imported here only."""
    from .support.lanes import Lanes

    return Lanes(config, log)


def pytest_collection_finish() -> None:
    """Leave what collecting made alone from now on: NiceGUI looks for garbage twice for each simulated visitor, and all
    the tests' modules made that a quarter of a second each time."""
    gc.collect()
    gc.freeze()
