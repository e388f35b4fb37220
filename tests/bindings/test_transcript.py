"""The conversation as elements: realtime_rx_nicegui.transcript and parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from nicegui import ui
from realtime_rx_nicegui import Transcript, transcript, use_realtime

from realtime_rx import ImagePart, RealtimeSession, tool

from ..support.frames import error, text_turn, tool_turn
from ..support.memory import Wire, connected
from ..support.waiting import becomes
from .pages import Site, site

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
URL = "https://elsewhere.example/?secret"
PICTURES = (
    *(f"![a cat]({URL})", f"!![a cat]({URL})", f"Look!!![a cat](<{URL}> 'a \"cat\"')", f"\\![a cat]({URL})"),
    *(f"![a cat][1]\n\n[1]: {URL}", f"!![1][]\n\n[1]: {URL}", f"[![a cat]({URL})]({URL})", f"&#33;[a cat]({URL})"),
)


class Shown:
    """A transcript on a page, the session it shows, and the wire to say things on."""

    def __init__(self, wire: Wire, session: RealtimeSession, pages: Site) -> None:
        self.pages = pages
        self.wire = wire
        self.session = session
        self.transcript: Transcript | None = None

    def page(self) -> None:
        self.transcript = transcript(use_realtime(self.session, max_hz=1_000))

    @property
    def root(self) -> Transcript:
        assert self.transcript is not None
        return self.transcript

    def having(self, css: str) -> list[ui.element]:
        """The elements with that class that are visible, in their order."""
        return [each for each in self.root.descendants() if css in each.classes and each.visible]

    def words(self, css: str) -> list[str]:
        return [str(getattr(each, "text", None) or getattr(each, "content", "")) for each in self.having(css)]


@asynccontextmanager
async def shown(*frames: Any, **options: Any) -> AsyncIterator[Shown]:
    """A page with a transcript of what the provider said in these frames."""
    async with site() as pages:
        wire = Wire()
        session = await connected(wire, **options)
        it = Shown(wire, session, pages)
        await pages.open(it.page)
        wire.say(*frames)
        yield it
        assert pages.raised == []
        await session.aclose()


async def test_words_grow_in_one_label() -> None:
    """While a text streams, one label gets longer and no element is made; when it is done, it is typeset once."""
    turn = text_turn("One **two** three")
    async with shown(*turn[:4]) as page:
        await becomes(lambda: page.words("rt-text") == ["One"])
        (label,) = page.having("rt-text")
        count = len(list(page.root.descendants()))
        page.wire.say(*turn[4:6])
        await becomes(lambda: page.words("rt-text") == ["One **two** three"])
        assert page.having("rt-text") == [label]
        assert len(list(page.root.descendants())) == count
        page.wire.say(*turn[6:])
        await becomes(lambda: page.having("rt-markdown"))
        assert page.words("rt-markdown") == ["<p>One <strong>two</strong> three</p>\n"]
        assert page.having("rt-text") == []


async def test_a_delta_leaves_the_other_messages_alone() -> None:
    """A new message leaves the elements of the messages before it as they are."""
    async with shown(*text_turn("First")) as page:
        await becomes(lambda: page.having("rt-markdown"))
        (first,) = page.having("rt-markdown")
        page.wire.say(*text_turn("Second", response_id="resp_2", item_id="item_2"))
        await becomes(lambda: len(page.having("rt-markdown")) == 2)
        assert page.having("rt-markdown")[0] is first


async def test_html_in_a_text_is_shown_as_it_is_written() -> None:
    """HTML that a user or a model writes is text: in the label, and in what is typeset."""
    async with shown() as page:
        page.session.send_text_message(HOSTILE, respond=False)
        page.wire.say(*text_turn(HOSTILE))
        await becomes(lambda: page.having("rt-markdown"))
        assert page.words("rt-text") == [HOSTILE]
        (html,) = page.words("rt-markdown")
        assert "<img" not in html
        assert "<script" not in html
        assert "&lt;img" in html


@pytest.mark.parametrize("picture", PICTURES)
async def test_a_picture_in_a_text_is_a_link(picture: str) -> None:
    """A picture in a model's Markdown becomes one link, however it is written: it is not fetched from an address that
    the model made up."""
    async with shown(*text_turn(f"See {picture}")) as page:
        await becomes(lambda: page.having("rt-markdown"))
        (html,) = page.words("rt-markdown")
        assert "<img" not in html
        assert f'href="{URL}"' in html
        assert html.count("<a ") == 1


async def test_code_stays_as_it_is_written() -> None:
    """In code that a model writes an exclamation mark before a bracket is no picture, and stays."""
    async with shown(*text_turn("Say `vec![1](2)`")) as page:
        await becomes(lambda: page.having("rt-markdown"))
        assert "<code>vec![1](2)</code>" in page.words("rt-markdown")[0]


async def test_words_survive_the_renderer() -> None:
    """A text that the Markdown renderer cannot cope with, or that is very long, is shown as it was written."""
    nested, long = "> " * 4_000, "long " * 2_000
    turns = text_turn(nested), text_turn(long, response_id="resp_2", item_id="item_2")
    async with shown(*turns[0], *turns[1]) as page:
        await becomes(lambda: page.words("rt-text") == [nested, long])
        assert page.having("rt-markdown") == []


async def test_a_tool_call_is_a_row() -> None:
    """A tool call shows its name and arguments while it runs, and its output when it is there."""
    async with shown(*tool_turn(("call_1", "get_weather", '{"city":"Paris"}')), on_tool_call=lambda _: None) as page:
        await becomes(lambda: page.having("rt-tool"))
        (row,) = page.having("rt-tool")
        assert row.props["data-state"] == "input-available"
        assert page.words("rt-tool-name") == ["get_weather"]
        assert page.words("rt-tool-brief") == ["Paris"]
        assert page.words("rt-code") == ['{"city": "Paris"}']
        page.session.add_tool_output("call_1", {"celsius": 21})
        await becomes(lambda: row.props["data-state"] == "output-available")
        assert page.words("rt-tool-title") == ["Arguments", "Output"]
        assert page.words("rt-code")[1] == '{"celsius": 21}'


async def test_a_failed_tool_call_says_why() -> None:
    """A tool call that failed shows its error, closed and opened."""
    async with shown(*tool_turn(("call_1", "look", "{}")), on_tool_call=lambda _: None) as page:
        await becomes(lambda: page.having("rt-tool"))
        page.session.add_tool_output("call_1", error="no such place")
        await becomes(lambda: page.words("rt-tool-title") == ["Arguments", "Error"])
        assert page.words("rt-tool-brief") == ["no such place"]
        assert page.words("rt-code")[1] == "no such place"


async def test_a_tool_asks_to_be_allowed() -> None:
    """A tool that needs approval is open and asks for it; what a visitor clicks is said, and the question is gone."""
    go_on = asyncio.Event()

    @tool(needs_approval=True)
    async def bake(kind: str) -> AsyncIterator[Any]:
        """Bake."""
        yield "kneading"
        await go_on.wait()
        yield ImagePart(data="QUJD")

    async with shown(*tool_turn(("call_1", "bake", '{"kind":"rye"}')), tools=[bake]) as page:
        await becomes(lambda: page.having("rt-tool-ask"))
        (row,) = page.having("rt-tool")
        assert (row.props["data-state"], row.props["open"]) == ("approval-requested", True)
        assert row.props["aria-label"] == "Tool bake waits for your approval"
        page.pages.visitor.find("Allow").click()
        await becomes(lambda: page.words("rt-tool-title") == ["Arguments", "So far"])
        assert (row.props["data-busy"], row.props["aria-label"]) == ("true", "Tool bake is running")
        assert (page.words("rt-tool-brief"), page.having("rt-tool-ask")) == (["kneading"], [])
        go_on.set()
        await becomes(lambda: page.words("rt-tool-title") == ["Arguments", "Output"])
        assert [each.props["alt"] for each in page.having("rt-picture")] == ["Picture from bake"]
        assert "open" not in row.props


async def test_a_tool_that_was_not_allowed_says_so() -> None:
    """A rejected tool is a row that says what became of it."""

    @tool(needs_approval=True)
    def bake() -> None:
        """Bake."""

    async with shown(*tool_turn(("call_1", "bake", "{}")), tools=[bake]) as page:
        await becomes(lambda: page.having("rt-tool-ask"))
        page.pages.visitor.find("Reject").click()
        await becomes(lambda: page.words("rt-tool-title") == ["Arguments", "Not allowed"])
        assert page.having("rt-tool")[0].props["data-state"] == "output-denied"
        assert page.words("rt-tool-brief") == ["the user did not allow this call"]


async def test_a_picture_is_shown() -> None:
    """A picture that the user sends is in their message, under its words."""
    async with shown() as page:
        page.session.send_image(data="QUJD", text="Look", respond=False)
        await becomes(lambda: page.having("rt-picture"))
        assert page.having("rt-picture")[0].props["src"] == "data:image/png;base64,QUJD"
        assert page.words("rt-text") == ["Look"]


async def test_an_interrupted_message_says_so() -> None:
    """What was said before an interruption stays, with a note."""
    turn = text_turn("One two three")
    async with shown(*turn[:4]) as page:
        await becomes(lambda: page.words("rt-text") == ["One"])
        page.session.interrupt()
        await becomes(lambda: page.words("rt-note") == ["Interrupted"])
        assert page.words("rt-markdown") == ["<p>One</p>\n"]


async def test_a_message_that_failed_says_so() -> None:
    """A user's message that the provider refused is marked."""
    async with shown() as page:
        page.session.send_text_message("Hello", id="msg_1", respond=False)
        page.wire.say(error("no", event_id="msg_1"))
        await becomes(lambda: page.words("rt-note") == ["Not delivered"])


async def test_a_voice_waits_for_its_words() -> None:
    """What a user said aloud is there at once, as an ellipsis, and gets its words when they are understood."""
    committed = {"type": "input_audio_buffer.committed", "item_id": "item_1", "previous_item_id": None}
    done = {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": "item_1",
        "content_index": 0,
        "transcript": "Good morning",
    }
    async with shown(committed) as page:
        await becomes(lambda: page.words("rt-text") == ["…"])
        page.wire.say(done)
        await becomes(lambda: page.words("rt-text") == ["Good morning"])
        assert len(page.having("rt-spoken")) == 1


async def test_an_answer_that_has_not_begun_shows_dots() -> None:
    """While an answer is being made and nothing of it is to be seen, there are dots; with its first word they go."""
    turn = text_turn("Hello")
    async with shown(turn[0]) as page:
        await becomes(lambda: page.having("rt-thinking"))
        page.wire.say(turn[1])
        await becomes(lambda: not page.having("rt-thinking"))
        assert len(page.having("rt-dots")) == 1
        page.wire.say(*turn[2:])
        await becomes(lambda: page.having("rt-markdown"))
        assert page.having("rt-dots") == []


async def test_messages_stand_in_the_conversations_order() -> None:
    """A message that belongs before another is put there, and a deleted one goes."""
    async with shown(*text_turn("First")) as page:
        page.session.send_text_message("Before it", id="msg_1", respond=False)
        await becomes(lambda: len(page.having("rt-message")) == 2)
        where = {"type": "conversation.item.added", "previous_item_id": None}
        said = {"id": "msg_1", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
        page.wire.say({**where, "item": said})
        await becomes(lambda: [each.props["aria-label"] for each in page.having("rt-message")] == ["You", "Assistant"])
        page.wire.say({"type": "conversation.item.deleted", "item_id": "msg_1"})
        await becomes(lambda: len(page.having("rt-message")) == 1)
