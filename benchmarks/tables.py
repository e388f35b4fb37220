"""The measurements as tables: medians over the rounds, with the smallest and the largest value beside them."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from benchmarks.peers import REFERENCE
from benchmarks.runner import Measured, Measurements, Result

Row = tuple[str, ...]

NOT_MEASURED = Measured(())


def render(header: Row, rows: Iterable[Row]) -> str:
    """A Markdown table with aligned columns: the first to the left, the others to the right."""
    lines = [header, *rows]
    first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
    rule = "|".join([f":{'-' * (first + 1)}", *(f"{'-' * (width + 1)}:" for width in others)])
    head, *body = (
        " | ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))])
        for name, *cells in lines
    )
    return "\n".join([f"| {head} |", f"|{rule}|", *(f"| {line} |" for line in body)])


def spread(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def each(measured: Measured, quantity: Callable[[Result], float]) -> list[float]:
    return [quantity(result) for result in measured.results]


def ratios(above: Measured, below: Measured, quantity: Callable[[Result], float]) -> list[float]:
    """Round by round, so that what slowed the machine down for a while slowed down both."""
    return [a / b for a, b in zip(each(above, quantity), each(below, quantity), strict=False)]


def wall(result: Result) -> float:
    return result.wall_us / result.events


def cpu(result: Result) -> float:
    return result.cpu_us / result.events


def delta_p50(result: Result) -> float:
    return result.delta_p50_us or 0.0


def verdict(measured: Sequence[Measured]) -> str:
    """Whether the messages came out right in every round; or why there are none."""
    problem = next((one.problem for one in measured if one.problem), None)
    if problem:
        return problem.splitlines()[0][:60]
    return "right" if all(result.right_messages for one in measured for result in one.results) else "WRONG"


def throughput_table(kinds: dict[str, Measurements]) -> str:
    """Microseconds an event from frame to state, and the same over the reference's, for each kind of stream."""
    columns = [f"{kind}: {what}" for kind in kinds for what in ("µs/event", "÷ AI SDK", "CPU ÷ AI SDK")]
    rows: list[Row] = []
    for name in dict.fromkeys(name for measurements in kinds.values() for name in measurements):
        peer = [measurements.get(name, NOT_MEASURED) for measurements in kinds.values()]
        references = [measurements[REFERENCE.name] for measurements in kinds.values()]
        cells = [
            spread(values)
            for mine, reference in zip(peer, references, strict=True)
            for values in (each(mine, wall), ratios(mine, reference, wall), ratios(mine, reference, cpu))
        ]
        rows.append((name, *cells, verdict(peer)))
    return render(("frame to event to state, 100 turns", *columns, "messages"), rows)


def growth_table(sizes: dict[int, Measurements]) -> str:
    """The median time of a transcript delta in the last tenth of conversations of these sizes, and how it grows."""
    first, *larger = sizes
    times = [f"µs at {turns} turns" for turns in sizes]
    growth = [f"{turns} ÷ {first} turns" for turns in larger]
    rows: list[Row] = []
    for name in sizes[first]:
        start, *later = peer = [measurements[name] for measurements in sizes.values()]
        cells = [spread(each(one, delta_p50)) for one in peer]
        cells += [spread(ratios(one, start, delta_p50)) for one in later]
        cells.append(spread(ratios(peer[-1], sizes[larger[-1]][REFERENCE.name], delta_p50)))
        rows.append((name, *cells, verdict(peer)))
    header = ("transcript delta, p50", *times, *growth, f"÷ AI SDK at {larger[-1]}", "messages")
    return render(header, rows)
