"""Ten thousand broken frames for each provider of the family: nothing but a ProtocolError, and no state corrupted."""

import json
from typing import Any

import pytest
from msgspec import structs

from realtime_rx.errors import ProtocolError
from realtime_rx.providers import get_provider
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from ..recordings import folder, received
from ..support.manners import MANNERS
from ..support.mutations import mutated
from .cartesia_frames import COMMITTED, TURNS
from .openai_wire.ga_frames import EXAMPLES, frame
from .translation_frames import TRANSLATED

FRAMES = 10_000
CHECKED_EVERY = 1000
FAMILY = [*MANNERS, "openai-transcription", "openai-translation", "cartesia:ink-2", "cartesia:ink-whisper"]


def good_frames(name: str) -> list[dict[str, Any]]:
    """What that provider says: as the test's own servers say it, and as it was recorded."""
    own = {"openai-translation": TRANSLATED, "cartesia:ink-2": TURNS, "cartesia:ink-whisper": COMMITTED}
    if name in own:
        return own[name]
    says = MANNERS[name].says if name in MANNERS else lambda given: [given]
    made = [said for kind in EXAMPLES for said in says(frame(kind))]
    where = folder()
    recorded = [] if where is None else [each for path in sorted(where.glob(f"{name}__*")) for each in received(path)]
    return [*made, *recorded]


@pytest.mark.parametrize("name", FAMILY)
def test_broken_frames_are_survived(name: str) -> None:
    """Whatever comes, decoding raises nothing but ProtocolError, reducing raises nothing, and the state stays whole."""
    provider = get_provider(name)
    codec = provider.codec()
    state = structs.replace(SessionState.initial(max_events=20), capabilities=provider.capabilities)
    understood = 0
    for number, text in enumerate(mutated(good_frames(name), FRAMES, seed=len(name))):
        try:
            events = codec.decode(text, at=float(number))
        except ProtocolError:
            continue
        understood += 1
        for event in events:
            assert event.raw is None or isinstance(event.raw, dict)
            state, _ = reduce(state, event)
        if number % CHECKED_EVERY == 0:
            assert SessionState.from_json(state.to_json()) == state
    assert understood > FRAMES / 10
    assert SessionState.from_json(state.to_json()) == state
    assert len({message.id for message in state.messages}) == len(state.messages)


@pytest.mark.parametrize("name", FAMILY)
def test_good_frames_are_understood(name: str) -> None:
    """What that provider says as it should is events, the same ones each time."""
    frames = [json.dumps(each) for each in good_frames(name)]
    first, again = get_provider(name).codec(), get_provider(name).codec()
    assert [first.decode(each, at=1.0) for each in frames] == [again.decode(each, at=1.0) for each in frames]
