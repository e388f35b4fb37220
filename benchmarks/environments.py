"""Environments of their own for software that is measured or tested with, but not depended on.

An environment is made once and then found again: it holds a file with the recipe it was made from, written last.
Another recipe, or an installation that broke off, makes it anew. Of two processes that ask for it at once one makes it,
and the other waits.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

try:
    import fcntl
except ModuleNotFoundError:
    fcntl = None

NODE = "22"
NO_NPM = (
    "npm was not found, and nothing can be installed from the Node registry without it. Install Node.js 22 or newer, "
    "which brings npm, from https://nodejs.org (Debian and Ubuntu: sudo apt-get install npm)."
)
NOT_NODE_22 = (
    "Node.js 22 or newer is needed, and {path}, which npm installed, is {found}. Install Node.js 22 or newer from "
    "https://nodejs.org, which also brings a newer npm, and try again."
)


class InstallationError(Exception):
    """An environment cannot be made; the message says what is missing or shows what the installer said."""


class Environment(Protocol):
    @property
    def directory(self) -> Path: ...

    def install(self) -> None:
        """See to it that the environment is there; does nothing when it is. Raises `InstallationError`."""
        ...

    def command(self, script: Path) -> list[str]:
        """The command that runs this script in the environment."""
        ...


@dataclass(frozen=True, slots=True)
class ThisPython:
    """The interpreter that runs this: nothing to install."""

    directory: Path = Path(sys.prefix)

    def install(self) -> None:
        """Everything is here already."""

    def command(self, script: Path) -> list[str]:
        return [sys.executable, str(script)]


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """A virtual environment with these requirements, made with the Python that runs this, or with another."""

    directory: Path
    requirements: tuple[str, ...]
    python: str = sys.executable

    def install(self) -> None:
        make(self.directory, self._recipe, self._fill)

    def command(self, script: Path) -> list[str]:
        return [str(self._python), str(script)]

    def _fill(self) -> None:
        run([self.python, "-m", "venv", str(self.directory)])
        pip = [str(self._python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, *self.requirements])

    @property
    def _python(self) -> Path:
        return self.directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def _recipe(self) -> str:
        version = sys.version.split()[0] if self.python == sys.executable else self.python
        return " ".join(("python", version, *self.requirements))


@dataclass(frozen=True, slots=True)
class NodeEnvironment:
    """A directory with these npm packages and a Node.js of its own, whatever version the machine has."""

    directory: Path
    packages: tuple[tuple[str, str], ...]

    def install(self) -> None:
        make(self.directory, self._recipe, self._fill)

    def command(self, script: Path) -> list[str]:
        """Runs a copy that lies beside the packages, because an ES module imports from where it lies itself."""
        beside = self.directory / script.parent.name
        shutil.copytree(script.parent, beside, ignore=only_javascript, dirs_exist_ok=True)
        return [str(self._node), "--expose-gc", str(beside / script.name)]

    def _fill(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise InstallationError(NO_NPM)
        (self.directory / "package.json").write_text(self._recipe, "utf-8")
        run([npm, "install", "--no-audit", "--no-fund", "--loglevel=error"], self.directory)
        self._check_node()

    def _check_node(self) -> None:
        found = run([str(self._node), "--version"]).strip() if self._node.exists() else "missing"
        if found == "missing" or int(found.lstrip("v").split(".")[0]) < int(NODE):
            raise InstallationError(NOT_NODE_22.format(path=self._node, found=found))

    @property
    def _node(self) -> Path:
        return self.directory / "node_modules" / "node" / "bin" / ("node.exe" if os.name == "nt" else "node")

    @property
    def _recipe(self) -> str:
        return json.dumps({"private": True, "dependencies": dict((("node", NODE), *self.packages))})


class Making:
    """Says that an environment is being made and how long it took; leaves the mark of a made one only on success."""

    def __init__(self, directory: Path, recipe: str) -> None:
        self._directory = directory
        self._recipe = recipe
        self._started = time.monotonic()

    def __enter__(self) -> None:
        tell(f"-> Making {self._directory} (once; a minute or two)")
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(parents=True)

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            mark(self._directory).write_text(self._recipe, "utf-8")
            tell(f"-> Made in {time.monotonic() - self._started:.0f} s")


def make(directory: Path, recipe: str, fill: Callable[[], None]) -> None:
    """Have this environment made, unless it is there already, by whoever comes first."""
    with alone(directory):
        if not is_made(directory, recipe):
            with Making(directory, recipe):
                fill()


@contextmanager
def alone(directory: Path) -> Generator[None]:
    """Have this directory for oneself: another process that asks for it, or another thread, waits. Where there are no
    such locks, as on Windows, nobody does."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / f".{directory.name}.lock").open("a") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_made(directory: Path, recipe: str) -> bool:
    return mark(directory).is_file() and mark(directory).read_text("utf-8") == recipe


def mark(directory: Path) -> Path:
    return directory / ".made-from"


def run(command: list[str], directory: Path | None = None) -> str:
    """The standard output of the command. Raises `InstallationError` with the end of what it said when it fails."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallationError(f"{' '.join(command)} failed:\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def only_javascript(directory: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".mjs")]


def tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
