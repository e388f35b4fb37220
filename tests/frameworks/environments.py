"""Where the UI frameworks live: one environment each, with this checkout in it.

``FRAMEWORK_VERSIONS`` chooses the ``latest`` that there are for the Python that runs this, or the ``floors``: the
oldest that pyproject.toml allows. ``FRAMEWORK_PYTHON`` is another Python to have them on.
"""

import os
import sys
import tomllib
from pathlib import Path

from benchmarks.environments import Environment, PythonEnvironment, ThisPython

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "frameworks"
TOOLS = ("pytest", "pytest-asyncio", "playwright")
MORE = {"nicegui": ("hypothesis",), "panel": ("bokeh-fastapi", "uvicorn", "jupyterlab")}
"""What else the tests of one framework need."""
VERSIONS = os.environ.get("FRAMEWORK_VERSIONS", "latest")
PYTHON = os.environ.get("FRAMEWORK_PYTHON", sys.executable)


def is_here(framework: str, versions: str = VERSIONS, python: str = PYTHON) -> bool:
    """Whether it is installed where this runs: the latest NiceGUI is a part of what development needs."""
    return (framework, versions, python) == ("nicegui", "latest", sys.executable)


def environment(framework: str, versions: str = VERSIONS, python: str = PYTHON) -> Environment:
    """One with this checkout, the framework of this name, and what its tests need."""
    if is_here(framework, versions, python):
        return ThisPython()
    pins = floors(framework) if versions == "floors" else ()
    wanted = (*TOOLS, *MORE.get(framework, ()), *pins, "--editable", f"{ROOT}[{framework},local]")
    return PythonEnvironment(CACHE / name_of(framework, versions, python), wanted, python)


def python_of(framework: str, versions: str = VERSIONS, python: str = PYTHON) -> str:
    """The interpreter of its environment, which is made if need be. Raises ``InstallationError`` where it cannot be."""
    made = environment(framework, versions, python)
    made.install()
    interpreter, _ = made.command(ROOT)
    return interpreter


def name_of(framework: str, versions: str, python: str) -> str:
    others = [versions] * (versions != "latest") + [Path(python).name] * (python != sys.executable)
    return "-".join([framework, *others])


def floors(framework: str) -> tuple[str, ...]:
    """The requirements of this extra at their lowest: ``panel>=1.8`` is ``panel==1.8``, which is 1.8.0."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["optional-dependencies"][framework]
    return tuple(requirement.replace(">=", "==") for requirement in wanted)
