"""`python -m benchmarks.instructions`: how much work each kind of event is, counted instead of timed.

Counted are the bytecode instructions of Python that run and the functions that are called, those in C included, on the
way of each event of the generated stream: `decode` is from its frame to the event, `dispatch` from there to a store
with an observer of its states and one of its events. These counts are the same in every run on the same minor version
of Python, however busy the machine is. `baselines/` has them for each version; more than 15 % above is a failure.
"""

import argparse
import gc
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeAlias

from benchmarks.generator import Conversation, Mix, frames
from realtime_rx.effects import CallTool
from realtime_rx.events import ConnectRequested, Event, OutputAttached, PlaybackDrained, ResponseDone, ToolReturned
from realtime_rx.providers import get_provider
from realtime_rx.store import Store

__all__ = ["baseline", "Cost", "Costs", "grown", "main", "measured", "RENEW"]

Baseline: TypeAlias = dict[str, dict[str, int]]

BASELINES = Path(__file__).parent / "baselines"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TOLERANCE = 1.15
TURNS = 4  # the fourth one calls two tools
MIX = Mix(audio_bytes=1920, audio_deltas=20)
RENEW = "Where that is meant, `make baseline` accepts it; it writes the file of the Python that runs it."


@dataclass(slots=True)
class Cost:
    """What one part of the way of all events of a kind was."""

    events: int = 0
    instructions: int = 0
    calls: int = 0


@dataclass(slots=True)
class Costs:
    """By part and kind of event: `decode AudioDelta`. `busiest` are the functions of each, with their instructions."""

    parts: dict[str, Cost] = field(default_factory=dict[str, Cost])
    busiest: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    @contextmanager
    def counting(self, part: str) -> Iterator[None]:
        """Count what runs in here as one event of this part."""
        run: Counter[CodeType] = Counter()
        called = 0

        def on_profile(_frame: FrameType, kind: str, _argument: Any) -> None:
            nonlocal called
            called += kind in ("call", "c_call")

        def on_trace(frame: FrameType, kind: str, _argument: Any) -> Any:
            if kind == "call":
                # Python 3.13 tells of a frame's instructions only where the frame has its tracer already.
                frame.f_trace = on_trace
                frame.f_trace_opcodes, frame.f_trace_lines = True, False
            elif kind == "opcode":
                run[frame.f_code] += 1
            return on_trace

        before = sys.gettrace(), sys.getprofile()
        sys.setprofile(on_profile)
        sys.settrace(on_trace)
        try:
            yield
        finally:
            sys.settrace(before[0])
            sys.setprofile(before[1])
            self._add(part, run, called)

    def _add(self, part: str, run: Counter[CodeType], called: int) -> None:
        cost = self.parts.setdefault(part, Cost())
        cost.events += 1
        cost.instructions += run.total()
        cost.calls += called
        busiest = self.busiest.setdefault(part, Counter())
        for code, instructions in run.items():
            busiest[code.co_qualname] += instructions


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the garbage collector: others may have functions that it calls."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def measured(wrapped: Callable[[Store], Any] = lambda store: store) -> Costs:
    """What the events of the stream cost in a store with two observers; `wrapped` may put something before it.

    It runs twice, and the second time is what counts: the first may have found caches empty.
    """
    with undisturbed():
        converse(Costs(), wrapped)
        costs = Costs()
        converse(costs, wrapped)
    return costs


def converse(costs: Costs, wrapped: Callable[[Store], Any]) -> None:
    codec = get_provider("openai:gpt-realtime").codec()
    calls: list[CallTool] = []
    store = Store(run_effect=lambda effect: calls.append(effect) if isinstance(effect, CallTool) else None)
    store.states.subscribe(ignore)
    store.server_events.subscribe(ignore)
    store.dispatch(ConnectRequested())
    store.dispatch(OutputAttached())
    dispatch = wrapped(store).dispatch

    def dispatched(event: Event) -> None:
        with costs.counting(f"dispatch {type(event).__name__}"):
            dispatch(event)

    for frame in frames(Conversation(mix=MIX), TURNS, "full"):
        data = frame.encode()
        kind = type(codec.decode(data)[0]).__name__
        with costs.counting(f"decode {kind}"):
            (event,) = codec.decode(data)
        dispatched(event)
        while calls:
            dispatched(ToolReturned(calls.pop().call_id, {"ok": True}))
        if isinstance(event, ResponseDone):
            dispatched(PlaybackDrained())


def ignore(_: object) -> None:
    """An observer that costs nothing."""


def baseline_path() -> Path:
    return BASELINES / f"python-{VERSION}.json"


def baseline() -> Baseline | None:
    """What the events may cost on this version of Python; None where nobody has measured that."""
    path = baseline_path()
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def grown(costs: Costs, known: Baseline) -> list[str]:
    """What costs more than the baseline allows: a line for each part, with the functions that it is made of."""
    lines = [f"{part} is not in the baseline" for part in sorted(costs.parts.keys() - known.keys())]
    for part in sorted(costs.parts.keys() & known.keys()):
        for measure in ("instructions", "calls"):
            cost, then = asdict(costs.parts[part]), known[part][measure] / known[part]["events"]
            now = cost[measure] / cost["events"]
            if now > TOLERANCE * then:
                lines.append(
                    f"{part}: {now:.0f} {measure}, not {then:.0f} (+{now / then - 1:.0%}): {made_of(costs, part)}"
                )
    return lines


def made_of(costs: Costs, part: str) -> str:
    events = costs.parts[part].events
    return ", ".join(f"{name} {count / events:.0f}" for name, count in costs.busiest[part].most_common(6))


def table(costs: Costs) -> str:
    rows = sorted(costs.parts.items(), key=lambda row: -row[1].instructions)
    lines = [f"{'':40} events  instructions  calls"]
    lines += [f"{part:40} {c.events:6} {c.instructions / c.events:13.0f} {c.calls / c.events:6.1f}" for part, c in rows]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--renew", action="store_true", help="accept what is measured as the baseline")
    renew, costs, known = parser.parse_args().renew, measured(), baseline()
    print(table(costs))
    if renew:
        rows = {part: asdict(cost) for part, cost in sorted(costs.parts.items())}
        BASELINES.mkdir(exist_ok=True)
        baseline_path().write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        return 0
    if known is None:
        print(f"\nThere is no baseline for Python {VERSION}.")
        return 0
    lines = grown(costs, known)
    print("\n".join(["", *lines, RENEW] if lines else ["", "Nothing costs more than the baseline allows."]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
