"""How things read on a screen: realtime_rx.ui.wording."""

import pytest

from realtime_rx import AudioPart, ImagePart, Message, RealtimeErrorInfo, TextPart, ToolPart
from realtime_rx.events import AudioDelta, ItemAdded, ProviderEvent, ServerEvent, SessionCreated, TextDelta
from realtime_rx.items import Item, Part, Role
from realtime_rx.state import Flow, Latency, SessionState
from realtime_rx.ui import activity, advice, event_detail, is_empty, newer, note, picture_url, pretty, waited


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


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (TextDelta(item_id="i", delta="a\nb"), "a b"),
        (AudioDelta(item_id="i", byte_count=4800), "4800 bytes"),
        (ItemAdded(item=Item(id="i", role="user")), "message user i"),
        (SessionCreated(session_id="sess_1"), "sess_1"),
        (ProviderEvent(raw_type="odd.event"), "odd.event"),
        (TextDelta(item_id="i", delta="x" * 500), "x" * 120),
    ],
)
def test_an_event_has_one_line(event: ServerEvent, detail: str) -> None:
    """The detail of an event is what tells it from others of its type, on one line of bounded length."""
    assert event_detail(event) == detail


def test_the_newer_items_of_a_ring() -> None:
    """What came behind the last item seen is found by identity; all of it where that one has left the ring."""
    a, b, c = object(), object(), object()
    assert newer([a, b, c], a) == [b, c]
    assert newer([a, b, c], c) == []
    assert newer([b, c], a) == [b, c]
    assert newer([a, b], None) == [a, b]


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
