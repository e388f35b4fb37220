"""`python -m benchmarks frames`: from a frame to the new state, told to those who watch it; no socket.

All peers get the same generated frames of 100 turns, with the sound and without it, each round in a fresh process. A
Python peer's CPU time is its thread's, a JavaScript peer's the process's: V8 collects its garbage on other threads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.generator import Kind
from benchmarks.peers import (
    AGENTS_SESSION,
    PEERS,
    REFERENCE,
    REFERENCE_AUDIO,
    SESSION,
    SESSION_AUDIO,
    SESSION_AUDIO_PLAIN,
    Peer,
)
from benchmarks.reports import Options, Report
from benchmarks.runner import (
    Measurements,
    Quantity,
    cpu,
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

TURNS, BRIEF_TURNS = 100, 4
DECODED = (SESSION_AUDIO, SESSION_AUDIO_PLAIN, REFERENCE_AUDIO)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Peers on one kind of stream, beside one of us and one AI SDK that do the same work."""

    title: str
    kind: Kind
    ours: Peer
    reference: Peer
    peers: tuple[Peer, ...]


PLAIN = tuple(peer for peer in PEERS if peer not in DECODED)
COMPARISONS = (
    Comparison("full", "full", SESSION, REFERENCE, PLAIN),
    Comparison("audio decoded", "full", SESSION_AUDIO, REFERENCE_AUDIO, DECODED),
    Comparison("noaudio", "noaudio", SESSION, REFERENCE, PLAIN),
)


def run(options: Options, peers: Iterable[Peer] = PEERS) -> Report:
    chosen = tuple(peer for peer in peers if options.wants(peer.name))
    problems = install(chosen)
    turns = BRIEF_TURNS if options.brief else TURNS
    streams = [stream(turns, kind) for kind in ("full", "noaudio")]
    kinds = {frames.kind: measure(chosen, frames, options.rounds, problems) for frames in streams}
    tables = tuple(table(comparison, kinds[comparison.kind], turns, chosen) for comparison in COMPARISONS)
    return report("frames", tables, compared(kinds), kinds, turns=turns)


def compared(kinds: Mapping[Kind, Measurements]) -> dict[str, list[float]]:
    """The ratio of each peer to the AI SDK that does the same work, and ours to openai-agents."""
    pairs = [(each, peer, each.reference) for each in COMPARISONS for peer in each.peers if peer is not each.reference]
    pairs += [(each, each.ours, AGENTS_SESSION) for each in COMPARISONS if AGENTS_SESSION in each.peers]
    return {
        f"{each.title}: {above.name} ÷ {below.name}": ratio(kinds[each.kind], above, below)
        for each, above, below in pairs
    }


def ratio(measured: Measurements, above: Peer, below: Peer, quantity: Quantity = wall) -> list[float]:
    return ratios(of(measured, above), of(measured, below), quantity)


def table(comparison: Comparison, measured: Measurements, turns: int, peers: Sequence[Peer]) -> Table:
    """Microseconds an event, and what that is of the AI SDK's and of ours."""
    header = (f"{comparison.title}, {turns} turns", "µs/event", "÷ AI SDK", "CPU ÷ AI SDK", "÷ realtime-rx", "messages")
    rows = [row(comparison, measured, peer) for peer in comparison.peers if peer in peers]
    return Table(header, tuple(rows))


def row(comparison: Comparison, measured: Measurements, peer: Peer) -> Row:
    reference, ours, mine = comparison.reference, comparison.ours, of(measured, peer)
    return (
        peer.name,
        spread(mine.each(wall)),
        spread(ratio(measured, peer, reference)),
        spread(ratio(measured, peer, reference, cpu)),
        spread(ratio(measured, peer, ours)),
        verdict(peer, [mine]),
    )
