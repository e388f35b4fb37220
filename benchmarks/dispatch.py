"""`python -m benchmarks dispatch`: the store by itself: eight threads at once, and what its streams cost.

Threads: each of eight dispatches events with its number and a count. Flooding, as fast as they can: that none is lost
and none overtakes another of its thread, and how long a call takes. Paced, 500 a second each: how long until the
subscriber is told. Streams: the same frames through the reducer with two plain functions told, through a store with two
subscribers, and through one with twenty more.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field

from benchmarks.environments import tell
from benchmarks.peers import CALLBACKS, STORE, STORE_11
from benchmarks.peers.ours import FURTHER, ignore
from benchmarks.reports import Options, Report, figures, versions
from benchmarks.runner import Measured, Measurements, as_json, cpu, measure, of, percentile, problems_of, verdict
from benchmarks.streams import stream
from benchmarks.tables import Row, Table, spread
from realtime_rx.events import Event, ProviderEvent
from realtime_rx.store import Store

__all__ = ["flood", "pace", "run"]

THREADS, FLOOD, BRIEF_FLOOD = 8, 100_000, 1_000
PACED, BRIEF_PACED, RATE = 2_000, 100, 500
TURNS, BRIEF_TURNS = 100, 4
SHARES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


@dataclass(slots=True)
class Watch:
    """What one subscriber was told: how many, how many out of turn, and how old each was."""

    told: int = 0
    overtaken: int = 0
    ages_us: list[float] = field(default_factory=list[float])
    _last: dict[str, int] = field(default_factory=dict[str, int])

    def see(self, event: Event) -> None:
        now = time.perf_counter()
        assert isinstance(event, ProviderEvent)
        assert event.event_id is not None
        count = int(event.event_id)
        self.told += 1
        self.overtaken += self._last.get(event.raw_type, -1) + 1 != count
        self._last[event.raw_type] = count
        self.ages_us.append((now - event.at) * 1e6)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of eight threads; `calls_us` and `ages_us` are percentiles, from 50 to 99.9."""

    dispatched: int
    lost: int
    overtaken: int
    seconds: float
    calls_us: tuple[float, ...]
    ages_us: tuple[float, ...]


def run(options: Options) -> Report:
    rounds = range(1, options.rounds + 1)
    floods = [threads(flood, BRIEF_FLOOD if options.brief else FLOOD, f"flood {number}") for number in rounds]
    paced = [threads(pace, BRIEF_PACED if options.brief else PACED, f"paced {number}") for number in rounds]
    frames = stream(BRIEF_TURNS if options.brief else TURNS, "noaudio")
    measured = measure((CALLBACKS, STORE, STORE_11), frames, options.rounds, {})
    return Report(
        "dispatch",
        (threads_table(floods, paced), streams_table(measured)),
        figures(compared(floods, paced, measured)),
        {"flood": [asdict(each) for each in floods], "paced": [asdict(each) for each in paced]} | as_json(measured),
        problems_of([measured]),
        versions("reactivex"),
    )


def threads(way: Callable[[Store, str, int], list[float]], count: int, title: str) -> Run:
    """Have eight threads dispatch so many events each, in this way, into one store."""
    tell(f"-> {THREADS} threads, {count} dispatches each: {title}")
    store, watch, calls = Store(), Watch(), list[float]()
    store.states.subscribe(ignore)
    store.server_events.subscribe(watch.see)
    workers = [
        threading.Thread(target=lambda name: calls.extend(way(store, name, count)), args=(str(number),))
        for number in range(THREADS)
    ]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds, lost = time.perf_counter() - start, THREADS * count - watch.told
    return Run(THREADS * count, lost, watch.overtaken, seconds, shares(calls), shares(watch.ages_us))


def flood(store: Store, name: str, count: int) -> list[float]:
    """Dispatch without a pause; how long each call took, in microseconds."""
    return [timed(store, name, number) for number in range(count)]


def pace(store: Store, name: str, count: int) -> list[float]:
    """Dispatch `RATE` events a second."""
    due, calls = time.perf_counter(), list[float]()
    for number in range(count):
        due += 1 / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        calls.append(timed(store, name, number))
    return calls


def timed(store: Store, name: str, number: int) -> float:
    start = time.perf_counter()
    store.dispatch(ProviderEvent(name, event_id=str(number), at=start))
    return (time.perf_counter() - start) * 1e6


def shares(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(percentile(values, share) or 0.0 for share in SHARES.values())


def compared(floods: Sequence[Run], paced: Sequence[Run], measured: Measurements) -> dict[str, list[float]]:
    callbacks, store, more = (of(measured, peer) for peer in (CALLBACKS, STORE, STORE_11))
    return {
        "lost": [each.lost for each in (*floods, *paced)],
        "overtaken": [each.overtaken for each in (*floods, *paced)],
        "flood, call p99, µs": [each.calls_us[1] for each in floods],
        "paced, call p99, µs": [each.calls_us[1] for each in paced],
        "paced, told p99, µs": [each.ages_us[1] for each in paced],
        "streams over plain callbacks, µs": differences(store, callbacks),
        "each further subscriber, µs": [each / FURTHER / 2 for each in differences(more, store)],
    }


def differences(above: Measured, below: Measured) -> list[float]:
    """In CPU time: a difference of two wall times is mostly what else the machine did."""
    return [a - b for a, b in zip(above.each(cpu), below.each(cpu), strict=False)]


def threads_table(floods: Iterable[Run], paced: Iterable[Run]) -> Table:
    header = ("8 threads", "dispatches", "lost", "overtaken", "dispatches/s", *(f"call {s}, µs" for s in SHARES))
    header = (*header, *(f"told after, {s}, µs" for s in SHARES))
    ways = {"flooding": list(floods), f"paced, {RATE}/s each": list(paced)}
    return Table(header, tuple(threads_row(name, runs) for name, runs in ways.items()))


def threads_row(name: str, runs: Sequence[Run]) -> Row:
    calls = [spread([each.calls_us[i] for each in runs], 1) for i in range(len(SHARES))]
    ages = [spread([each.ages_us[i] for each in runs], 1) for i in range(len(SHARES))]
    counts = (sum(each.dispatched for each in runs), sum(e.lost for e in runs), sum(e.overtaken for e in runs))
    return (name, *map(str, counts), spread([e.dispatched / e.seconds for e in runs], 0), *calls, *ages)


def streams_table(measured: Measurements) -> Table:
    rows: list[Row] = []
    for peer in (CALLBACKS, STORE, STORE_11):
        one = measured[peer.name]
        rows.append((peer.name, spread(one.each(cpu)), verdict(peer, [one])))
    return Table(("noaudio", "CPU µs/event", "messages"), tuple(rows))
