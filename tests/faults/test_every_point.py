"""Whatever goes wrong, at whichever frame: the conversation is had, once, or the session says why not."""

import asyncio
from collections.abc import Iterable

import pytest

from realtime_rx.state import SessionState

from ..support.waiting import tasks
from .injected import ENDINGS, FINAL, NONSENSE, SILENCE
from .scripted import Fault, Plan, Strike
from .talking import FINALLY, Clock, conversation, told

AT_ONCE = 12
HANGING_AT_ONCE = 36
"""Who hangs does nothing but wait for a ping."""
DIRECTIONS = ("says", "hears")
FAULTS = {**ENDINGS, **NONSENSE, **SILENCE}
LATER = (1, 3, 8)
"""How many frames behind the first fault the second one strikes."""

Outcome = tuple[Plan, SessionState, Clock]


async def points() -> list[tuple[str, int]]:
    """Every frame of the undisturbed conversation, in both directions."""
    plan = Plan()
    state, clock = await conversation(plan)
    check(plan, state, clock)
    return [(direction, at + 1) for direction in DIRECTIONS for at in range(plan.frames[direction])]


async def outcomes(plans: Iterable[Plan], at_once: int = AT_ONCE) -> list[Outcome]:
    """Each plan's conversation; a few are had at once."""
    room = asyncio.Semaphore(at_once)

    async def one(plan: Plan) -> Outcome:
        async with room:
            return plan, *await conversation(plan)

    return await asyncio.gather(*map(one, plans))


def check(plan: Plan, state: SessionState, clock: Clock) -> None:
    """The conversation was had: every message once, nothing open, the tool called once."""
    where = [(strike.direction, strike.at) for strike in plan.struck]
    assert (state.status, told(state)) == ("connected", list(FINALLY)), where
    assert clock.calls == 1, where
    assert_settled(state)


def assert_settled(state: SessionState) -> None:
    ids = [message.id for message in state.messages]
    assert len(ids) == len(set(ids))
    assert [message.id for message in state.messages if message.status == "in_progress"] == []
    parts = [part for message in state.messages for part in message.parts]
    assert {getattr(part, "state", "done") for part in parts} <= {"done", "output-available", "output-error"}


async def test_there_are_points_enough() -> None:
    """The conversation has connecting, a written turn, a tool and an interrupted answer in it: more than 60 frames."""
    found = await points()
    assert len(found) > 60
    assert len(found) * len(FAULTS) > 900


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_the_conversation_survives(fault: Fault) -> None:
    """A fault at any frame costs no message and doubles none, and leaves no task and no socket behind."""
    plans = [Plan((Strike(fault, *point),)) for point in await points()]
    for plan, state, clock in await outcomes(plans, HANGING_AT_ONCE if fault in SILENCE.values() else AT_ONCE):
        assert plan.struck
        check(plan, state, clock)
    assert tasks() == set()


@pytest.mark.parametrize("name", FINAL)
async def test_what_is_final_is_told(name: str) -> None:
    """A close that no other dial mends ends the session with its reason, and what was said is there, settled."""
    plans = [Plan((Strike(FINAL[name], *point),)) for point in await points()]
    for _, state, clock in await outcomes(plans):
        had = told(state)
        assert had == list(FINALLY)[: len(had)]
        assert clock.calls <= 1
        assert_settled(state)
        if had != list(FINALLY):
            assert (state.status, state.error and state.error.code) == ("error", f"close_{name}")
    assert tasks() == set()


@pytest.mark.slow
@pytest.mark.parametrize("second", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("first", ["dies"])
async def test_it_survives_another_fault_on_the_way_back(first: str, second: Fault) -> None:
    """A second fault, at any frame soon after the first one, costs and doubles nothing either."""
    plans = [
        Plan((Strike(FAULTS[first], direction, at), Strike(second, "says", at + later)))
        for direction, at in await points()
        for later in LATER
        if direction == "says"
    ]
    for plan, state, clock in await outcomes(plans):
        check(plan, state, clock)
    assert tasks() == set()
