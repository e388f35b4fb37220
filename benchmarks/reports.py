"""What a section of the benchmarks gives: tables to read, figures that targets are set for, and every round as JSON."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.tables import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Options:
    """`brief`: as little as shows that it works; the figures mean nothing then. `only`: peers with this in the name."""

    rounds: int = 5
    brief: bool = False
    only: tuple[str, ...] = ()

    def wants(self, peer: str) -> bool:
        return not self.only or any(part in peer for part in self.only)


@dataclass(frozen=True, slots=True)
class Figure:
    """A median with its spread over the rounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Report:
    """`rounds` is JSON of the section's own shape; `problems` say in full what could not be measured, and why."""

    section: str
    tables: tuple[Table, ...]
    figures: Mapping[str, Figure]
    rounds: Any
    problems: Sequence[str] = ()
    versions: Sequence[str] = ()


def figure(values: Sequence[float]) -> Figure:
    return Figure(median(values), min(values), max(values))


def figures(values: Mapping[str, Sequence[float]]) -> dict[str, Figure]:
    """Those that were measured."""
    return {name: figure(each) for name, each in values.items() if each}


def versions(*packages: str) -> list[str]:
    """This library, this Python and these packages."""
    named = [f"{name} {version(name)}" for name in ("realtime-rx", *packages)]
    return [*named, f"python {platform.python_version()}"]


def machine() -> dict[str, Any]:
    """Where and when this was measured; `load` is the load average as it is now."""
    return {
        "processor": processor(),
        "cpus": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "taken": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def processor() -> str:
    """Its model, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def keep(report: Report, began: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Write the report as JSON, in the place of the section's last one; `began` is the machine as it was before."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{report.section}.json"
    path.write_text(json.dumps({"machine": began, **asdict(report)}, indent=1, ensure_ascii=False), "utf-8")
    return path
