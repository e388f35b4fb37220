"""`python -m benchmarks growth`: what an event costs when the conversation is long already.

Every frame is timed by itself; what counts are the transcript deltas of the last tenth of 10, 100 and 1,000 turns.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from benchmarks.peers import AGENTS_SESSION, REFERENCE, SESSIONS, Peer
from benchmarks.reports import Options, Report
from benchmarks.runner import (
    Measurements,
    Quantity,
    Result,
    install,
    measure,
    of,
    ratios,
    report,
    verdict,
    wall,
)
from benchmarks.streams import stream
from benchmarks.tables import Row, Table, spread

__all__ = ["run"]

TURNS, BRIEF_TURNS = (10, 100, 1000), (2, 4)

Sizes = Mapping[int, Measurements]


def p50(result: Result) -> float:
    return result.delta_p50_us or 0.0


def p99(result: Result) -> float:
    return result.delta_p99_us or 0.0


def p999(result: Result) -> float:
    return result.delta_p999_us or 0.0


PERCENTILES: Mapping[str, Quantity] = {"p50": p50, "p99": p99, "p99.9": p999}


def run(options: Options, peers: Iterable[Peer] = SESSIONS) -> Report:
    chosen = tuple(peer for peer in peers if options.wants(peer.name))
    problems = install(chosen)
    turns = BRIEF_TURNS if options.brief else TURNS
    sizes = {n: measure(chosen, stream(n, "noaudio"), options.rounds, problems, each=True) for n in turns}
    tables = (growth_table(sizes, chosen), tail_table(sizes, chosen))
    return report("growth", tables, compared(sizes, chosen), sizes)


def grown(sizes: Sizes, peer: Peer, quantity: Quantity, *, by: tuple[int, int]) -> list[float]:
    small, large = (of(sizes[turns], peer) for turns in by)
    return ratios(large, small, quantity)


def compared(sizes: Sizes, peers: Iterable[Peer]) -> dict[str, list[float]]:
    """How each peer grows, and what its transcript deltas in the longest conversation are of the AI SDK's."""
    ends, values = (min(sizes), max(sizes)), dict[str, list[float]]()
    longest = sizes[max(sizes)]
    for peer in peers:
        values[f"p50, longest ÷ shortest: {peer.name}"] = grown(sizes, peer, p50, by=ends)
        values[f"mean, longest ÷ shortest: {peer.name}"] = grown(sizes, peer, wall, by=ends)
        for name, each in PERCENTILES.items():
            for below in (REFERENCE, AGENTS_SESSION):
                key = f"{name} in the longest: {peer.name} ÷ {below.name}"
                values[key] = ratios(of(longest, peer), of(longest, below), each)
    return values


def growth_table(sizes: Sizes, peers: Iterable[Peer]) -> Table:
    """The median transcript delta at each size, and how it and the mean of all events grow."""
    ends, times = (min(sizes), max(sizes)), [f"p50 at {turns}, µs" for turns in sizes]
    header = ("turns", *times, *(f"p50 {b} ÷ {a}" for a, b in pairwise(sizes)), "p50 in all", "mean in all", "messages")

    def row(peer: Peer) -> Row:
        each = [of(measured, peer) for measured in sizes.values()]
        steps = [spread(grown(sizes, peer, p50, by=by)) for by in pairwise(sizes)]
        in_all = [spread(grown(sizes, peer, quantity, by=ends)) for quantity in (p50, wall)]
        return (peer.name, *(spread(one.each(p50)) for one in each), *steps, *in_all, verdict(peer, each))

    return Table(header, tuple(row(peer) for peer in peers))


def tail_table(sizes: Sizes, peers: Iterable[Peer]) -> Table:
    """How long the slowest transcript deltas of the longest conversation take, and what that is of the AI SDK's."""
    longest = max(sizes)
    names = [cell for name in PERCENTILES for cell in (f"{name}, µs", f"{name} ÷ AI SDK")]

    def row(peer: Peer) -> Row:
        mine, reference = of(sizes[longest], peer), of(sizes[longest], REFERENCE)
        both = [(mine.each(each), ratios(mine, reference, each)) for each in PERCENTILES.values()]
        return (peer.name, *(spread(values) for pair in both for values in pair))

    return Table((f"transcript delta at {longest} turns", *names), tuple(row(peer) for peer in peers))
