"""The sections there are. A section is a module with `run(options) -> Report`, or a program: `python -m` it.

To plug another one in, add a line to `SECTIONS`. A program prints its own tables and keeps its own numbers.
"""

import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from benchmarks.reports import Options, Report

__all__ = ["run", "Section", "SECTIONS", "SectionError"]

When = Literal["default", "bench", "all"]


class SectionError(Exception):
    """A section could not be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """`when` it is measured unless it is asked for: with all others that are quick, by `make bench`, by `ALL=1`."""

    name: str
    about: str
    when: When
    program: bool = False

    @property
    def module(self) -> str:
        return f"benchmarks.{self.name}"


SECTIONS = (
    Section("frames", "from a frame to the state, beside all peers", "default"),
    Section("growth", "the same after 10, 100 and 1,000 turns", "bench"),
    Section("memory", "what a session keeps, idle and after 100 and 1,000 turns", "default"),
    Section("dispatch", "the store under eight threads; streams over plain callbacks", "default"),
    Section("sockets", "many sessions on loopback sockets, plain and TLS", "bench"),
    Section("bindings", "what a visitor costs in NiceGUI, Panel and Reflex", "all", program=True),
    Section("bridge", "sound between a server and a page", "all", program=True),
    Section("latency", "how long a spoken conversation keeps one waiting", "all", program=True),
    Section("echo", "how well the echo gate tells a voice from an echo", "all", program=True),
)


def run(section: Section, options: Options) -> Report | None:
    """Measure it. None: it is a program of its own, and has printed what it has to say. Raises `SectionError`."""
    if find_spec(section.module) is None:
        raise SectionError(f"there is no {section.module} yet")
    if section.program:
        return run_program(section)
    try:
        measure = import_module(section.module).run
    except ImportError as error:
        raise SectionError(f"{section.module} needs what is not installed: {error}") from error
    return measure(options)


def run_program(section: Section) -> None:
    done = subprocess.run([sys.executable, "-m", section.module], check=False)
    if done.returncode:
        raise SectionError(f"{section.module} ended with {done.returncode}")
