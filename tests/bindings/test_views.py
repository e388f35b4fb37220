"""What there is to show of messages: realtime_rx.ui.views."""

from typing import Any

from realtime_rx.items import ImagePart, TextPart, ToolPart
from realtime_rx.state import Message
from realtime_rx.ui import MessageViews


def message(id: str, text: str = "Hello", *, growing: bool = False, **fields: Any) -> Message:
    part = TextPart(text=text, state="streaming" if growing else "done")
    status = "in_progress" if growing else "completed"
    return Message(**{"id": id, "role": "assistant", "parts": (part,), "status": status, **fields})


def test_what_grows_is_apart() -> None:
    """A message to which words are added stands with those behind it; the ones before are the same tuple as before."""
    shown, old = MessageViews(), message("a")
    shown.show((old, message("b", "Hel", growing=True), message("c")))
    settled = shown.settled
    assert [view.id for view in settled] == ["a"]
    assert [(view.id, view.text) for view in shown.growing] == [("b", "Hel"), ("c", "Hello")]
    shown.show((old, message("b", "Hello", growing=True), message("c")))
    assert shown.settled is settled
    assert shown.growing[0].text == "Hello"


def test_what_has_grown_settles() -> None:
    """A message that is done goes to the settled ones, whose views are the same objects."""
    shown, old = MessageViews(), message("a")
    shown.show((old, message("b", growing=True)))
    before = shown.settled[0]
    shown.show((old, message("b")))
    assert [view.id for view in shown.settled] == ["a", "b"]
    assert shown.settled[0] is before
    assert shown.growing == ()


def test_what_is_heard_grows() -> None:
    """The transcript of what the user said last is added to though the message is complete; that of an earlier one,
    which may never end, keeps nothing from being settled."""
    shown = MessageViews()
    heard = [message(id, growing=True, role="user", status="completed") for id in ("a", "b")]
    shown.show((*heard, message("c")))
    assert [view.id for view in shown.settled] == ["a"]
    assert [view.id for view in shown.growing] == ["b", "c"]


def test_nothing_is_shown_of_nothing() -> None:
    """A message without words, pictures and tools is not shown yet."""
    shown = MessageViews()
    shown.show((message("a", ""),))
    assert (shown.settled, shown.growing) == ((), ())


def test_a_tool_that_waits_asks() -> None:
    """A call that waits for approval says so, and one that is done says what came of it."""
    waits = ToolPart(tool_name="order", tool_call_id="1", state="approval-requested", input={"topping": "olives"})
    done = ToolPart(tool_name="order", tool_call_id="2", state="output-available", output="Here it is")
    shown = MessageViews()
    shown.show((message("a", parts=(waits, done)),))
    first, second = shown.settled[0].tools
    assert (first.asks, first.title, first.detail) == (True, "order waits for your approval", "olives")
    assert (second.asks, second.verdict, second.outcome) == (False, "Output", "Here it is")


def test_pictures_and_notes() -> None:
    """A picture is shown by its address, an interrupted message says that it was."""
    shown = MessageViews()
    shown.show((message("a", parts=(ImagePart(url="https://a.example/b.png"),), interrupted=True),))
    assert shown.settled[0].pictures == ("https://a.example/b.png",)
    assert shown.settled[0].note == "Interrupted"
