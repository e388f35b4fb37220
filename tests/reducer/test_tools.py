"""Tool calls: each is run once and answered once, and the model goes on once."""

import json
from typing import Any

import pytest

from realtime_rx.effects import CallTool, Effect, Notify
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.events import (
    CreateItem,
    CreateResponse,
    Event,
    InterruptRequested,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    McpCallProgress,
    OutputItemAdded,
    OutputItemDone,
    ResponseCreated,
    ResponseDone,
    ToolArgumentsDelta,
    ToolArgumentsDone,
    ToolCallsCancelled,
    ToolFailed,
    ToolReturned,
)
from realtime_rx.items import Item, ToolPart

from ..folding import ANSWERING, CONNECTED, calling, fold, only, part, run, sent, user

BEGUN = OutputItemAdded("r1", calling("f1", "c1", arguments="", status="in_progress"))
DELTAS = (ToolArgumentsDelta("f1", "c1", "r1", '{"a"'), ToolArgumentsDelta("f1", "c1", "r1", ":1}"))
DONE = ToolArgumentsDone("f1", "c1", "r1", "clock", '{"a":1}')
ITEM = OutputItemDone("r1", calling("f1", "c1", arguments='{"a":1}'))
ADDED = ItemAdded(calling("f1", "c1", arguments="", status="in_progress"))
FINISHED = ItemDone(calling("f1", "c1", arguments='{"a":1}'))
END = ResponseDone("r1", items=(calling("f1", "c1", arguments='{"a":1}'),))


def outputs(effects: list[Effect]) -> list[tuple[str, Any]]:
    """The call id and the text of each output that is sent."""
    items = [event.item for event in sent(effects) if isinstance(event, CreateItem)]
    parts = [each for item in items for each in item.parts if isinstance(each, ToolPart)]
    return [(each.tool_call_id, each.output) for each in parts]


def creates(effects: list[Effect]) -> int:
    return sum(isinstance(event, CreateResponse) for event in sent(effects))


@pytest.mark.parametrize(
    "events",
    [
        (BEGUN, *DELTAS, DONE, ITEM, END),
        (BEGUN, DONE, ITEM, END),
        (BEGUN, ADDED, *DELTAS, ITEM, FINISHED, END),
        (BEGUN, ADDED, DONE, FINISHED, ITEM, END),
        (*DELTAS, DONE, END),
        (DONE,),
        (ITEM,),
        (END,),
        (DONE, DONE, ITEM, ITEM, END, END),
    ],
    ids=range(9),
)
def test_a_call_is_made_once(events: tuple[Event, ...]) -> None:
    """However a call's arguments arrive, and however often they are stated, it is made once, with all of them."""
    state, effects = run(ANSWERING, *events)
    assert only(effects, CallTool) == [CallTool("c1", "clock", {"a": 1})]
    call = part(state, "f1")
    assert (call.state, call.arguments, call.input, call.tool_name) == ("input-available", '{"a":1}', {"a": 1}, "clock")


def test_arguments_are_seen_as_they_come() -> None:
    """While its arguments stream a call shows them, and is not made."""
    state, effects = run(ANSWERING, BEGUN, DELTAS[0])
    assert (part(state, "f1").arguments, part(state, "f1").state, effects) == ('{"a"', "input-streaming", [])


def test_arguments_without_a_name_wait_for_it() -> None:
    """Where the arguments' end names no tool (the beta protocol) the call is made when its item says which."""
    state, effects = run(ANSWERING, ToolArgumentsDone("f1", "c1", "r1", None, "{}"))
    assert effects == []
    assert only(run(state, OutputItemDone("r1", calling("f1", "c1")))[1], CallTool) == [CallTool("c1", "clock", {})]


@pytest.mark.parametrize("arguments", ["", "  ", "{}"])
def test_a_tool_may_take_nothing(arguments: str) -> None:
    """Empty arguments are an empty object."""
    _, effects = run(ANSWERING, OutputItemDone("r1", calling("f1", "c1", arguments=arguments)))
    assert only(effects, CallTool) == [CallTool("c1", "clock", {})]


NONSENSE = ['{"a":', "[1]", "5", "null", '"x"', "NaN", '{"a":1e999}', '{"a":' * 100_000, "{'a': 1}", '{"\\ud800":1}']


@pytest.mark.parametrize("arguments", NONSENSE, ids=range(len(NONSENSE)))
def test_arguments_that_are_no_object_are_answered(arguments: str) -> None:
    """A call whose arguments are no JSON object is not made: the model and the listeners are told why."""
    state, effects = run(ANSWERING, OutputItemDone("r1", calling("f1", "c1", arguments=arguments)))
    ((call_id, text),) = outputs(effects)
    assert (call_id, only(effects, CallTool)) == ("c1", [])
    assert "are not a JSON object" in json.loads(text)["error"]
    assert len(text) < 500
    assert [effect.error.code for effect in only(effects, Notify)] == ["invalid_tool_arguments"]
    assert part(state, "f1").state == "output-error"
    assert creates(run(state, ResponseDone("r1"))[1]) == 1


@pytest.mark.parametrize(
    ("output", "text"),
    [("noon", "noon"), (None, "null"), ({"h": 12}, '{"h":12}'), ([1.5, True], "[1.5,true]"), (10**30, str(10**30))],
)
def test_an_output_is_sent_as_text(output: Any, text: str) -> None:
    """Text goes out as it is and data as JSON; the part has the output itself."""
    state, effects = run(ANSWERING, ITEM, ToolReturned("c1", output))
    assert outputs(effects) == [("c1", text)]
    assert (part(state, "f1").state, part(state, "f1").output) == ("output-available", output)


def test_a_failure_is_an_output() -> None:
    """A tool that failed is answered with its error, and whoever listens is told."""
    error = RealtimeErrorInfo(message="no clock", code="tool_failed")
    state, effects = run(ANSWERING, ITEM, ToolFailed("c1", error))
    assert outputs(effects) == [("c1", '{"error":"no clock"}')]
    assert only(effects, Notify) == [Notify(error)]
    assert (part(state, "f1").state, part(state, "f1").error) == ("output-error", "no clock")


def test_an_answer_is_given_once() -> None:
    """A second answer, or one for an unknown call, is not sent."""
    state = fold(ANSWERING, ITEM, ToolReturned("c1", 1))
    for late in (ToolReturned("c1", 2), ToolFailed("c1", RealtimeErrorInfo(message="m")), ToolReturned("c9")):
        assert run(state, late) == (state, [])


ANSWERED_EARLY = (ITEM, ToolReturned("c1", 1), END)
ANSWERED_LATE = (ITEM, END, ToolReturned("c1", 1))


@pytest.mark.parametrize("events", [ANSWERED_EARLY, ANSWERED_LATE], ids=["before the end", "after the end"])
def test_the_model_goes_on_when_the_round_is_over(events: tuple[Event, ...]) -> None:
    """A response is asked for once, when the calling response is over and its call is answered."""
    state, effects = run(ANSWERING, *events[:-1])
    assert (creates(effects), state.mode) == (0, "thinking")
    state, effects = run(state, events[-1])
    assert (creates(effects), state.flow.calls, state.mode) == (1, (), "thinking")
    assert fold(state, ResponseCreated("r2"), ResponseDone("r2")).mode == "idle"


def test_parallel_calls_are_one_round() -> None:
    """Of several calls in one response each is answered, in any order, and one response is asked for at the end."""
    items = [OutputItemDone("r1", calling(f"f{n}", f"c{n}")) for n in range(3)]
    state, effects = run(ANSWERING, *items, ToolReturned("c2", 2), ResponseDone("r1"), ToolReturned("c0", 0))
    assert (outputs(effects), creates(effects)) == ([("c2", "2"), ("c0", "0")], 0)
    state, effects = run(state, ToolReturned("c1", 1))
    assert [type(event).__name__ for event in sent(effects)] == ["CreateItem", "CreateResponse"]
    assert state.flow.calls == ()


def test_the_output_goes_out_before_the_question() -> None:
    """The last output is sent before the response that goes on from it is asked for."""
    _, effects = run(ANSWERING, ITEM, END, ToolReturned("c1", 1))
    assert [type(event).__name__ for event in sent(effects)] == ["CreateItem", "CreateResponse"]


def test_two_rounds_are_two_questions() -> None:
    """A call in the response that goes on from a call leads to a question of its own."""
    state = fold(ANSWERING, ITEM, END, ToolReturned("c1", 1), ResponseCreated("r2"))
    state, effects = run(state, OutputItemDone("r2", calling("f2", "c2")), ResponseDone("r2"), ToolReturned("c2", 2))
    assert (outputs(effects), creates(effects)) == ([("c2", "2")], 1)


def test_a_provider_that_goes_on_by_itself_is_not_asked_twice() -> None:
    """Where another response is active when the last output is in, the question waits for its end."""
    state, effects = run(ANSWERING, ITEM, END, ResponseCreated("auto"), ToolReturned("c1", 1))
    assert creates(effects) == 0
    assert creates(run(state, ResponseDone("auto"))[1]) == 1


def test_calls_of_a_response_that_was_cut_short_ask_nothing() -> None:
    """A call that was made before its response was cancelled is answered, and nothing is asked for after it."""
    state, effects = run(ANSWERING, ITEM, InterruptRequested(), ResponseDone("r1", "cancelled"), ToolReturned("c1", 1))
    assert (outputs(effects), creates(effects), state.mode) == ([("c1", "1")], 0, "idle")


def test_a_call_of_no_response_is_over_with_the_next_one() -> None:
    """A call whose response nobody named belongs to the response that ends next, and holds nothing up after it."""
    state = fold(CONNECTED, ToolArgumentsDone("f1", "c1", None, "clock", "{}"), ToolReturned("c1", 1))
    state, effects = run(state, ResponseCreated("r1"), ResponseDone("r1"))
    assert (state.flow.calls, creates(effects)) == ((), 1)


def test_the_provider_may_take_a_call_back() -> None:
    """A cancelled call is an error, needs no answer any more, and a late answer is not sent."""
    state = fold(ANSWERING, ITEM, OutputItemDone("r1", calling("f2", "c2")), ToolCallsCancelled(("c1", "c9")))
    assert (part(state, "f1").state, part(state, "f1").error) == ("output-error", "cancelled by the provider")
    assert [call.call_id for call in state.flow.calls] == ["c2"]
    assert run(state, ToolReturned("c1", 1))[1] == []


def test_the_last_call_taken_back_ends_the_round() -> None:
    """When the only unanswered call is taken back, deleted or answered elsewhere, the model goes on from the others."""
    state = fold(ANSWERING, ITEM, OutputItemDone("r1", calling("f2", "c2")), ResponseDone("r1"), ToolReturned("c1", 1))
    output = ToolPart(tool_name="", tool_call_id="c2", state="output-available", output="x")
    elsewhere = ItemAdded(Item(id="o1", type="function_call_output", parts=(output,)))
    for gone in (ToolCallsCancelled(("c2",)), ItemDeleted("f2"), elsewhere):
        after, effects = run(state, gone)
        assert (after.flow.calls, creates(effects)) == ((), 1)


def mcp(state: str = "input-streaming", **fields: Any) -> Item:
    call = ToolPart(tool_name="search", tool_call_id="m1", provider_executed=True, state=state, **fields)  # type: ignore[arg-type]
    return Item(id="m1", type="function_call", status="completed", parts=(call,))


def test_the_provider_runs_its_own_calls() -> None:
    """An MCP call is shown from its first argument to its output, and is neither run nor answered by us."""
    begun = OutputItemAdded("r1", mcp())
    arguments = (ToolArgumentsDelta("m1", None, "r1", '{"q"'), ToolArgumentsDone("m1", None, "r1", None, '{"q":1}'))
    state, effects = run(ANSWERING, begun, *arguments)
    assert part(state, "m1").arguments == '{"q":1}'
    state, more = run(state, McpCallProgress("m1", "in_progress"), McpCallProgress("m1", "completed"))
    assert (part(state, "m1").state, part(state, "m1").input) == ("input-available", {"q": 1})
    done = mcp("output-available", arguments='{"q":1}', output="found")
    state, last = run(state, OutputItemDone("r1", done), ResponseDone("r1", items=(done,)))
    assert (part(state, "m1").state, part(state, "m1").output, part(state, "m1").input) == (
        "output-available",
        "found",
        {"q": 1},
    )
    assert (effects + more + last, state.mode) == ([], "idle")


def test_a_provider_call_may_fail() -> None:
    """A failed MCP call is an error by its progress, and by its item with the provider's words."""
    state = fold(ANSWERING, OutputItemAdded("r1", mcp()), McpCallProgress("m1", "failed"))
    assert (part(state, "m1").state, part(state, "m1").error) == ("output-error", "the call failed")
    state = fold(state, OutputItemDone("r1", mcp("output-error", error="no route")))
    assert part(state, "m1").error == "no route"


def test_progress_of_no_call_spoils_no_words() -> None:
    """A call's events for an item that is a message leave its words alone."""
    state = fold(ANSWERING, ItemAdded(user("u1", "Hi")))
    confused = (
        McpCallProgress("u1", "in_progress"),
        McpCallProgress("u1", "failed"),
        ToolArgumentsDelta("u1", "c", "r1", "{"),
        ToolArgumentsDone("u1", "c", "r1", "clock", "{}"),
    )
    after, effects = run(state, *confused)
    assert (after.messages is state.messages, effects) == (True, [])


def test_a_call_far_back_is_still_found() -> None:
    """A call is answered however many messages came after it."""
    state = fold(ANSWERING, ITEM, *(ItemAdded(Item(id=f"u{n}", role="user")) for n in range(200)))
    assert part(fold(state, ToolReturned("c1", 1)), "f1").output == 1
