"""Views of a state."""

import json

from realtime_rx.events import OutputItemAdded, OutputItemDone, ToolArgumentsDelta, ToolReturned
from realtime_rx.items import AudioPart, ImagePart, TextPart, ToolApproval, ToolPart
from realtime_rx.selectors import last_message, pending_tool_calls, to_ui_messages, transcript, turns
from realtime_rx.sequences import Thread
from realtime_rx.state import Message, SessionState

from .folding import ANSWERING, calling, fold


def said(message_id: str, text: str, response_id: str | None = None) -> Message:
    role = "user" if response_id is None else "assistant"
    return Message(id=message_id, role=role, parts=(TextPart(text=text),), response_id=response_id)


def state_of(*messages: Message) -> SessionState:
    return SessionState(messages=Thread(messages))


def test_the_last_message_is_the_last() -> None:
    """The last message of a conversation is found, and of an empty one there is none."""
    assert last_message(SessionState()) is None
    last = last_message(state_of(said("a", "1"), said("b", "2")))
    assert last is not None
    assert last.id == "b"


def test_a_transcript_is_who_said_what() -> None:
    """A transcript has the words in order and leaves out messages without words."""
    state = state_of(said("u", "Hi"), Message(id="t", role="assistant"), said("a", "Hello", "r1"))
    assert transcript(state) == (("user", "Hi"), ("assistant", "Hello"))


def test_one_response_is_one_turn() -> None:
    """Neighbouring messages of one response are one turn; messages of no response never are."""
    messages = [said("u1", "1"), said("u2", "2"), said("a", "3", "r1"), said("b", "4", "r1"), said("c", "5", "r2")]
    assert [[message.id for message in turn] for turn in turns(messages)] == [["u1"], ["u2"], ["a", "b"], ["c"]]


def test_calls_that_wait_are_pending() -> None:
    """A call is pending from when its arguments are complete until it is answered."""
    begun = fold(ANSWERING, OutputItemAdded("r1", calling("f1", "c1", arguments="", status="in_progress")))
    assert pending_tool_calls(begun) == ()
    made = fold(begun, ToolArgumentsDelta("f1", "c1", "r1", "{}"), OutputItemDone("r1", calling("f1", "c1")))
    assert [part.tool_call_id for part in pending_tool_calls(made)] == ["c1"]
    assert pending_tool_calls(fold(made, ToolReturned("c1", 1))) == ()


def test_ui_messages_are_one_for_each_turn() -> None:
    """The items of one response are one UI message under the first item's id."""
    state = state_of(
        said("u", "Hi"),
        said("a", "Let me look. ", "r1"),
        Message(id="t", role="assistant", parts=(call("input-available", input={"a": 1}),), response_id="r1"),
    )
    assert to_ui_messages(state) == [
        {"id": "u", "role": "user", "parts": [{"type": "text", "text": "Hi", "state": "done"}]},
        {
            "id": "a",
            "role": "assistant",
            "parts": [
                {"type": "text", "text": "Let me look. ", "state": "done"},
                {
                    "type": "dynamic-tool",
                    "toolName": "f",
                    "toolCallId": "c",
                    "state": "input-available",
                    "input": {"a": 1},
                },
            ],
        },
    ]


def call(state: str, **fields: object) -> ToolPart:
    return ToolPart(tool_name="f", tool_call_id="c", state=state, **fields)  # type: ignore[arg-type]


def ui(part: TextPart | AudioPart | ImagePart | ToolPart) -> dict[str, object]:
    ((only,),) = (m["parts"] for m in to_ui_messages(state_of(Message(id="m", role="assistant", parts=(part,)))))
    return only


def test_ui_words_say_whether_more_will_come() -> None:
    """Spoken words are UI text by their transcript, with the state of the part."""
    assert ui(AudioPart(transcript="Hel", state="streaming")) == {"type": "text", "text": "Hel", "state": "streaming"}


def test_ui_pictures_are_files() -> None:
    """A picture is a UI file with its URL, or with its data as a URL."""
    assert ui(ImagePart(url="https://example.org/a.png", mime_type="image/webp")) == {
        "type": "file",
        "mediaType": "image/webp",
        "url": "https://example.org/a.png",
    }
    assert ui(ImagePart(data="AAAA"))["url"] == "data:image/png;base64,AAAA"


def test_ui_calls_have_what_their_state_has() -> None:
    """A UI tool part has input, output and error text exactly in the states that have them."""
    assert ui(call("input-streaming", arguments='{"a')).keys() == {"type", "toolName", "toolCallId", "state"}
    assert ui(call("output-available", input={}, output=[1]))["output"] == [1]
    failed = ui(call("output-error", input={}, error="no luck"))
    assert failed["errorText"] == "no luck"
    assert "output" not in failed
    assert ui(call("output-error"))["errorText"] == "the call failed"
    assert ui(call("input-available", provider_executed=True))["providerExecuted"] is True


def test_ui_messages_say_what_was_cut_short() -> None:
    """An interrupted message has that in its UI message's metadata, and others have no metadata."""
    cut = Message(id="a", role="assistant", parts=(TextPart(text="I"),), interrupted=True)
    first, second = to_ui_messages(state_of(cut, said("u", "stop")))
    assert first["metadata"] == {"interrupted": True}
    assert "metadata" not in second


def test_ui_messages_are_json() -> None:
    """UI messages are made of JSON's types alone."""
    state = state_of(said("u", "é"), Message(id="t", role="assistant", parts=(call("output-available", output=None),)))
    assert json.loads(json.dumps(to_ui_messages(state))) == to_ui_messages(state)


def test_ui_calls_say_what_was_asked_and_said() -> None:
    """A UI tool part has its approval in the states in which the AI SDK knows one, and says what is preliminary."""
    asked, refused = ToolApproval(id="c"), ToolApproval(id="c", approved=False, reason="no")
    assert ui(call("approval-requested", input={}, approval=asked))["approval"] == {"id": "c"}
    assert ui(call("output-denied", input={}, approval=refused))["approval"] == {
        "id": "c",
        "approved": False,
        "reason": "no",
    }
    assert "approval" not in ui(call("output-error", input={}, approval=asked))
    assert ui(call("output-available", input={}, output=1, preliminary=True))["preliminary"] is True
    assert "preliminary" not in ui(call("output-available", input={}, output=1))


def test_ui_calls_are_followed_by_their_pictures() -> None:
    """The pictures of a tool's output are UI files behind its part."""
    shown = call("output-available", input={}, output=None, images=(ImagePart(data="AAAA"),))
    ((message),) = to_ui_messages(state_of(Message(id="m", role="assistant", parts=(shown,))))
    assert [part["type"] for part in message["parts"]] == ["dynamic-tool", "file"]
