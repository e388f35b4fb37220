"""What holds with connections that are lost at any moment, whatever was going on."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.policies import ReconnectPolicy

from ..folding import CONNECTED
from ..server_model import LOSSES, World
from ..watched_model import STEPS, WORLDS

Move = Callable[[World], None]
moves = st.lists(st.sampled_from(LOSSES), min_size=20, max_size=80)
TIRELESS = replace(CONNECTED, reconnect=ReconnectPolicy(attempts=1_000, lifetime=1_000))


NAMING = replace(TIRELESS, capabilities=Capabilities(client_item_ids=False))
"""A provider that gives ids of its own."""


def after(steps: Sequence[Move], own_ids: bool = False) -> World:
    world = World(state=NAMING if own_ids else TIRELESS, own_ids=own_ids)
    for step in steps:
        step(world)
    return world


@given(moves, st.booleans())
def test_nothing_gets_stuck(steps: list[Move], own_ids: bool) -> None:
    """However often the connection is lost, when everything is over nobody has the floor and nothing is awaited."""
    world = after(steps, own_ids)
    world.settle()
    flow = world.state.flow
    assert (world.state.mode, world.state.status) == ("idle", "connected")
    assert (flow.response_id, flow.requested, flow.queued, flow.held) == (None, False, None, ())
    assert (flow.calls, flow.optimistic, flow.speaking_item, flow.restoring) == ((), (), None, False)


@given(moves)
def test_every_message_is_there_once(steps: list[Move]) -> None:
    """No loss costs or doubles a message: in the end all that was shown is there, with its words."""
    world = after(steps)
    world.settle()
    ids = [message.id for message in world.state.messages]
    assert len(ids) == len(set(ids))
    assert set(ids) >= set(world.shown)
    typed = [message.id for message in world.state.messages if message.id.startswith("typed")]
    assert len(typed) == world.typed
    for message in world.state.messages:
        words = world.words.get(message.id, message.text)
        # What nobody wanted to hear any more may lack its last words.
        assert words.startswith(message.text)
        assert words == message.text or message.status == "incomplete"


@given(moves)
def test_everything_is_settled_in_the_end(steps: list[Move]) -> None:
    """When everything is over no part streams, no message is in progress, and each call has its answer."""
    world = after(steps)
    world.settle()
    assert [message.id for message in world.state.messages if message.status == "in_progress"] == []
    open_states = ("streaming", "input-streaming", "input-available")
    parts = [part for message in world.state.messages for part in message.parts]
    assert [part for part in parts if getattr(part, "state", "done") in open_states] == []


@given(st.lists(st.sampled_from(LOSSES), min_size=10, max_size=30))
def test_ids_of_the_providers_own_double_nothing(steps: list[Move]) -> None:
    """A provider that names what it is told anew has each message once, and so have we."""
    world = after(steps, own_ids=True)
    world.settle()
    ids = [message.id for message in world.state.messages]
    assert len(ids) == len(set(ids))
    assert set(ids) == set(world.shown)


@given(st.sampled_from(sorted(WORLDS)), st.lists(st.sampled_from(STEPS), max_size=20))
def test_what_nobody_interrupts_is_answered(provider: str, steps: list[str]) -> None:
    """A question that nobody interrupts is answered, and none that was interrupted is asked again, whatever is lost."""
    world = WORLDS[provider]()
    for step in (*steps, "wonder"):
        getattr(world, step)()
    world.settle()
    assert world.wishes == set()
