"""What there is to show of messages and tool calls: realtime_rx.ui.views."""

from typing import Any

from realtime_rx.items import ImagePart, Part, TextPart, ToolPart
from realtime_rx.state import Message
from realtime_rx.ui import MessageViews, fit, tool_view


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


def test_a_call_that_gets_on_is_busy() -> None:
    """A call that says how far it got is running, and shows that; without a name it is a tool."""
    part = ToolPart(tool_name="", tool_call_id="1", state="output-available", output="Kneading", preliminary=True)
    shown = tool_view(part)
    assert (shown.busy, shown.title, shown.detail) == (True, "tool is running", "Kneading")
    assert (shown.verdict, shown.outcome) == ("So far", "Kneading")


class Pane:
    """Shows one part."""

    def __init__(self, part: Part) -> None:
        self.part: Any = part
        self.updates = 0

    def update(self, part: Any) -> None:
        self.part = part
        self.updates += 1


def test_a_part_keeps_its_view() -> None:
    """A part that is the same object is left alone, another version of it updates its view, a new one gets its own."""
    panes: list[Pane] = []
    first, second = TextPart(text="a"), TextPart(text="b")
    assert fit(panes, [first, second], Pane) == []
    one, two = panes
    assert fit(panes, [first, TextPart(text="bc"), TextPart(text="d")], Pane) == []
    assert panes[:2] == [one, two]
    assert [pane.updates for pane in panes] == [0, 1, 0]


def test_another_kind_of_part_gets_another_view() -> None:
    """Where a part of another kind has come, its view and those behind it are made anew; what is left over goes."""
    panes: list[Pane] = []
    words, call = TextPart(text="a"), ToolPart(tool_name="look", tool_call_id="1")
    fit(panes, [words, words, words], Pane)
    one, two, three = panes
    assert fit(panes, [words, call], Pane) == [two, three]
    assert [pane.part for pane in panes] == [words, call]
    assert panes[0] is one
    assert [pane.part for pane in fit(panes, [], Pane)] == [words, call]
