"""The environments of the official clients, and what is said where one cannot be made."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from benchmarks import environments
from benchmarks.environments import InstallationError, NodeEnvironment, PythonEnvironment


def no_npm(_name: str) -> None:
    """There is no npm on the PATH."""


def some_npm(_name: str) -> str:
    return "npm"


def pretend(*_: object) -> str:
    return ""


def refuse(*_: object) -> str:
    raise InstallationError("nothing shall be installed here")


def npm_installs_node(version: str | None, directory: Path, monkeypatch: pytest.MonkeyPatch) -> NodeEnvironment:
    """An environment for which npm is there and installs a node that says it is of this version, or none."""
    node = directory / "node_modules" / "node" / "bin" / "node"

    def run(command: list[str], _directory: Path | None = None) -> str:
        if "install" in command and version is not None:
            node.parent.mkdir(parents=True)
            node.touch()
        return f"{version}\n"

    monkeypatch.setattr(shutil, "which", some_npm)
    monkeypatch.setattr(environments, "run", run)
    return NodeEnvironment(directory, ())


def test_missing_npm_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm, the error says to install Node.js 22 or newer and from where."""
    monkeypatch.setattr(shutil, "which", no_npm)
    with pytest.raises(InstallationError, match=r"npm was not found.*Install Node\.js 22 or newer.*nodejs\.org"):
        NodeEnvironment(tmp_path / "node", ()).install()


@pytest.mark.parametrize(("version", "found"), [("v20.1.0", "v20.1.0"), (None, "missing")])
def test_an_old_node_is_explained(
    version: str | None, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where npm brings no Node.js 22, the error says what it brought and what to install."""
    environment = npm_installs_node(version, tmp_path / "node", monkeypatch)
    with pytest.raises(InstallationError, match=rf"is {found}\. Install Node\.js 22 or newer"):
        environment.install()


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that is there is not installed again."""
    environment = npm_installs_node("v22.1.0", tmp_path / "node", monkeypatch)
    environment.install()
    monkeypatch.setattr(environments, "run", refuse)
    environment.install()


def test_two_at_once_make_one_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several that ask for an environment at once one makes it, and the others wait until it is there."""
    made, begun = list[float](), Barrier(4)

    def run(command: list[str], _directory: Path | None = None) -> str:
        if "venv" in command:
            made.append(time.monotonic())
            time.sleep(0.1)  # as an installation takes a while
        return ""

    def install(_: int) -> bool:
        begun.wait()
        environment = PythonEnvironment(tmp_path / "python", ("one",))
        environment.install()
        return (environment.directory / ".made-from").exists()

    monkeypatch.setattr(environments, "run", run)
    with ThreadPoolExecutor(4) as visitors:
        assert all(visitors.map(install, range(4)))
    assert len(made) == 1


def test_a_broken_installation_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that broke off leaves no environment behind that looks finished."""
    environment = npm_installs_node("v20.1.0", tmp_path / "node", monkeypatch)
    for _ in range(2):
        with pytest.raises(InstallationError):
            environment.install()


def test_other_requirements_need_another_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the requirements makes the environment anew."""
    monkeypatch.setattr(environments, "run", pretend)
    PythonEnvironment(tmp_path / "python", ("one",)).install()
    monkeypatch.setattr(environments, "run", refuse)
    with pytest.raises(InstallationError):
        PythonEnvironment(tmp_path / "python", ("two",)).install()


def test_a_failed_command_is_shown() -> None:
    """When an installer fails, the error holds what it said."""
    with pytest.raises(InstallationError, match="no such option"):
        environments.run(["sh", "-c", "echo no such option >&2; exit 3"])
