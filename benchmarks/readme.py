"""`python -m benchmarks.readme`: write what was measured into the README, between its two markers.

It comes from published.json, which is in the repository. `--take` first takes what was measured last on this machine
over into that file: the figures of each section, with the facts of the machine, without the single rounds.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import PEERS, REFERENCE, SESSION
from benchmarks.reports import RESULTS
from benchmarks.tables import Row, Table
from benchmarks.targets import cell, targets_table

README = Path(__file__).resolve().parent.parent / "README.md"
PUBLISHED = Path(__file__).parent / "published.json"
START, END = "<!-- speed -->\n", "<!-- end of speed -->"
OURS = ("frames", "growth", "memory", "dispatch", "sockets")

Sections = Mapping[str, Mapping[str, Any]]

COLUMNS: Mapping[str, tuple[str, str]] = {
    "with sound": ("frames", "full: {peer} ÷ {reference}"),
    "without": ("frames", "noaudio: {peer} ÷ {reference}"),
    "transcript delta at 1,000 turns": ("growth", "p50 in the longest: {peer} ÷ {reference}"),
    "the same ÷ at 10 turns": ("growth", "p50, longest ÷ shortest: {peer}"),
}
"""What the README compares: the ratios to the AI SDK's session, and how each grows."""


def published() -> Sections:
    found: Sections = json.loads(PUBLISHED.read_text("utf-8")) if PUBLISHED.is_file() else {}
    return found


def take() -> None:
    """Replace what is published by what was measured last, section by section."""
    sections = dict(published())
    for name in OURS:
        path = RESULTS / f"{name}.json"
        if path.is_file():
            report = json.loads(path.read_text("utf-8"))
            sections[name] = {key: report[key] for key in ("machine", "versions", "figures")}
    PUBLISHED.write_text(json.dumps(sections, indent=1, ensure_ascii=False) + "\n", "utf-8")


def block(sections: Sections) -> str:
    """The README's part: peers side by side, targets, and where and with what that was measured."""
    figures = {name: section["figures"] for name, section in sections.items()}
    return "\n\n".join(
        (str(peers_table(figures)), str(targets_table(figures)), *(facts(sections) if sections else ())),
    )


def peers_table(figures: Sections) -> Table:
    rows = [row(peer.name, figures) for peer in PEERS if "decoded" not in peer.name]
    return Table(("÷ AI SDK session; below 1 is faster", *COLUMNS), tuple(rows))


def row(peer: str, figures: Sections) -> Row:
    cells: list[str] = []
    for section, pattern in COLUMNS.values():
        found = figures.get(section, {}).get(pattern.format(peer=peer, reference=REFERENCE.name))
        itself = peer == REFERENCE.name and "{reference}" in pattern
        cells.append("1" if itself else cell(found) if found is not None else "-")
    return (f"**{peer}**" if peer == SESSION.name else peer, *cells)


def facts(sections: Sections) -> list[str]:
    versions = sorted({version for section in sections.values() for version in section["versions"]})
    machines = sorted({describe(section["machine"]) for section in sections.values()})
    return [
        *most_sessions(sections),
        f"Medians of a run on {'; '.join(machines)}, with the smallest and the largest round in brackets."
        f" The load of the machine was {load(sections)} before.",
        f"Measured were {', '.join(versions)}.",
    ]


def load(sections: Sections) -> str:
    """The load averages from the smallest to the largest that a section began with."""
    loads = [section["machine"]["load"] for section in sections.values() if section["machine"]["load"] is not None]
    return f"{min(loads):.1f} to {max(loads):.1f}" if loads else "not known"


def most_sessions(sections: Sections) -> list[str]:
    """How many at once one core holds, if that was measured."""
    figures = sections["sockets"]["figures"] if "sockets" in sections else {}
    most = [f"{figures[name]['value']:.0f}" for name in ("sessions held", "uvloop, sessions held") if name in figures]
    several = f"One core holds {' sessions of 50 events/s with TLS, and on uvloop '.join(most)}; tried were up to 400."
    return [several] if most else []


def describe(machine: Mapping[str, Any]) -> str:
    """`cpus` processors, their model, the system and the day."""
    return f"{machine['cpus']} processors ({machine['processor']}), {machine['system']}, {machine['taken'][:10]}"


def written(text: str, sections: Sections) -> str:
    """The README with the block in its place."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{block(sections)}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.readme", description=__doc__)
    parser.add_argument("--take", action="store_true", help="publish what was measured last on this machine")
    if parser.parse_args().take:
        take()
    README.write_text(written(README.read_text("utf-8"), published()), "utf-8")


if __name__ == "__main__":
    main()
