"""The bindings' tests with the oldest and the newest of their frameworks, and in the end a table of what passed:
``python -m tests.frameworks.matrix``. ``NEWER`` is a Python that the newest Panel needs; without it that one is not
tested. Arguments are pytest's."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .environments import ROOT, python_of

TESTS = ("tests/frameworks", "tests/bindings/contract")
FRAMEWORKS = ("nicegui", "reflex", "panel")
REPORTS = ROOT / ".cache" / "matrix"
ASKING = "import sys; from importlib.metadata import version; print(version(sys.argv[1]), sys.version.split()[0])"


@dataclass(frozen=True, slots=True)
class Run:
    """Frameworks in these versions, on this Python."""

    versions: str
    python: str = sys.executable
    frameworks: tuple[str, ...] = FRAMEWORKS

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.versions}-{Path(self.python).name}.xml"

    def test(self, arguments: list[str]) -> int:
        """What pytest says in the end, by its exit code."""
        self.report.unlink(missing_ok=True)
        of = ("-k", " or ".join(self.frameworks), "--junit-xml", str(self.report))
        env = {**os.environ, "FRAMEWORK_VERSIONS": self.versions, "FRAMEWORK_PYTHON": self.python}
        command = [sys.executable, "-m", "pytest", *TESTS, *of, *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Of each framework that was tested: its name, its version, Python's, and how many tests did what."""
        for framework in self.frameworks:
            if done := outcomes(self.report, framework):
                asking = [python_of(framework, self.versions, self.python), "-c", ASKING, framework]
                versions = subprocess.run(asking, capture_output=True, text=True, check=True).stdout.split()
                yield framework, *versions, ", ".join(f"{count} {outcome}" for outcome, count in done.items())


def outcomes(report: Path, framework: str) -> Counter[str]:
    """How many tests of this framework passed, failed and were skipped."""
    cases = ElementTree.parse(report).iter("testcase") if report.exists() else ()
    return Counter(outcome(case) for case in cases if framework in f"{case.get('classname')}.{case.get('name')}")


def outcome(case: ElementTree.Element) -> str:
    kinds = {"failure": "failed", "error": "failed", "skipped": "skipped"}
    return next((kinds[part.tag] for part in case if part.tag in kinds), "passed")


def runs() -> tuple[Run, ...]:
    newer = os.environ.get("NEWER")
    return Run("floors"), Run("latest"), *([Run("latest", newer, ("panel",))] if newer else [])


def main(arguments: list[str]) -> int:
    codes = [run.test(arguments) for run in runs()]
    for framework, version, python, done in (row for run in runs() for row in run.rows()):
        print(f"{framework:<8} {version:<8} Python {python:<8} {done}")
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
