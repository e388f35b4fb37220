"""Where the other UI frameworks live: one environment each, with this checkout in it."""

from pathlib import Path

from benchmarks.environments import PythonEnvironment

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".cache" / "frameworks"
TOOLS = ("pytest", "pytest-asyncio", "playwright")


def environment(framework: str) -> PythonEnvironment:
    """One with this checkout, the framework of this name, and what its tests need."""
    return PythonEnvironment(CACHE / framework, (*TOOLS, "--editable", f"{ROOT}[{framework},local]"))
