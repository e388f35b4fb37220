"""How much CPU a server has used: its process and those that it started. Linux only, as ``/proc`` is."""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def cpu_s(pid: int) -> float:
    """Seconds of the process and all that descend from it and run."""
    fields = [stat(each) for each in family(pid)]
    ticks = sum(int(user) + int(system) for *_, user, system in (each[:13] for each in fields if each))
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    yield pid
    for tasks in (PROC / str(pid) / "task").glob("*/children"):
        for child in tasks.read_text().split():
            yield from family(int(child))


def stat(pid: int) -> list[str]:
    """The fields behind the process's name, which may have blanks in it; nothing of one that is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return []
