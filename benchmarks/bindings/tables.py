"""What pages cost, as a table, beside what they may cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.bindings.measuring import Figures, Spoken
from benchmarks.reports import Figure
from benchmarks.tables import Row, Table, spread

UPDATES = 31.0
SERVER = {"nicegui": 0.10, "reflex": 0.10, "panel": 0.15}
"""Of a core, for each visitor."""
NAMES = {"nicegui": "NiceGUI", "reflex": "Reflex", "panel": "Panel"}
HEADER = (
    "100 deltas a second behind 200 older messages",
    "visitors",
    "page updates/s",
    "text exact",
    "delta -> page, p50 (ms)",
    "p95 (ms)",
    "server, % of a core a visitor",
    "may be",
    "page's thread, % of a core",
    "scripts, % of the time",
    "UI socket, KiB/s",
)
NOTES = (
    "A delta's way begins when the provider sends it. The server's share is without what it takes while nothing "
    "happens; the page's thread is the CPU of scripts, layout and painting, and scripts are by the clock. Bytes are "
    "before any compression.",
)


@dataclass(frozen=True)
class Measured:
    """One framework's page, with so many visitors."""

    framework: str
    written: Figures
    spoken: Spoken | None = None

    @property
    def name(self) -> str:
        return f"{NAMES[self.framework]}, {self.written.visitors} visitors"


def percentile(values: Sequence[float], percent: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


def row(measured: Measured) -> Row:
    figures = measured.written
    return (
        NAMES[measured.framework],
        str(figures.visitors),
        spread(figures.updates, 1),
        "yes" if all(figures.exact) else "NO",
        f"{percentile(figures.latencies, 50):.0f}",
        f"{percentile(figures.latencies, 95):.0f}",
        f"{100 * figures.server:.1f}",
        f"{100 * SERVER[measured.framework]:.0f}",
        f"{100 * figures.thread:.1f}",
        f"{100 * figures.scripts:.1f}",
        f"{figures.socket / 1024:.0f}",
    )


def table(measured: Sequence[Measured]) -> Table:
    return Table(HEADER, tuple(map(row, measured)), NOTES)


def figures(measured: Sequence[Measured]) -> Mapping[str, Figure]:
    """What there are targets for, by name."""
    found: dict[str, Figure] = {}
    for each in measured:
        rates, share = each.written.updates, each.written.server
        found[f"updates a second: {each.name}"] = Figure(percentile(rates, 50), min(rates), max(rates))
        found[f"server's share: {each.name}"] = Figure(share, share, share)
    return found


def problems(measured: Sequence[Measured]) -> list[str]:
    """What is wrong, whatever the machine, and what costs more than it may."""
    return [problem for each in measured for problem in (*wrong(each), *dear(each))]


def wrong(measured: Measured) -> list[str]:
    written, spoken = measured.written, measured.spoken
    said = {
        "the text on the page is not what was sent": all(written.exact),
        f"more than {UPDATES:.0f} updates a second": max(written.updates) <= UPDATES,
        "older messages were touched": not any(older["touched"] for older in written.older),
        f"another machine was asked for {', '.join(written.elsewhere)}": not written.elsewhere,
        "sound came by the UI's socket": spoken is None or not any(spoken.sounding),
        "as many bytes as sound came by the UI's socket": spoken is None or max(spoken.received) < spoken.sound,
    }
    return [f"{measured.name}: {problem}" for problem, is_right in said.items() if not is_right]


def dear(measured: Measured) -> list[str]:
    share, bound = measured.written.server, SERVER[measured.framework]
    return [f"{measured.name}: the server takes {share:.1%} of a core, and may {bound:.0%}"] if share > bound else []
