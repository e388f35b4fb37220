"""What comes of calls: progress, pictures, turns; and one output for each, in whatever order things happen."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from realtime_rx.effects import CallTool, CancelTool, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CreateItem,
    ItemAdded,
    ItemDone,
    OutputItemDone,
    ResponseDone,
    SessionCreated,
    ToolApprovalRequested,
    ToolApproved,
    ToolCallsCancelled,
    ToolFailed,
    ToolProgressed,
    ToolRejected,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.items import ImagePart, Item, TextPart, ToolPart
from realtime_rx.selectors import pending_tool_calls, running_tool_calls
from realtime_rx.state import SessionState

from ..folding import ANSWERING, calling, drop, fold, ids, only, part, run, sent, user
from .test_tools import creates, outputs

ITEM = OutputItemDone("r1", calling("f1", "c1"))
MADE = fold(ANSWERING, ITEM)
PICTURE = ImagePart.of(b"png")
SEEING = replace(MADE, capabilities=replace(MADE.capabilities, image_input=True))
INSIDE = replace(MADE, capabilities=replace(MADE.capabilities, image_input=True, images_in_outputs=True))


def test_a_tool_at_work_is_seen() -> None:
    """A call waits for its tool's turn until the tool starts, and runs until it is answered."""
    assert running_tool_calls(MADE) == ()
    state = fold(MADE, ToolStarted("c1"))
    assert running_tool_calls(state) == pending_tool_calls(state) == (part(state, "f1"),)
    assert fold(state, ToolStarted("c1")) is state
    assert fold(state, ToolStarted("c9")) is state
    assert running_tool_calls(fold(state, ToolReturned("c1", 1))) == ()


def test_progress_is_a_preliminary_output() -> None:
    """How far a tool got is its part's output for now, and the model is told of the last one alone."""
    state, effects = run(MADE, ToolProgressed("c1", {"done": 1}), ToolProgressed("c1", {"done": 2}))
    call = part(state, "f1")
    assert (call.state, call.output, call.preliminary, effects) == ("output-available", {"done": 2}, True, [])
    assert pending_tool_calls(state) == (call,)
    state, effects = run(state, ToolReturned("c1", {"done": 3}))
    assert (part(state, "f1").output, part(state, "f1").preliminary) == ({"done": 3}, False)
    assert outputs(effects) == [("c1", '{"done":3}')]
    assert fold(state, ToolProgressed("c1", 4)) is state


def test_a_failure_ends_progress() -> None:
    """A tool that fails, or is taken back, on its way leaves no output behind."""
    state = fold(MADE, ToolProgressed("c1", 1))
    for end in (ToolFailed("c1", RealtimeErrorInfo(message="no")), ToolCallsCancelled(("c1",))):
        call = part(fold(state, end), "f1")
        assert (call.state, call.output, call.preliminary) == ("output-error", None, False)


def test_what_is_preliminary_is_not_history() -> None:
    """A call that is under way when its connection is lost is told when it is done, not with its progress."""
    state = fold(MADE, ToolProgressed("c1", 1), ResponseDone("r1"))
    state, effects = run(state, drop(state), SessionCreated("sess_2", at=101.0))
    assert outputs(effects) == []
    assert outputs(run(state, ToolReturned("c1", 2))[1])[-1] == ("c1", "2")


def test_pictures_are_shown_beside_the_output() -> None:
    """A tool's pictures follow its output in a message of their own, before the model is asked to go on."""
    state = fold(SEEING, ResponseDone("r1"))
    state, effects = run(state, ToolReturned("c1", {"type": "image"}, (PICTURE,)))
    output, shown, _ = sent(effects)
    assert isinstance(output, CreateItem)
    assert isinstance(shown, CreateItem)
    assert (output.item.type, shown.item.role, shown.item.id) == ("function_call_output", "user", "rx_pic_c1")
    assert [type(each) for each in shown.item.parts] == [TextPart, ImagePart]
    assert (creates(effects), part(state, "f1").images) == (1, (PICTURE,))


def test_the_echo_of_pictures_is_no_message() -> None:
    """The provider's echo of such a message is not what the user said, and what follows it has its place."""
    state = fold(SEEING, ToolReturned("c1", None, (PICTURE,)))
    echo = Item(id="rx_pic_c1", role="user", parts=(PICTURE,))
    state = fold(state, ItemAdded(echo, "f1"), ItemDone(echo), ItemAdded(user("u9", "Thanks"), "rx_pic_c1"))
    assert ids(state) == ["f1", "u9"]


def test_pictures_survive_a_lost_connection() -> None:
    """A new connection is shown the pictures again, once, even if they came while nobody listened."""
    while_away = fold(SEEING, ResponseDone("r1"))
    before = fold(while_away, ToolReturned("c1", None, (PICTURE,)))
    for state in (fold(before, drop(before)), fold(while_away, drop(while_away), ToolReturned("c1", None, (PICTURE,)))):
        _, effects = run(state, SessionCreated("sess_2", at=101.0))
        items = [event.item.id for event in sent(effects) if isinstance(event, CreateItem)]
        assert items.count("rx_pic_c1") == 1


def test_pictures_may_stand_in_the_output() -> None:
    """Where outputs hold pictures they go out in it, and nothing stands beside it."""
    _, effects = run(INSIDE, ToolReturned("c1", None, (PICTURE,)))
    (output,) = (event for event in sent(effects) if isinstance(event, CreateItem))
    (told,) = output.item.parts
    assert isinstance(told, ToolPart)
    assert told.images == (PICTURE,)


def test_pictures_that_cannot_be_shown_are_spoken_of() -> None:
    """Where no pictures are taken the output is sent without them, and whoever listens is told."""
    _, effects = run(MADE, ToolReturned("c1", None, (PICTURE,)))
    assert len(outputs(effects)) == 1
    assert [effect.error.code for effect in only(effects, Notify)] == ["unsupported_image"]


MOVES = ("make", "start", "progress", "return", "fail", "ask", "approve", "reject", "cancel", "end", "drop", "greet")


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 2)), max_size=40))
def test_each_call_has_one_output(moves: list[tuple[str, int]]) -> None:
    """In whatever order tools, people, the provider and the network act, each call is answered once on a connection."""
    state, answered, cancelled = ANSWERING, dict[str, int](), set[str]()
    made = set[str]()
    for number, (move, which) in enumerate(moves):
        call_id = f"c{which}"
        state, effects = run(state, *events(state, move, which, float(100 + number), made))
        made |= {effect.call_id for effect in only(effects, CallTool)}
        cancelled |= {effect.call_id for effect in only(effects, CancelTool)}
        if move in ("drop", "greet"):
            answered = {}
        for each, _ in outputs_of_calls(effects):
            answered[each] = answered.get(each, 0) + 1
        assert max(answered.values(), default=0) <= 1
        assert move != "return" or call_id not in cancelled or not outputs(effects)
    unanswered = [call.tool_call_id for call in pending_tool_calls(state)]
    state, effects = run(state, *(ToolReturned(each, 1) for each in unanswered))
    assert pending_tool_calls(state) == ()
    told = [part.tool_call_id for message in state.messages for part in message.parts if isinstance(part, ToolPart)]
    assert set(told) <= made
    assert all(part.is_settled for message in state.messages for part in message.parts if isinstance(part, ToolPart))


def outputs_of_calls(effects: Any) -> list[tuple[str, Any]]:
    items = [event.item for event in sent(effects) if isinstance(event, CreateItem)]
    parts = [each for item in items if item.type == "function_call_output" for each in item.parts]
    return [(each.tool_call_id, each.output) for each in parts if isinstance(each, ToolPart)]


def events(state: SessionState, move: str, which: int, at: float, made: set[str]) -> list[Any]:
    call_id = f"c{which}"
    match move:
        case "make":
            return [] if call_id in made else [OutputItemDone("r1", calling(f"f{which}", call_id), at=at)]
        case "end":
            return [ResponseDone("r1", at=at)]
        case "drop":
            return [drop(state, at=at)]
        case "greet":
            return [SessionCreated("again", at=at)] if state.status == "reconnecting" else []
        case "fail":
            return [ToolFailed(call_id, RealtimeErrorInfo(message="no"), at=at)]
        case "cancel":
            return [ToolCallsCancelled((call_id,), at=at)]
        case _:
            return [LOCAL[move](call_id, at=at)]


LOCAL: dict[str, Any] = {
    "start": ToolStarted,
    "progress": ToolProgressed,
    "return": ToolReturned,
    "ask": ToolApprovalRequested,
    "approve": ToolApproved,
    "reject": ToolRejected,
}


def test_outputs_are_json() -> None:
    """An output that is an error is an object that says so."""
    _, effects = run(MADE, ToolFailed("c1", RealtimeErrorInfo(message="no")))
    assert json.loads(outputs(effects)[0][1]) == {"error": "no"}
