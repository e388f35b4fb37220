"""What a tab may ask of its session by name: realtime_rx.ui.commands."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from realtime_rx import ConfigurationError, RealtimeSession
from realtime_rx.ui import page_bridges
from realtime_rx.ui.commands import BY_APPS, BY_PAGES, COMMANDS, OPENING, fitting
from realtime_rx.ui.terms import Terms
from realtime_rx.ui.visits import Visit, Visits

from .test_visits import FakeTab, eventually


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    visits = Visits(page_bridges(), "/sound")
    yield visits.open(("voice", "tab"), FakeTab(), Terms.of("local", output_modalities=("text",)))
    await visits.close_all()


async def test_a_conversation_by_commands(visit: Visit) -> None:
    """What is asked by name is done by the session: to dial by what is said, to answer, and to hang up."""
    COMMANDS["send_text"](visit, "What is 2+2?")
    await eventually(lambda: "2+2 is 4." in [message.text for message in visit.session.state.messages])
    COMMANDS["disconnect"](visit)
    await eventually(lambda: visit.session.state.status == "disconnected")


async def test_the_button_by_commands(visit: Visit) -> None:
    """The microphone's button, pressed and pressed again, has the session listen and stop."""
    COMMANDS["listen"](visit, True, False, True)
    await eventually(lambda: visit.session.state.is_capturing)
    COMMANDS["listen"](visit, False, False, False)
    await eventually(lambda: not visit.session.state.is_capturing)


def test_what_begins_a_session_is_a_command() -> None:
    """Every command that makes a session where there is none is one that can be given."""
    assert COMMANDS.keys() >= OPENING


def test_who_may_ask_for_what() -> None:
    """What a page may ask for and what the app alone may say are two tables, and together they are all commands."""
    assert not BY_PAGES.keys() & BY_APPS.keys()
    assert COMMANDS.keys() == BY_PAGES.keys() | BY_APPS.keys()


@pytest.mark.parametrize(
    ("verb", "args"),
    [("send_text", (5,)), ("approve", ()), ("connect", ("now",)), ("listen", (1, True, True)), ("hear", ("",))],
)
def test_what_pages_give_is_looked_at(verb: str, args: tuple[Any, ...]) -> None:
    """Arguments of other types or numbers than a command takes are an error that names it."""
    with pytest.raises(ConfigurationError, match=verb):
        fitting(verb, args)


def test_what_fits_is_what_was_given() -> None:
    """Arguments that fit are those that were given."""
    assert fitting("send_image", ["aGk=", "What is it?"]) == ("aGk=", "What is it?")
    assert fitting("interrupt", []) == ()


async def test_settings_by_commands(visit: Visit) -> None:
    """What the app sets before there is a connection is kept for it; by a mapping, as another worker sends it, too."""
    COMMANDS["update_session"](visit, instructions="Be kind.")
    COMMANDS["update_session"](visit, {"voice": "a"})
    config = visit.session.state.config
    assert (config.instructions, config.voice) == ("Be kind.", "a")


@pytest.fixture
def asked() -> Any:
    """A visit whose session only notes what it is asked for."""
    return SimpleNamespace(session=Mock(spec=RealtimeSession))


def test_a_picture_by_commands(asked: Any) -> None:
    """A picture is base64, of a PNG, or a data URL that says what it is."""
    COMMANDS["send_image"](asked, "aGk=", "")
    COMMANDS["send_image"](asked, "data:image/webp;base64,aGk=", "What is it?")
    first, second = asked.session.send_image.mock_calls
    assert (first.args, first.kwargs) == (("aGk=",), {"mime_type": "image/png", "text": None})
    assert (second.args, second.kwargs) == (("aGk=",), {"mime_type": "image/webp", "text": "What is it?"})


@pytest.mark.parametrize(
    "picture",
    [
        "https://inside.example/a.png",
        "https://a.example/,aGk=",
        "data:text/html;base64,aGk=",
        "data:image/png,aGk=",
        "a b",
    ],
)
def test_what_is_no_picture(asked: Any, picture: str) -> None:
    """A picture that stands elsewhere, or is none, or not base64, is refused: nobody goes where a page says."""
    with pytest.raises(ConfigurationError, match="send_image"):
        COMMANDS["send_image"](asked, picture, "")
    assert not asked.session.mock_calls


def test_sound_by_commands(asked: Any) -> None:
    """Sound is bytes, and base64 where another process had it."""
    COMMANDS["send_audio"](asked, b"hi")
    COMMANDS["send_audio"](asked, "aGk=")
    assert [call.args for call in asked.session.send_audio.mock_calls] == [(b"hi",)] * 2
