"""The measured page of each framework as it is served: in the environment of its framework."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bindings import browser
from tests.bindings.browser import Site
from tests.frameworks.environments import python_of
from tests.frameworks.reflex_binding import serving as reflex

FRAMEWORKS = ("nicegui", "reflex", "panel")
REFLEX_APP = Path(__file__).parent / "served" / "reflex_app"


@asynccontextmanager
async def serving(framework: str, provider: str, **settings: str) -> AsyncIterator[Site]:
    """A server of this framework's page, whose sessions dial this address, and a browser. ``settings`` are variables of
    its environment.

    Raises ``InstallationError`` where the framework's environment cannot be made.
    """
    env = {"MEASURED_PROVIDER": provider, **settings}
    python = await asyncio.to_thread(python_of, framework)
    if framework == "reflex":
        started = reflex.serving(REFLEX_APP, config="", name="measured", python=python, **env)
    else:
        started = browser.serving(f"benchmarks.bindings.served.{framework}_page", env=env, python=python)
    async with started as site:
        yield site
