"""What a tab may ask of its session by name: realtime_rx.ui.commands."""

from collections.abc import AsyncIterator

import pytest

from realtime_rx.ui import page_bridges
from realtime_rx.ui.commands import COMMANDS, OPENING
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
