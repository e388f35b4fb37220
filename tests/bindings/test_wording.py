"""How things read on a screen: realtime_rx.ui.wording."""

import pytest

from realtime_rx import AudioPart, ImagePart, Message, RealtimeErrorInfo, TextPart, ToolPart
from realtime_rx.items import Part, Role, Usage
from realtime_rx.state import Flow, Latency, SessionState
from realtime_rx.ui import (
    activity,
    advice,
    brief,
    complaint,
    connect_words,
    is_empty,
    note,
    picture_url,
    pretty,
    sentence,
    spent,
    summary,
    waited,
    without_pictures,
)


def message(*parts: Part, role: Role = "assistant", **fields: object) -> Message:
    return Message(id="m", role=role, parts=parts, **{"status": "completed", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (message(TextPart(text="Hi")), None),
        (message(TextPart(text="Hi"), interrupted=True), "Interrupted"),
        (message(AudioPart(transcript="Hi", heard_ms=1240), interrupted=True), "Interrupted after 1.2 s"),
        (message(status="failed"), "Failed"),
        (message(status="incomplete"), "Incomplete"),
        (message(TextPart(text="Hi"), role="user", status="failed"), "Not delivered"),
        (message(TextPart(text="Hi"), role="user", status="incomplete"), "Not confirmed"),
    ],
)
def test_a_message_says_what_happened_to_it(shown: Message, words: str | None) -> None:
    """A message has a note where something out of the ordinary happened to it, and none otherwise."""
    assert note(shown) == words


def test_an_empty_message_is_one_without_anything_to_see() -> None:
    """Words, pictures and tool calls are something to see, an empty part is not."""
    assert is_empty(message())
    assert is_empty(message(TextPart(), AudioPart()))
    assert not is_empty(message(ToolPart(tool_name="look", tool_call_id="c")))
    assert not is_empty(message(ImagePart(url="https://example.org/a.png")))


@pytest.mark.parametrize(
    ("part", "url"),
    [
        (ImagePart(data="QUJD", mime_type="image/jpeg"), "data:image/jpeg;base64,QUJD"),
        (ImagePart(url="https://example.org/a.png"), "https://example.org/a.png"),
        (ImagePart(url="data:image/png;base64,QUJD"), "data:image/png;base64,QUJD"),
        (ImagePart(url="javascript:alert(1)"), ""),
        (ImagePart(url="data:text/html,<script>"), ""),
        (ImagePart(), ""),
    ],
)
def test_a_picture_comes_from_where_pictures_come_from(part: ImagePart, url: str) -> None:
    """Only web addresses and picture data are shown as pictures."""
    assert picture_url(part) == url


def test_every_error_comes_with_advice() -> None:
    """A known error says what to do about it, an unknown one whether the session goes on."""
    assert "address" in advice(RealtimeErrorInfo(message="no", code="connect_failed", fatal=True))
    assert advice(RealtimeErrorInfo(message="no", code="odd", fatal=True)) == "Connect again to go on."
    assert "goes on" in advice(RealtimeErrorInfo(message="no"))


def test_json_is_broken_into_lines() -> None:
    """Data is JSON with line breaks, and a text stays the text it is."""
    assert pretty({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty("<b>") == "<b>"


def test_what_goes_on_is_a_word() -> None:
    """Beside the status stands who has the floor, that nothing comes, or how often it was dialled already."""
    assert activity(SessionState(status="connected", mode="speaking")) == "Speaking"
    assert activity(SessionState(status="connected", mode="thinking", stalled=True)) == "No answer yet"
    assert activity(SessionState(status="reconnecting", flow=Flow(attempt=3))) == "Attempt 3"
    assert activity(SessionState(status="error", mode="listening")) == ""


def test_waiting_is_said_in_figures() -> None:
    """What the last turn made one wait for is a short line, and nothing before there was one."""
    assert waited(Latency()) == ""
    assert waited(Latency(first_token_ms=84.4, first_audio_ms=1210.0)) == "first word after 84 ms · voice after 1.2 s"


def test_a_loss_that_is_mended_asks_for_nothing() -> None:
    """A connection that is dialled again needs nobody's help, one that is gone for good does."""
    lost = RealtimeErrorInfo(message="gone", code="close_1006")
    assert advice(lost) == "Reconnecting; the conversation goes on."
    assert "Connect again" in advice(RealtimeErrorInfo(message="gone", code="close_1006", fatal=True))


def test_a_session_in_a_line() -> None:
    """The status comes with what goes on beside it, and the button says what a click on it does."""
    assert summary(SessionState(status="connected", mode="speaking")) == "Connected · Speaking"
    assert summary(SessionState()) == "Disconnected"
    words = [connect_words(SessionState(status=s)) for s in ("disconnected", "error", "connecting", "connected")]
    assert words == ["Connect", "Connect", "Cancel", "Disconnect"]


def test_an_error_is_a_sentence() -> None:
    """An error's message begins with a capital and ends with a full stop, once."""
    assert sentence("cannot reach it") == "Cannot reach it."
    assert sentence("Really?") == "Really?"


def test_a_complaint_says_what_to_do() -> None:
    """What went wrong comes with advice; nothing is said of no error, nor of a tool whose call says it failed."""
    refused = RealtimeErrorInfo(message="wrong key", code="http_401", fatal=True)
    assert complaint(refused) == ("Wrong key.", "The provider refused the key. Check it and connect again.")
    assert complaint(None) == complaint(RealtimeErrorInfo(message="no", code="tool_failed")) == ("", "")


def test_usage_in_words() -> None:
    """Usage is a short line, and nothing while there is none."""
    assert spent(Usage()) == ""
    usage = Usage(total_tokens=1_200, input_tokens=1_000, output_tokens=200)
    assert spent(usage) == "1,200 tokens · 1,000 in · 200 out"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('Look! <img src="https://a.example/b" alt="a">', 'Look! <a href="https://a.example/b">a</a>'),
        ('<IMG alt="a src=" title="t" src="https://a.example/b" />', '<a href="https://a.example/b">a src=</a>'),
        ('<img src="https://a.example/b" alt="" />', '<a href="https://a.example/b">https://a.example/b</a>'),
        ('<img src="javascript:alert(1)" alt="a">', "a"),
        (
            '<a href="https://a.b"><img src="https://a.b/i" alt="in"></a> <img src="https://a.b/o" alt="out">',
            '<a href="https://a.b">in</a> <a href="https://a.b/o">out</a>',
        ),
        ("<img src=https://a.example/b", ""),
        ("&lt;img src=x&gt; <code>vec![1]</code>", "&lt;img src=x&gt; <code>vec![1]</code>"),
    ],
)
def test_pictures_in_a_text_become_links(html: str, shown: str) -> None:
    """Of a picture in typeset words a link to it is left, where it leads to the web and is not within a link, else its
    words; no other word changes."""
    assert without_pictures(html) == shown


def test_a_piece_of_a_link_has_no_link() -> None:
    """Of a picture in what is typeset within a link only the words are left."""
    assert without_pictures('<img src="https://a.example/b" alt="a">', in_link=True) == "a"


def test_what_is_long_is_shortened_visibly() -> None:
    """The line beside a tool's name is cut to sixty characters, and shows that it was."""
    part = ToolPart(tool_name="t", tool_call_id="1", state="output-error", error="no time for Atlantis, " * 5)
    assert brief(part) == "no time for Atlantis, no time for Atlantis, no time for Atl…"
    short = ToolPart(tool_name="t", tool_call_id="1", state="input-available", input={"city": "Paris"})
    assert brief(short) == "Paris"
