"""What there is to see of the parts of a message: realtime_rx.ui.parts."""

from typing import Any

from realtime_rx.items import AudioPart, ImagePart, Part, TextPart, ToolPart
from realtime_rx.ui import Look, PartViews, PictureView, ToolView, WordsView, fit, part_look, tool_view


def test_words_have_a_look() -> None:
    """The assistant's words are Markdown, anybody's are open while they grow, and what is not known yet is dots."""
    written = part_look(TextPart(text="**Hi**", state="done"), "assistant")
    assert written == WordsView(text="**Hi**", is_open=False, is_spoken=False, is_markdown=True)
    spoken = part_look(AudioPart(state="streaming"), "user")
    assert spoken == WordsView(text="…", is_open=True, is_spoken=True, is_markdown=False)


def test_pictures_and_calls_have_a_look() -> None:
    """A picture has words for who does not see it, and a call looks as it does everywhere."""
    picture = part_look(ImagePart(url="https://a.example/b.png"), "user")
    assert picture == PictureView(url="https://a.example/b.png", alt="Picture from user")
    call = ToolPart(tool_name="look", tool_call_id="1")
    assert part_look(call, "assistant") == tool_view(call)


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


class Label:
    """A framework's view of one part."""

    def __init__(self, look: Look) -> None:
        self.looks: list[Look] = [look]

    def show(self, look: Look) -> None:
        self.looks.append(look)


def test_views_are_made_once_and_then_changed() -> None:
    """Each part has one view, which is shown how later versions of it look; views of no use are given back."""
    views = PartViews("assistant", words=Label, picture=Label, call=Label)
    first = TextPart(text="a")
    assert views.show([first, TextPart(text="b")]) == []
    one, two = views
    views.show([first, TextPart(text="bc")])
    assert [*views] == [one, two]
    assert [len(view.looks) for view in views] == [1, 2]
    assert views.show([first, ToolPart(tool_name="look", tool_call_id="1")]) == [two]
    _, call = views
    assert isinstance(call.looks[0], ToolView)
