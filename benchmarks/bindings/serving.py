"""The measured page of each framework as it is served: in the environment of its framework."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bindings import browser
from tests.bindings.browser import Site
from tests.frameworks.environments import environment
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
    match framework:
        case "nicegui":
            started = browser.serving("benchmarks.bindings.served.nicegui_page", env=env)
        case "reflex":
            venv = made(framework)
            started = reflex.serving(REFLEX_APP, config="", name="measured", venv=str(venv), **env)
        case _:
            python = made(framework) / "bin" / "python"
            started = browser.serving(f"benchmarks.bindings.served.{framework}_page", env=env, python=str(python))
    async with started as site:
        yield site


def made(framework: str) -> Path:
    its = environment(framework)
    its.install()
    return its.directory
