"""Single frames of an agent, as events."""

import pytest

from realtime_rx import events as ev
from realtime_rx.errors import ProtocolError

from ...support.elevenlabs_frames import OTHERS, Json, failing, greeting, pinging
from .decoding import VOICE, codec_for, conversation, decoded, rows


def test_a_ping_asks_for_its_number() -> None:
    """A ping is to be answered with its id."""
    (event,) = decoded(pinging(7, None))
    assert isinstance(event, ev.Ping)
    assert event.ping_id == 7


def test_an_error_has_its_kind() -> None:
    """An error is told with ElevenLabs' own name of it, or with the code of the close that follows."""
    named, numbered = decoded(failing(), {"type": "error", "error_event": {"code": 1011, "reason": "oops"}})
    assert isinstance(named, ev.ServerError)
    assert isinstance(numbered, ev.ServerError)
    assert (named.code, named.message, numbered.code, numbered.message) == (
        "llm_timeout", "LLM timed out", "1011", "oops",
    )  # fmt: skip


@pytest.mark.parametrize("frame", [*OTHERS, {"type": "brand_new", "x": 1}], ids=lambda frame: frame["type"])
def test_what_only_elevenlabs_has_is_passed_on(frame: Json) -> None:
    """Events that no other provider has come as they are."""
    (event,) = decoded(frame)
    assert isinstance(event, ev.ProviderEvent)
    assert (event.raw_type, event.raw) == (frame["type"], frame)


def test_an_unknown_format_is_left_open() -> None:
    """A format that nobody here can read is None, not a guess."""
    event = decoded(greeting(spoken="mp3_44100"))[0]
    assert isinstance(event, ev.SessionCreated)
    assert (event.output_format, event.session["agent_output_audio_format"]) == (None, "mp3_44100")


@pytest.mark.parametrize(
    ("frame", "wrong"),
    [
        ("[]", "no object"),
        ("{", "not JSON"),
        (b"\xff", "Unicode"),
        ("{}", "type"),
        ('{"type": "audio"}', "audio_event"),
        ('{"type": "ping", "ping_event": {}}', "event_id"),
        ('{"type": "client_tool_call", "client_tool_call": {"tool_name": "x"}}', "tool_call_id"),
        ("[" * 100_000, "nested|JSON"),
    ],
)
def test_what_makes_no_sense_is_named(frame: str | bytes, wrong: str) -> None:
    """A malformed frame is a protocol error that says what is wrong, and changes nothing."""
    codec = codec_for()
    with pytest.raises(ProtocolError, match=wrong):
        codec.decode(frame)
    assert rows(conversation(*VOICE, codec=codec)) == [("assistant", "Hi!")]
