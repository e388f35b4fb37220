"""What holds with a provider and a caller that keep to the protocol, whatever they do and whenever."""

from collections.abc import Callable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.state import SessionState

from ..server_model import MOVES, World

Move = Callable[[World], None]
moves = st.lists(st.sampled_from(MOVES), min_size=20, max_size=80)
worlds = st.builds(World, own_ids=st.booleans())


def after(world: World, steps: Sequence[Move]) -> World:
    for step in steps:
        step(world)
    return world


@given(worlds, moves)
def test_two_responses_are_never_asked_for_at_once(world: World, steps: list[Move]) -> None:
    """Between two requests for a response the provider always says something about the first."""
    after(world, steps).settle()
    assert world.unanswered == 0


@given(worlds, moves)
def test_nothing_gets_stuck(world: World, steps: list[Move]) -> None:
    """When everything that was begun is over nobody has the floor and nothing is awaited."""
    after(world, steps).settle()
    flow = world.state.flow
    assert (world.state.mode, world.state.status) == ("idle", "connected")
    assert (flow.response_id, flow.requested, flow.queued, flow.abandoned) == (None, False, None, False)
    assert (flow.calls, flow.optimistic, flow.speaking_item, flow.user_speaking) == ((), (), None, False)
    assert (world.state.pending_user_transcript, world.state.pending_assistant_transcript) == (None, None)


@given(worlds, moves)
def test_the_conversation_is_the_providers(world: World, steps: list[Move]) -> None:
    """In the end every item is there once, in the provider's order, with the words that were said in it."""
    after(world, steps).settle()
    assert [message.id for message in world.state.messages] == world.shown
    assert {message.id: message.text for message in world.state.messages} == world.words


@given(worlds, moves)
def test_typed_messages_are_always_there_once(world: World, steps: list[Move]) -> None:
    """At every moment there are as many typed messages as were typed, whether or not the provider has echoed them."""
    for step in steps:
        step(world)
        typed = [m for m in world.state.messages if m.role == "user" and not m.id.startswith("spoken")]
        assert len(typed) == world.typed


@given(worlds, moves)
def test_everything_is_settled_in_the_end(world: World, steps: list[Move]) -> None:
    """When everything is over no part streams, no message is in progress, and each call has its answer."""
    after(world, steps).settle()
    assert [m.id for m in world.state.messages if m.status == "in_progress"] == []
    assert [p for m in world.state.messages for p in m.parts if is_open(p)] == []
    assert world.state.usage.total_tokens == world.ends


def is_open(part: object) -> bool:
    return getattr(part, "state", "done") in ("streaming", "input-streaming", "input-available")


@given(worlds, moves, st.integers(0, 60))
def test_a_state_goes_on_from_json(world: World, steps: list[Move], split: int) -> None:
    """A session that is stored and read back in the middle ends like one that was not."""
    other = World(own_ids=world.own_ids)
    for number, step in enumerate(steps):
        if number == split:
            other.state = SessionState.from_json(other.state.to_json())
        step(world)
        step(other)
    assert other.state == world.state
    assert other.inbox == world.inbox
