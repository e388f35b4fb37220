"""Items: where they stand and what they hold."""

import pytest

from realtime_rx.events import (
    AudioCommitted,
    ConnectRequested,
    ConversationCreated,
    CreateItem,
    DisconnectRequested,
    EventSubmitted,
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemRetrieved,
    ItemTruncated,
    OutputItemAdded,
    OutputItemDone,
    ResponseDone,
    SessionCreated,
    TextDelta,
    ToolReturned,
    TranscriptDelta,
)
from realtime_rx.items import AudioPart, Item, TextPart, ToolPart

from ..folding import ANSWERING, CONNECTED, calling, fold, ids, message, part, spoken, user

OTHER = Item(id="m1", type="other")


def test_items_stand_behind_the_one_they_name() -> None:
    """An item stands behind its previous item, whenever it comes."""
    state = fold(CONNECTED, ItemAdded(user("a", "1")), ItemAdded(user("c", "3"), "a"), ItemAdded(user("b", "2"), "a"))
    assert ids(state) == ["a", "b", "c"]


def test_an_item_can_move() -> None:
    """A message that came before its place was known goes to its place, forwards and backwards."""
    state = fold(ANSWERING, TextDelta("z", "r1", delta="!"), ItemAdded(user("a")), ItemAdded(user("b"), "a"))
    assert ids(state) == ["a", "b", "z"]
    assert ids(fold(state, ItemAdded(spoken("z"), "a"))) == ["a", "z", "b"]
    assert ids(fold(state, ItemAdded(spoken("a"), "z"))) == ["b", "z", "a"]
    assert ids(fold(state, ItemAdded(spoken("a"), "a"))) == ["a", "b", "z"]


def test_null_is_the_first_place_once() -> None:
    """A null previous item means the first place the first time, and nothing afterwards (Azure and xAI)."""
    state = fold(CONNECTED, ItemAdded(user("a")), ItemAdded(spoken("b"), None), ItemAdded(spoken("c"), None))
    assert ids(state) == ["a", "b", "c"]


def test_null_goes_before_what_came_without_a_place() -> None:
    """The first item goes before messages that were shown earlier on this connection."""
    state = fold(ANSWERING, TextDelta("z", "r1", delta="!"), AudioCommitted("a"))
    assert ids(state) == ["a", "z"]


def test_an_unknown_place_moves_nothing() -> None:
    """An item behind one that nobody knows, or with no place at all (xAI), stays where it came."""
    state = fold(CONNECTED, ItemAdded(user("a")), ItemAdded(user("b"), "nobody"), ItemAdded(user("c"), placed=False))
    assert ids(state) == ["a", "b", "c"]


def test_an_item_may_stand_behind_one_that_is_no_message() -> None:
    """An item behind a tool's output stands behind the message that the output stands behind."""
    output = Item(id="o1", type="function_call_output", parts=(ToolPart(tool_name="", tool_call_id="c1"),))
    state = fold(CONNECTED, ItemAdded(calling("f1", "c1")), EventSubmitted(CreateItem(user("u9", "later"))))
    state = fold(state, ItemAdded(output, "f1"), ItemAdded(OTHER, "o1"), ItemAdded(user("u2", "2"), "m1"))
    assert ids(state) == ["f1", "u2", "u9"]
    assert ids(fold(state, ItemAdded(user("u9", "later"), "u2"))) == ["f1", "u2", "u9"]


def test_few_hidden_items_are_remembered() -> None:
    """However many tools answer, only the last few of their outputs are remembered."""
    outputs = [ItemAdded(Item(id=f"o{n}", type="function_call_output"), "u1") for n in range(50)]
    state = fold(CONNECTED, ItemAdded(user("u1", "1")), *outputs, outputs[-1])
    assert state.flow.hidden == tuple((f"o{n}", "u1") for n in range(34, 50))


def test_a_new_connection_goes_on_behind_the_old_one() -> None:
    """The first item of a new connection stands behind everything of the earlier ones."""
    state = fold(CONNECTED, ItemAdded(user("a", "1")), ItemAdded(user("b", "2"), "a"), DisconnectRequested())
    state = fold(
        state, ConnectRequested(), SessionCreated("sess_2"), TextDelta("z", "r", delta="!"), ItemAdded(user("c"))
    )
    assert ids(state) == ["a", "b", "c", "z"]


def test_a_deleted_item_is_gone() -> None:
    """A deleted item leaves the conversation, and deleting it again changes nothing."""
    state = fold(CONNECTED, ItemAdded(user("a")), ItemAdded(user("b"), "a"), ItemDeleted("a"))
    assert ids(state) == ["b"]
    assert fold(state, ItemDeleted("a")).messages is state.messages


def test_a_deleted_call_waits_for_nobody() -> None:
    """When a call's item is deleted its output is no longer waited for."""
    state = fold(ANSWERING, OutputItemDone("r1", calling("f1", "c1")), ItemDeleted("f1"), ResponseDone("r1"))
    assert (state.mode, state.flow.calls) == ("idle", ())


def test_a_truncated_item_keeps_its_words() -> None:
    """What was heard is noted in milliseconds, the message is interrupted, and no word is lost."""
    state = fold(ANSWERING, TranscriptDelta("a1", "r1", delta="I am speaking"), ItemTruncated("a1", 0, 800))
    assert part(state, "a1") == AudioPart(transcript="I am speaking", heard_ms=800, state="streaming")
    assert message(state, "a1").interrupted
    done = fold(state, OutputItemDone("r1", spoken("a1", "I am speaking", "incomplete")))
    assert part(done, "a1") == AudioPart(transcript="I am speaking", heard_ms=800)


@pytest.mark.parametrize("index", [0, 5, -1])
def test_only_sound_can_be_truncated(index: int) -> None:
    """A truncation of a part that is no sound, or is not there, changes no message."""
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="x"))
    assert fold(state, ItemTruncated("a1", index, 800)).messages is state.messages


def test_a_finished_item_is_settled() -> None:
    """When an item is done its words are done and it has the provider's status."""
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="x"), OutputItemDone("r1", spoken("a1", status="incomplete")))
    assert (part(state, "a1"), message(state, "a1").status) == (TextPart(text="x"), "incomplete")
    state = fold(ANSWERING, TextDelta("a1", "r1", delta="x"), ItemDone(spoken("a1", status=None)))
    assert message(state, "a1").status == "completed"


def test_the_first_final_status_holds() -> None:
    """An item that is described again does not go back to being in progress."""
    state = fold(ANSWERING, ItemAdded(spoken("a1", status="incomplete")), ItemAdded(spoken("a1", status="in_progress")))
    assert message(state, "a1").status == "incomplete"
    assert message(fold(state, ItemAdded(spoken("a1", status="completed"))), "a1").status == "incomplete"


def test_a_retrieved_item_fills_its_message() -> None:
    """An item that was asked for brings the words that were missing, and is made where it was not known."""
    state = fold(CONNECTED, AudioCommitted("u1"), ItemRetrieved(user("u1", "Hello")), ItemRetrieved(spoken("a1", "Hi")))
    assert [each.text for each in state.messages] == ["Hello", "Hi"]


def test_an_item_is_described_many_times() -> None:
    """The same item in all its events is one message, and the time it first came is its time."""
    item = spoken("a1", "Hi")
    state = fold(
        ANSWERING,
        OutputItemAdded("r1", spoken("a1", status="in_progress"), at=3.0),
        ItemAdded(spoken("a1", status="in_progress"), at=4.0),
        ItemDone(item, at=5.0),
        OutputItemDone("r1", item, at=6.0),
        ResponseDone("r1", items=(item,), at=7.0),
    )
    assert [(m.text, m.created_at, m.response_id, m.status) for m in state.messages] == [("Hi", 3.0, "r1", "completed")]


def test_nothing_new_is_no_change() -> None:
    """An item that is described again as it is known leaves the messages the same object."""
    item = spoken("a1", "Hi")
    state = fold(ANSWERING, ItemAdded(item), OutputItemDone("r1", item))
    for event in (ItemDone(item), OutputItemAdded("r1", item), ItemRetrieved(item), ItemAdded(item)):
        assert fold(state, event).messages is state.messages


def test_items_that_nobody_reads_are_no_messages() -> None:
    """Items of type other and outputs of unknown calls make no message."""
    output = ToolPart(tool_name="", tool_call_id="c9", state="output-available", output="x")
    events = (
        ItemAdded(OTHER),
        ItemDone(OTHER),
        OutputItemAdded("r1", OTHER),
        OutputItemDone("r1", OTHER),
        ItemAdded(Item(id="o1", type="function_call_output", parts=(output,))),
        ItemAdded(Item(id="o2", type="function_call_output")),
        ResponseDone("r1", items=(OTHER,)),
    )
    assert ids(fold(ANSWERING, *events)) == []


def test_an_output_of_somebody_else_answers_the_call() -> None:
    """An output that stands in the conversation answers its call, and the call waits for nobody any more."""
    output = ToolPart(tool_name="", tool_call_id="c1", state="output-available", output="noon")
    echoed = ItemAdded(Item(id="o1", type="function_call_output", parts=(output,)), "f1")
    state = fold(ANSWERING, OutputItemDone("r1", calling("f1", "c1")), ResponseDone("r1"), echoed)
    assert (part(state, "f1").state, part(state, "f1").output, state.mode) == ("output-available", "noon", "idle")


def test_our_own_output_is_known_already() -> None:
    """The echo of an output that we gave does not replace it by its text."""
    state = fold(ANSWERING, OutputItemDone("r1", calling("f1", "c1")), ToolReturned("c1", {"h": 12}))
    output = ToolPart(tool_name="", tool_call_id="c1", state="output-available", output='{"h":12}')
    state = fold(state, ItemDone(Item(id="o1", type="function_call_output", parts=(output,))))
    assert part(state, "f1").output == {"h": 12}


def test_who_said_it_is_known_without_a_role() -> None:
    """An item without a role is the assistant's where a response made it or it is a call, and else the user's."""
    bare = Item(id="x")
    assert message(fold(CONNECTED, ItemAdded(bare)), "x").role == "user"
    assert message(fold(ANSWERING, OutputItemAdded("r1", bare)), "x").role == "assistant"
    assert message(fold(CONNECTED, ItemAdded(calling("f1", "c1"))), "f1").role == "assistant"


def test_an_empty_id_is_an_id() -> None:
    """Items without an id are no reason to fail."""
    state = fold(CONNECTED, ItemAdded(user("", "x")), EventSubmitted(CreateItem(user("", "y"))), ConversationCreated())
    assert len(state.messages) == 1
