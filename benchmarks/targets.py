"""What the library has to reach, and what it reached: a target is a bound for one figure of one section."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.tables import Row, Table

__all__ = ["Target", "TARGETS", "targets_table"]

Figures = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Of each section, its figures: `value`, `low` and `high`."""


@dataclass(frozen=True, slots=True)
class Target:
    """`figure` is its name in the report of the section; the bound is the largest value that is all right."""

    section: str
    figure: str
    about: str
    bound: float
    unit: str = ""


TARGETS = (
    Target("frames", "full: realtime-rx session ÷ AI SDK session", "a frame, sound and all, ÷ AI SDK", 0.6),
    Target("frames", "full: realtime-rx session ÷ openai-agents session", "the same ÷ openai-agents", 0.15),
    Target(
        "frames",
        "audio decoded: realtime-rx session, audio decoded ÷ AI SDK session, audio decoded",
        "the same with the sound decoded ÷ AI SDK",
        0.3,
    ),
    Target(
        "frames",
        "audio decoded: realtime-rx session, audio decoded, without extras ÷ AI SDK session, audio decoded",
        "the same without the extra `fast` ÷ AI SDK",
        1.0,
    ),
    Target("frames", "noaudio: realtime-rx session ÷ AI SDK session", "a frame, without sound, ÷ AI SDK", 0.6),
    Target("frames", "noaudio: realtime-rx session ÷ openai-agents session", "the same ÷ openai-agents", 0.12),
    Target("growth", "p50, longest ÷ shortest: realtime-rx session", "transcript delta at 1,000 turns ÷ at 10", 1.15),
    Target("growth", "p50 in the longest: realtime-rx session ÷ AI SDK session", "at 1,000 turns, p50 ÷ AI SDK", 0.3),
    Target("growth", "p99 in the longest: realtime-rx session ÷ AI SDK session", "the same, p99", 0.3),
    Target("growth", "p99.9 in the longest: realtime-rx session ÷ AI SDK session", "the same, p99.9", 0.15),
    Target("dispatch", "streams over plain callbacks, µs", "streams over plain callbacks, an event", 2.5, "µs"),
    Target("dispatch", "each further subscriber, µs", "each further subscriber, an event", 0.4, "µs"),
    Target("sockets", "TLS: CPU ÷ node ws and AI SDK", "CPU a message with TLS ÷ node `ws` and AI SDK", 0.5),
    Target("sockets", "200 sessions: p99, ms", "200 sessions of 50 events/s, on one core: p99", 2.0, "ms"),
    Target("sockets", "200 sessions: % of a core", "the same: share of the core", 60.0, "%"),
    Target("sockets", "uvloop, 200 sessions: p99, ms", "the same on uvloop: p99", 2.0, "ms"),
    Target("sockets", "uvloop, 200 sessions: % of a core", "the same on uvloop: share of the core", 60.0, "%"),
    Target("memory", "realtime-rx session, idle, KB", "an idle session, beyond its socket", 100.0, "KB"),
    Target("memory", "realtime-rx session, 100 turns, KB", "a session after 100 turns", 1000.0, "KB"),
)


def targets_table(sections: Figures) -> Table:
    """Each target beside what was measured: the median, and the smallest and the largest in brackets."""
    return Table(("target", "at most", "measured", ""), tuple(row(target, sections) for target in TARGETS))


def row(target: Target, sections: Figures) -> Row:
    measured = sections.get(target.section, {}).get(target.figure)
    bound = f"{target.bound:g} {target.unit}".strip()
    if measured is None:
        return (target.about, bound, "not measured", "")
    return (target.about, bound, cell(measured), "met" if measured["value"] <= target.bound else "missed")


def cell(measured: Mapping[str, Any]) -> str:
    value, low, high = (number(measured[name]) for name in ("value", "low", "high"))
    return value if low == high else f"{value} ({low}-{high})"


def number(value: float) -> str:
    """Three digits, or as many as stand before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
