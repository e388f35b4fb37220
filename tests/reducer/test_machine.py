"""The reducer, the arbiter and the mending of connections as one machine: what holds after every single step."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.effects import Send
from realtime_rx.events import ClientEvent, CreateItem, Event, TruncateItem, UpdateSession
from realtime_rx.items import Item, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ..folding import CONNECTED
from ..server_model import LOSSES, World

TIRELESS = replace(CONNECTED, reconnect=ReconnectPolicy(attempts=10_000, lifetime=10_000))
STEPS = {"done": 0}
"""How many steps were taken altogether."""


@dataclass(slots=True)
class Watched(World):
    """A world that looks at everything that is sent."""

    outputs: Counter[tuple[int, str]] = field(default_factory=Counter[tuple[int, str]])

    def tell(self, event: Event) -> None:
        before = self.state
        _, effects = reduce(before, event)
        for effect in effects:
            if isinstance(effect, Send):
                self.look(effect.event, before)
        World.tell(self, event)
        STEPS["done"] += 1

    def look(self, sent: ClientEvent, before: SessionState) -> None:
        assert self.is_there or isinstance(sent, UpdateSession), "something was sent while nobody was there"
        match sent:
            case TruncateItem(item_id=item_id):
                assert item_id not in before.flow.restored, "a restored item was truncated"
            case CreateItem(item=Item(type="function_call_output", parts=(ToolPart(tool_call_id=call_id), *_))):
                self.outputs[before.connection, call_id] += 1
                assert self.outputs[before.connection, call_id] == 1, "a call was answered twice"
            case _:
                pass


class Conversation(RuleBasedStateMachine):
    """Every move is allowed at every moment; what would make no sense does nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.world = Watched(state=TIRELESS, **options)

    @rule(move=sampled_from(LOSSES))
    def moves(self, move: Any) -> None:
        move(self.world)

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
        flow = world.state.flow
        assert (world.state.mode, world.state.status) == ("idle", "connected")
        assert (flow.response_id, flow.requested, flow.queued, flow.held) == (None, False, None, ())
        assert (flow.calls, flow.optimistic, flow.speaking_item) == ((), (), None)
        assert set(world.shown) <= {message.id for message in world.state.messages}


class Naming(Conversation):
    """The same with a provider that gives ids of its own."""

    def __init__(self) -> None:
        super().__init__(own_ids=True)
        self.world.state = replace(TIRELESS, capabilities=Capabilities(client_item_ids=False))


def run(machine: type[Conversation], examples: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
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


@pytest.mark.parametrize("machine", [Conversation, Naming])
def test_every_step_keeps_the_rules(machine: type[Conversation]) -> None:
    """After every step of any conversation the rules hold, and from everywhere there is a way to rest."""
    run(machine, 100, 50)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Conversation, Naming])
def test_so_do_a_hundred_thousand_steps(machine: type[Conversation]) -> None:
    """More than fifty thousand steps of each machine keep the rules."""
    before = STEPS["done"]
    run(machine, 1_200, 100)
    assert STEPS["done"] - before > 50_000
