"""The reducer, the arbiter and the mending of connections as one machine: what holds after every single step."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from

from realtime_rx.items import ToolPart

from ..watched_model import STEPS, WORLDS

TAKEN = {"steps": 0}
"""How many steps were taken altogether."""


class Conversation(RuleBasedStateMachine):
    """Every move is allowed at every moment; what would make no sense does nothing."""

    def __init__(self, provider: str) -> None:
        super().__init__()
        self.world = WORLDS[provider]()

    @rule(move=sampled_from(STEPS))
    def moves(self, move: str) -> None:
        getattr(self.world, move)()

    @invariant()
    def each_message_is_there_once(self) -> None:
        ids = [message.id for message in self.world.state.messages]
        assert len(ids) == len(set(ids))

    @invariant()
    def each_call_has_one_part(self) -> None:
        parts = [part for message in self.world.state.messages for part in message.parts]
        calls = [part.tool_call_id for part in parts if isinstance(part, ToolPart)]
        assert len(calls) == len(set(calls))

    @invariant()
    def nothing_is_sent_while_nobody_listens(self) -> None:
        flow = self.world.state.flow
        if flow.restoring:
            assert not flow.requested
            assert self.world.unanswered == 0

    def teardown(self) -> None:
        """From wherever it is, there is a way to rest."""
        world = self.world
        world.settle()
        TAKEN["steps"] += world.steps
        flow = world.state.flow
        assert (world.state.mode, world.state.status) == ("idle", "connected")
        assert (flow.response_id, flow.requested, flow.queued, flow.held) == (None, False, None, ())
        assert (flow.calls, flow.optimistic, flow.speaking_item) == ((), (), None)
        assert set(world.shown) <= {message.id for message in world.state.messages}
        assert world.wishes == set(), "a question that nobody interrupted was not answered"


def run(provider: str, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: Conversation(provider),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("provider", WORLDS)
def test_every_step_keeps_the_rules(provider: str) -> None:
    """After every step of any conversation the rules hold, and from everywhere there is a way to rest."""
    run(provider, 100, 50)


@pytest.mark.slow
@pytest.mark.parametrize("provider", WORLDS)
def test_so_do_a_hundred_thousand_steps(provider: str) -> None:
    """More than fifty thousand steps with each provider keep the rules."""
    before = TAKEN["steps"]
    run(provider, 1_000, 80)
    assert TAKEN["steps"] - before > 50_000
