"""The conversation as a ChatFeed: realtime_rx_panel.chat and parts."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import panel as pn
import pytest
from realtime_rx_panel import Chat, Realtime, use_realtime

from realtime_rx import tool
from realtime_rx.events import ItemAdded, ItemDeleted, TextDone
from realtime_rx.items import Item, ToolPart

from .apps import begin, connected, eventually, say

IMG = '<img src=x onerror="alert(1)">'
URL = "https://elsewhere.example/p.png"
PICTURES = (
    f"![p]({URL})",
    f"!![p]({URL})",
    f"!!![p][1]\n\n[1]: {URL}",
    f"\\!![p](<{URL}> 'a \"p\"')",
    f"*[![p]({URL}/icon.png)]({URL})*",
)


@tool(needs_approval=True)
def order_pizza(topping: str = "mushrooms") -> str:
    """Order a pizza."""
    return f"A pizza with {topping} <b>is</b> on its way"


@pytest.fixture
def rt() -> Iterator[Realtime]:
    rt = use_realtime("local", output_modalities=("text",), tools=[order_pizza])
    yield rt
    rt.session.aclose().wait(10)


def panes(message: pn.chat.ChatMessage) -> list[Any]:
    return list(message.object.objects)


def steps(chat: Chat) -> list[Any]:
    return [step for message in chat.feed.objects for step in message.select(pn.chat.ChatStep)]


def test_words_grow_in_one_pane(rt: Realtime) -> None:
    """A delta changes the text of a pane and makes no new one."""
    feed = rt.chat().feed
    begin(rt.session, text="Hel")
    eventually(lambda: len(feed.objects) == 1)
    message, (pane,) = feed.objects[0], panes(feed.objects[0])
    say(rt.session, "lo")
    eventually(lambda: pane.object == "Hello")
    assert feed.objects[0] is message
    assert panes(message) == [pane]


def test_messages_are_seen_once_and_in_order(rt: Realtime) -> None:
    """What is written here comes back from the session, and is shown once, before its answer."""
    chat = rt.chat()
    chat.send("What is 2+2?")
    eventually(lambda: [panes(m)[0].object for m in chat.feed.objects if panes(m)][1:] == ["2+2 is 4."])
    assert [message.user for message in chat.feed.objects] == ["You", "Assistant"]
    rt.session.dispatch(ItemDeleted(item_id=rt.messages[0].id))
    eventually(lambda: [message.user for message in chat.feed.objects] == ["Assistant"])


@pytest.mark.parametrize("picture", PICTURES)
def test_what_a_model_says_is_no_html(rt: Realtime, picture: str) -> None:
    """HTML and pictures in a model's text are words and links, and code is as it is written: nothing is run or
    fetched."""
    feed = rt.chat().feed
    begin(rt.session, text=f"{IMG} `vec![1](2)` {picture}")
    eventually(lambda: feed.objects)
    pane = panes(feed.objects[0])[0]
    html = unescape(pane._transform_object(pane.object)["object"])
    assert "<img" not in html
    assert "&lt;img" in html
    assert "<code>vec![1](2)</code>" in html
    assert f'<a href="{URL}">p</a>' in html


@pytest.mark.parametrize(
    "how", [{"state": "input-streaming", "arguments": IMG}, {"state": "output-error", "error": IMG}]
)
def test_a_call_is_no_html(rt: Realtime, how: dict[str, Any]) -> None:
    """HTML in a call's name, in its arguments, or in what went wrong with it, is words in its step."""
    chat = rt.chat()
    call = ToolPart(tool_name=IMG, tool_call_id="c", **how)
    rt.session.dispatch(ItemAdded(item=Item(id="a", role="assistant", parts=(call,))))
    eventually(lambda: steps(chat))
    (step,) = steps(chat)
    assert step.title.count("&lt;img") == 2
    assert "<img" not in step.title + step.objects[0].object


def test_a_tool_asks_before_it_runs(rt: Realtime) -> None:
    """A call that needs approval is an open step with two buttons; allowed, it runs, and its outcome is escaped."""
    chat = rt.chat()
    rt.connect()
    connected(rt)
    chat.send("Order a pizza")
    eventually(lambda: steps(chat))
    (step,) = steps(chat)
    details, question = step.objects
    eventually(lambda: question.visible and not step.collapsed)
    question.objects[0].clicks += 1
    eventually(lambda: step.status == "success" and not question.visible)
    assert "&lt;b&gt;is&lt;/b&gt; on its way" in details.object
    eventually(lambda: step.title.startswith("order_pizza is done"))


def test_a_box_without_a_connection_says_so(rt: Realtime) -> None:
    """Where the first message does not dial, the box is closed until there is a connection."""
    chat = rt.chat(connect_on_send=False)
    chat.send("Hello?")
    assert len(rt.session.state.messages) == 0
    rt.connect()
    eventually(lambda: not chat._box.disabled)


def test_an_answer_can_be_interrupted(rt: Realtime) -> None:
    """While an answer is made there is a button to interrupt it, and the message says that it was cut short."""
    chat = rt.chat()
    assert not chat._stop.visible
    chat.send("Count to two hundred")
    eventually(lambda: chat._stop.visible and len(chat.feed.objects) == 2 and rt.messages[1].text)
    chat._stop.clicks += 1
    eventually(lambda: rt.messages[1].interrupted)
    eventually(lambda: "Interrupted" in panes(chat.feed.objects[1])[-1].object)
    eventually(lambda: not chat._stop.visible)


def test_a_long_conversation_shows_its_end(rt: Realtime) -> None:
    """The last messages are on the page, and those before them when they are asked for."""
    chat = rt.chat()
    for number in range(50):
        begin(rt.session, f"m{number}", text=f"{number}")
    eventually(lambda: len(chat.feed.objects) == 20 and panes(chat.feed.objects[-1])[0].object == "49")
    assert panes(chat.feed.objects[0])[0].object == "30"
    assert chat._earlier.visible
    latest = list(chat.feed.objects)
    chat._earlier.clicks += 1
    assert list(chat.feed.objects)[-20:] == latest
    assert len(chat.feed.objects) == 40


def test_a_growing_text_sends_its_text_alone(rt: Realtime) -> None:
    """With new words a pane's text changes and nothing else: no style sheet is made anew for the page."""
    chat = rt.chat()
    root = pn.panel(chat).get_root()
    begin(rt.session, text="Hel")
    eventually(lambda: "Hel" in str([getattr(model, "text", "") for model in root.references()]))
    before = root.references()
    say(rt.session, "lo, https://example.com")
    eventually(lambda: "Hello" in str([getattr(model, "text", "") for model in root.references()]))
    assert root.references() == before


def test_addresses_are_links_when_the_words_are_complete(rt: Realtime) -> None:
    """While words are added an address is text; it is a link when the last word has come."""
    chat = rt.chat()
    begin(rt.session, text="See https://example.com")
    eventually(lambda: len(chat.feed.objects) == 1)
    (pane,) = panes(chat.feed.objects[0])
    assert "href" not in pane.get_root().text
    rt.session.dispatch(TextDone(item_id="a", text="See https://example.com"))
    eventually(lambda: "href" in pane.get_root().text)
