"""The work of each kind of event, counted: it is the same each time, and more of it is noticed."""

from dataclasses import asdict

import pytest

from benchmarks.instructions import RENEW, Costs, baseline, grown, measured
from realtime_rx.events import Event
from realtime_rx.state import SessionState
from realtime_rx.store import Store


@pytest.fixture(scope="module")
def costs() -> Costs:
    return measured()


class Comparing:
    """A store behind something that looks at each field of the state before and after each event."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dispatch(self, event: Event) -> None:
        before = self.fields()
        self._store.dispatch(event)
        assert before.keys() == self.fields().keys()

    def fields(self) -> dict[str, int]:
        return {name: id(getattr(self._store.state, name)) for name in SessionState.__struct_fields__}


def test_no_kind_of_event_costs_more_than_its_baseline(costs: Costs) -> None:
    """Nothing on the way of an event takes 15 % more bytecode instructions or calls than is written down."""
    known = baseline()
    if known is None:
        pytest.skip("nobody has measured this version of Python: `make baseline` does")
    lines = grown(costs, known)
    assert not lines, "\n".join(["events cost more than they did:", *lines, RENEW])


def test_the_counts_are_the_same_each_time(costs: Costs) -> None:
    """Two runs count exactly the same instructions and calls."""
    assert measured().parts == costs.parts


def test_a_slower_store_is_noticed(costs: Costs) -> None:
    """Something put before the store is more than its baseline allows, for each event; it is said what it is."""
    known = {part: asdict(cost) for part, cost in costs.parts.items()}
    lines = grown(measured(Comparing), known)
    assert {line.split(":")[0] for line in lines} == {part for part in costs.parts if part.startswith("dispatch")}
    assert any("dispatch TranscriptDelta" in line and "Comparing.fields" in line for line in lines)


def test_an_event_that_is_new_is_missed_in_the_baseline(costs: Costs) -> None:
    """What the baseline does not have is named: it has no bound yet."""
    known = {part: asdict(cost) for part, cost in costs.parts.items() if part != "decode AudioDelta"}
    assert grown(costs, known) == ["decode AudioDelta is not in the baseline"]


def test_the_length_of_a_sound_does_not_count(costs: Costs) -> None:
    """The sound of an audio delta is passed on by a handful of calls, whatever its length."""
    cost = costs.parts["decode AudioDelta"]
    assert cost.calls / cost.events < 40
